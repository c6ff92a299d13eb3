#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "metrics/html_table.h"

// Values as cells: rounded for people, with the exact one as the title.
namespace ringtail::metrics {

using SystemTime = std::chrono::system_clock::time_point;

[[nodiscard]] HtmlCell count_cell(std::uint64_t count);
// Of what should not be: loud unless it is 0.
[[nodiscard]] HtmlCell loss_cell(std::uint64_t count);
[[nodiscard]] HtmlCell bytes_cell(std::uint64_t bytes);
// `part` of `whole`; nothing where there is no whole.
[[nodiscard]] HtmlCell share_cell(double part, double whole);
// "3 min 12 s ago".
[[nodiscard]] HtmlCell ago_cell(SystemTime then, SystemTime now);
[[nodiscard]] HtmlCell nothing_cell();

// "2026-01-31 23:59:59 UTC"
[[nodiscard]] std::string utc_text(SystemTime time);

}  // namespace ringtail::metrics
