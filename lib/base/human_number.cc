#include "base/human_number.h"

#include <array>
#include <cstdio>

namespace ringtail::base {

std::string with_prefix(double value) {
  constexpr std::array<const char*, 7> kPrefixes{"", "k", "M", "G", "T", "P", "E"};
  std::size_t prefix = 0;
  while (value >= 999.5 && prefix + 1 < kPrefixes.size()) {
    value /= 1000;
    ++prefix;
  }
  std::array<char, 32> text{};
  const int decimals = prefix == 0 || value >= 99.95 ? 0 : 2;
  (void)std::snprintf(text.data(), text.size(), "%.*f %s", decimals, value, kPrefixes[prefix]);
  return text.data();
}

}  // namespace ringtail::base
