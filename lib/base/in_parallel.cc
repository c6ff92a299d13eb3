#include "base/in_parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <thread>

#include "base/thread.h"

namespace ringtail::base {

std::vector<std::exception_ptr> in_parallel(const std::string& name, std::size_t count,
                                            const std::function<void(std::size_t)>& function) {
  std::vector<std::exception_ptr> thrown(count);
  std::atomic<std::size_t> next = 0;  // the end of a thread orders what it has done
  const auto call_rest = [&] {
    while (true) {
      const std::size_t number = next.fetch_add(1, std::memory_order_relaxed);
      if (number >= count) return;
      try {
        function(number);
      } catch (...) {
        thrown[number] = std::current_exception();
      }
    }
  };
  std::vector<std::thread> others;
  others.reserve(kMaxParallelCalls);
  try {
    while (others.size() + 1 < std::min(count, kMaxParallelCalls))
      others.push_back(start_thread(name, call_rest));
  } catch (const std::exception&) {
    // The limits of threads and memory are for those who must have them.
  }
  call_rest();
  for (std::thread& other : others) other.join();
  return thrown;
}

}  // namespace ringtail::base
