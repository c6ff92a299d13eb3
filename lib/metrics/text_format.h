#pragma once

#include <string>

namespace prometheus {
class Collectable;
}

namespace ringtail::metrics {

// The Content-Type of to_text(), as Prometheus asks for it.
inline constexpr const char* kTextContentType = "text/plain; version=0.0.4; charset=utf-8";

// The body of /metrics: what `collectable` holds now, in Prometheus' text format. Families that
// have no metric are left out. Integers below 10^16 are printed digit by digit, never as 1.2e+10.
[[nodiscard]] std::string to_text(const prometheus::Collectable& collectable);

}  // namespace ringtail::metrics
