#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <utility>

namespace ringtail::capture {

// What a capture may record before it ends. A member at its greatest value is no limit.
struct LimitOptions {
  static constexpr std::uint64_t kNone = std::numeric_limits<std::uint64_t>::max();

  std::uint64_t packets = kNone;
  std::uint64_t bytes = kNone;  // of records, with their headers but without those of files
  std::chrono::nanoseconds duration = std::chrono::nanoseconds::max();

  bool operator==(const LimitOptions&) const = default;
  [[nodiscard]] bool any() const {
    return packets != kNone || bytes != kNone || duration != std::chrono::nanoseconds::max();
  }
};

// What is left of a capture's limit. Its workers take from it once for each block, any thread;
// `on_reached` is called once, on the thread that finds it reached.
class Limit {
 public:
  Limit(const LimitOptions& options, std::function<void()> on_reached)
      : packets_(options.packets), bytes_(options.bytes), on_reached_(std::move(on_reached)) {}

  // As many of what is wanted as are left, which is then taken.
  [[nodiscard]] std::uint64_t take_packets(std::uint64_t wanted) { return take(packets_, wanted); }
  [[nodiscard]] std::uint64_t take_bytes(std::uint64_t wanted) { return take(bytes_, wanted); }
  [[nodiscard]] bool used_up() const {
    return packets_.load(kRelaxed) == 0 || bytes_.load(kRelaxed) == 0;
  }

  [[nodiscard]] bool reached() const { return reached_.load(kRelaxed); }
  void reach() {
    if (!reached_.exchange(true, kRelaxed)) on_reached_();
  }

 private:
  static constexpr auto kRelaxed = std::memory_order_relaxed;

  static std::uint64_t take(std::atomic<std::uint64_t>& left, std::uint64_t wanted) {
    std::uint64_t before = left.load(kRelaxed);
    if (before == LimitOptions::kNone) return wanted;
    std::uint64_t taken = std::min(before, wanted);
    while (!left.compare_exchange_weak(before, before - taken, kRelaxed)) {
      taken = std::min(before, wanted);
    }
    return taken;
  }

  std::atomic<std::uint64_t> packets_;
  std::atomic<std::uint64_t> bytes_;
  std::atomic<bool> reached_ = false;
  std::function<void()> on_reached_;
};

}  // namespace ringtail::capture
