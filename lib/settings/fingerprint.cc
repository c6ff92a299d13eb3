#include "settings/fingerprint.h"

#include <array>
#include <cstdint>
#include <cstdio>

#include "settings/print.h"

namespace ringtail::settings {

std::string fingerprint(const Settings& settings) {
  std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a, 64 bits: its offset basis and its prime
  for (const char byte : print(settings)) {
    hash ^= static_cast<unsigned char>(byte);
    hash *= 0x100000001b3;
  }
  std::array<char, 17> digits{};
  (void)std::snprintf(digits.data(), digits.size(), "%016llx",
                      static_cast<unsigned long long>(hash));
  return digits.data();
}

}  // namespace ringtail::settings
