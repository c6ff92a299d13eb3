#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>

namespace ringtail::capture {

enum class WorkerState : std::uint8_t { kEncoding, kWaitingDisk, kIdle };

// Where a worker's time goes. The worker alone calls enter() and sleep(), the control thread alone
// read().
class WorkerClock {
 public:
  using Clock = std::chrono::steady_clock;

  WorkerClock();

  // The worker does something that ends by itself...
  void enter(WorkerState state) { change(state, false); }
  // ...or sleeps in its event loop until something happens.
  void sleep(WorkerState state) { change(state, true); }

  struct Reading {
    std::array<std::chrono::nanoseconds, 3> spent{};  // by WorkerState, up to now
    Clock::time_point last_progress;                  // now, if it sleeps
  };
  // No state's time ever goes back.
  [[nodiscard]] Reading read();

 private:
  void change(WorkerState state, bool sleeping);

  // Odd while the members below change together; readers try again then.
  std::atomic<std::uint32_t> version_{0};
  std::array<std::atomic<std::uint64_t>, 3> spent_nanoseconds_{};
  std::atomic<std::uint64_t> since_nanoseconds_;
  std::atomic<WorkerState> state_{WorkerState::kIdle};
  std::atomic<bool> sleeping_{true};

  std::array<std::chrono::nanoseconds, 3> last_spent_{};  // the reader's
};

}  // namespace ringtail::capture
