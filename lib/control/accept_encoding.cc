#include "control/accept_encoding.h"

#include <algorithm>
#include <boost/beast/core/string.hpp>
#include <optional>

namespace ringtail::control {
namespace {

using boost::beast::iequals;

constexpr unsigned kFullWeight = 1000;

// "0", "0.25" or "1.000" in thousandths; nothing for what is no weight (RFC 9110, 12.4.2).
std::optional<unsigned> parse_weight(std::string_view text) {
  constexpr std::size_t kLongest = 5;
  if (text.empty() || text.size() > kLongest) return std::nullopt;
  if (text.size() > 1 && text[1] != '.') return std::nullopt;
  unsigned weight = 0;
  unsigned unit = kFullWeight;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (at == 1) continue;  // the point
    if (text[at] < '0' || text[at] > '9') return std::nullopt;
    weight += static_cast<unsigned>(text[at] - '0') * unit;
    unit /= 10;
  }
  if (weight > kFullWeight) return std::nullopt;
  return weight;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t";
  text.remove_prefix(std::min(text.find_first_not_of(kBlank), text.size()));
  return text.substr(0, text.find_last_not_of(kBlank) + 1);
}

// Takes what is before the first `separator`, or all, off `text`.
std::string_view take_until(char separator, std::string_view& text) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return trimmed(taken);
}

// By the parameters of a coding, "q=0.5".
unsigned weight_of(std::string_view parameters) {
  while (!parameters.empty()) {
    std::string_view value = take_until(';', parameters);
    if (iequals(take_until('=', value), "q")) return parse_weight(value).value_or(0);
  }
  return kFullWeight;
}

}  // namespace

bool prefers_gzip(std::string_view accept_encoding) {
  std::optional<unsigned> gzip;
  std::optional<unsigned> any;
  unsigned identity = 0;
  while (!accept_encoding.empty()) {
    std::string_view parameters = take_until(',', accept_encoding);
    const std::string_view coding = take_until(';', parameters);
    const unsigned weight = weight_of(parameters);
    if (iequals(coding, "gzip") || iequals(coding, "x-gzip")) {
      gzip = std::max(gzip.value_or(0), weight);
    } else if (coding == "*") {
      any = weight;
    } else if (iequals(coding, "identity")) {
      identity = weight;
    }
  }
  const unsigned wanted = gzip ? *gzip : any.value_or(0);
  return wanted > 0 && wanted >= identity;
}

}  // namespace ringtail::control
