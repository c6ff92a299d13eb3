#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ringtail::store {

// Why a closed file was deleted; the last two are not asked for by settings.
enum class RemovalReason : unsigned {
  kKeepSize,
  kKeepAge,
  kKeepFiles,
  kMaxSize,
  kMinFree,
  kDiskFull,
  kTooManyFiles,  // StorageOptions::max_files
};
inline constexpr std::size_t kRemovalReasonCount = 7;
static_assert(static_cast<std::size_t>(RemovalReason::kTooManyFiles) + 1 == kRemovalReasonCount);

using RemovalCounts = std::array<std::uint64_t, kRemovalReasonCount>;  // by RemovalReason

// The name that metrics use. It is a contract.
constexpr std::string_view name_of(RemovalReason reason) {
  switch (reason) {
    case RemovalReason::kKeepSize:
      return "keep_size";
    case RemovalReason::kKeepAge:
      return "keep_age";
    case RemovalReason::kKeepFiles:
      return "keep_files";
    case RemovalReason::kMaxSize:
      return "max_size";
    case RemovalReason::kMinFree:
      return "min_free";
    case RemovalReason::kDiskFull:
      return "disk_full";
    case RemovalReason::kTooManyFiles:
      return "too_many_files";
  }
  return "unknown";
}

}  // namespace ringtail::store
