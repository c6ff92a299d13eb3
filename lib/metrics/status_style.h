#pragma once

namespace ringtail::metrics {

// The landing page's only style. Both colour schemes keep a contrast of 4.5:1 (WCAG 2.1, AA).
inline constexpr const char* kStatusStyle = R"css(
:root{color-scheme:light dark;--ink:#1f2328;--quiet:#59636e;--line:#d1d9e0;--paper:#fff;--code:#f2f4f7;--good:#1a7f37;--bad:#b3261e;--link:#0b57d0}
@media(prefers-color-scheme:dark){:root{--ink:#dde3ea;--quiet:#9aa5b1;--line:#30363d;--paper:#12151a;--code:#1c2128;--good:#57c46f;--bad:#ff8f85;--link:#8ab4f8}}
body{max-width:76rem;margin:0 auto;padding:1rem 1.25rem 3rem;font:14px/1.45 system-ui,sans-serif;color:var(--ink);background:var(--paper)}
header{display:flex;flex-wrap:wrap;align-items:baseline;gap:.15rem 1.25rem}
h1{margin:0;font-size:1.25rem;font-weight:600}
h2{margin:1.75rem 0 .25rem;font-size:1rem;font-weight:600}
header p{margin:0}
nav{margin-left:auto;display:flex;gap:1rem}
a{color:var(--link)}
strong{margin-left:.35rem;padding:.05rem .5rem;border:1px solid;border-radius:1rem;font-size:.85rem;font-weight:600;vertical-align:.1rem}
pre{margin:1rem 0 0;padding:.5rem .75rem;border-left:3px solid var(--bad);background:var(--code);white-space:pre-wrap;overflow-wrap:anywhere;max-height:12rem;overflow-y:auto}
.wide{overflow-x:auto}
table{border-collapse:separate;border-spacing:0;min-width:20rem}
th,td{padding:.25rem 1.5rem .25rem 0;border-top:1px solid var(--line);text-align:left;vertical-align:baseline;font-weight:400}
tr>:last-child{padding-right:0}
tr>:first-child{position:sticky;left:0;background:var(--paper);white-space:nowrap}
tbody th{font-weight:600}
thead th{border-top:0;color:var(--quiet);font-size:.85rem}
.number{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
.quiet{color:var(--quiet);font-weight:400}
.good{color:var(--good)}
.bad,.alert{color:var(--bad)}
.alert{font-weight:600}
.code,pre{font:13px/1.45 ui-monospace,monospace}
.code{white-space:pre-wrap;overflow-wrap:anywhere;min-width:14rem}
.bar{width:5rem;height:.5rem;margin-left:.5rem;background:var(--line)}
.bar rect{fill:var(--quiet)}
@media(max-width:40rem){th,td{padding-right:1rem}nav{margin-left:0}}
)css";

// For Content-Security-Policy's style-src; the end-to-end tests compare it.
inline constexpr const char* kStatusStyleSource =
    "'sha256-KEBkVipa6A4xoNvm0FYGD0lK6SpoCtIx2NdHRUwkahs='";

}  // namespace ringtail::metrics
