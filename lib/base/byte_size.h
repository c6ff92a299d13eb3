#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ringtail::base {

inline constexpr std::uint64_t kKiB = 1024;
inline constexpr std::uint64_t kMiB = 1024 * kKiB;
inline constexpr std::uint64_t kGiB = 1024 * kMiB;
inline constexpr std::uint64_t kTiB = 1024 * kGiB;
inline constexpr std::uint64_t kPiB = 1024 * kTiB;
inline constexpr std::uint64_t kEiB = 1024 * kPiB;

// What parse_byte_size reads, for error messages.
inline constexpr std::string_view kByteSizeForm =
    "a number with B, KiB, MiB, GiB, TiB (powers of 1024), KB, MB, GB or TB (powers of 1000), such "
    "as 20GiB";

// Reads "20GiB", "1.5 GiB", "10GB" or "4096" (bytes). A fraction is cut to whole bytes. Nothing for
// anything else: signs, "10Mb" and "10G" (bits? 1000 or 1024?), or more than 64 bits hold.
[[nodiscard]] std::optional<std::uint64_t> parse_byte_size(std::string_view text);

// The shortest text that parse_byte_size reads back to exactly this: "256MiB", "10GB", "4097".
[[nodiscard]] std::string exact_byte_size(std::uint64_t bytes);

// For people: binary units, rounded to one decimal: "1.3 GiB", "512 B".
[[nodiscard]] std::string human_byte_size(std::uint64_t bytes);

}  // namespace ringtail::base
