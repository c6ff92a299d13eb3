#include "base/byte_size.h"

#include <algorithm>
#include <array>
#include <limits>

#include "base/decimal.h"

namespace ringtail::base {
namespace {

struct SizeUnit {
  std::string_view name;
  std::uint64_t bytes;
};

constexpr std::uint64_t kLargestDecimal = 1'000'000'000'000'000'000;
// Binary before decimal, larger before smaller: exact_byte_size prefers the earlier of equals.
constexpr std::array kSizeUnits = {
    SizeUnit{"EiB", kEiB},
    SizeUnit{"PiB", kPiB},
    SizeUnit{"TiB", kTiB},
    SizeUnit{"GiB", kGiB},
    SizeUnit{"MiB", kMiB},
    SizeUnit{"KiB", kKiB},
    SizeUnit{"EB", kLargestDecimal},
    SizeUnit{"PB", kLargestDecimal / 1'000},
    SizeUnit{"TB", kLargestDecimal / 1'000'000},
    SizeUnit{"GB", 1'000'000'000},
    SizeUnit{"MB", 1'000'000},
    SizeUnit{"KB", 1'000},
    SizeUnit{"kB", 1'000},
    SizeUnit{"", 1},
    SizeUnit{"B", 1},
};
constexpr std::size_t kBinaryUnits = 6;
// More digits than this could overflow the multiplication in fraction_bytes.
constexpr std::size_t kMaxFractionDigits = 9;

// floor(unit * 0.digits), exactly: with the unit split as q * 10^n + r, no product exceeds 64 bits.
std::optional<std::uint64_t> fraction_bytes(std::string_view digits, std::uint64_t unit) {
  if (digits.empty() || digits.size() > kMaxFractionDigits) return std::nullopt;
  const auto numerator = parse_decimal(digits);
  if (!numerator) return std::nullopt;
  std::uint64_t scale = 1;
  for (std::size_t i = 0; i < digits.size(); ++i) scale *= 10;
  return (unit / scale) * *numerator + (unit % scale) * *numerator / scale;
}

}  // namespace

std::optional<std::uint64_t> parse_byte_size(std::string_view text) {
  const auto whole = parse_decimal(take_digits(text));
  if (!whole) return std::nullopt;
  std::optional<std::string_view> fraction;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    fraction = take_digits(text);
  }
  if (text.starts_with(' ') && text.size() > 1) text.remove_prefix(1);

  const auto* const unit = std::find_if(kSizeUnits.begin(), kSizeUnits.end(),
                                        [&](const SizeUnit& known) { return known.name == text; });
  if (unit == kSizeUnits.end()) return std::nullopt;
  if (fraction && unit->bytes == 1) return std::nullopt;  // there is no half a byte
  const auto part = fraction ? fraction_bytes(*fraction, unit->bytes) : 0;
  if (!part) return std::nullopt;
  constexpr auto kMax = std::numeric_limits<std::uint64_t>::max();
  if (*whole > (kMax - *part) / unit->bytes) return std::nullopt;
  return *whole * unit->bytes + *part;
}

std::string exact_byte_size(std::uint64_t bytes) {
  std::string shortest = std::to_string(bytes);
  if (bytes == 0) return shortest;
  bool with_unit = false;
  for (const SizeUnit& unit : kSizeUnits) {
    if (bytes % unit.bytes != 0) continue;
    const std::string text = std::to_string(bytes / unit.bytes).append(unit.name);
    const bool better = text.size() < shortest.size();
    if (!better && (with_unit || text.size() > shortest.size())) continue;
    shortest = text;
    with_unit = true;
  }
  return shortest;
}

std::string human_byte_size(std::uint64_t bytes) {
  if (bytes < kKiB) return std::to_string(bytes) + " B";
  for (std::size_t i = kBinaryUnits; i-- > 0;) {
    const SizeUnit& unit = kSizeUnits[i];
    // Rounding may reach 1024.0 of a unit: then the next one says it better.
    const std::uint64_t rest = bytes % unit.bytes;
    const std::uint64_t tenths =
        bytes / unit.bytes * 10 + (rest * 10 + unit.bytes / 2) / unit.bytes;
    if (tenths >= 10'240 && i > 0) continue;
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " " +
           std::string{unit.name};
  }
  return std::to_string(bytes) + " B";
}

}  // namespace ringtail::base
