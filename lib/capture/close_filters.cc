#include "capture/close_filters.h"

#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <thread>

namespace ringtail::capture {
namespace {

// From its return on, no packet is on its way through a filter that was replaced before the call.
void wait_for_replaced_filters() {
  if (::syscall(__NR_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0) == 0) return;
  std::this_thread::sleep_for(2 * kBlockTimeout);  // forbidden here: longer than any packet's way
}

}  // namespace

void close_filters(const Recordings& recordings) {
  for (const auto& recording : recordings) {
    for (const auto& account : recording->accounts()) account->close_filter();
  }
  if (!recordings.empty()) wait_for_replaced_filters();
}

}  // namespace ringtail::capture
