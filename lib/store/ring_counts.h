#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ringtail::store {

// The closed list of reasons for which a packet that passed the kernel filter is not on disk.
enum class DropReason : unsigned {
  kRingFull,
  kStorageFull,
  kStorageError,
  kRateLimit,
  kLimitReached,
  kMalformed,
};
inline constexpr std::size_t kDropReasonCount = 6;
static_assert(static_cast<std::size_t>(DropReason::kMalformed) + 1 == kDropReasonCount);

using DropCounts = std::array<std::uint64_t, kDropReasonCount>;  // indexed by DropReason

// The name that metrics, sidecars and messages use. It is a contract: dashboards hang on it.
constexpr std::string_view name_of(DropReason reason) {
  switch (reason) {
    case DropReason::kRingFull:
      return "ring_full";
    case DropReason::kStorageFull:
      return "storage_full";
    case DropReason::kStorageError:
      return "storage_error";
    case DropReason::kRateLimit:
      return "rate_limit";
    case DropReason::kLimitReached:
      return "limit_reached";
    case DropReason::kMalformed:
      return "malformed";
  }
  return "unknown";
}

// What one ring has received and lost, in packets: from its begin on, or in the window of one file.
struct RingCounts {
  std::uint64_t received = 0;
  DropCounts dropped{};

  [[nodiscard]] std::uint64_t& of(DropReason reason) {
    return dropped[static_cast<std::size_t>(reason)];
  }
  [[nodiscard]] std::uint64_t of(DropReason reason) const {
    return dropped[static_cast<std::size_t>(reason)];
  }
  bool operator==(const RingCounts&) const = default;
};

[[nodiscard]] constexpr RingCounts operator+(RingCounts left, const RingCounts& right) {
  left.received += right.received;
  for (std::size_t reason = 0; reason < kDropReasonCount; ++reason)
    left.dropped[reason] += right.dropped[reason];
  return left;
}

[[nodiscard]] constexpr RingCounts operator-(RingCounts left, const RingCounts& right) {
  left.received -= right.received;
  for (std::size_t reason = 0; reason < kDropReasonCount; ++reason)
    left.dropped[reason] -= right.dropped[reason];
  return left;
}

}  // namespace ringtail::store
