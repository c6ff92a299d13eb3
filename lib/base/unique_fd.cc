#include "base/unique_fd.h"

#include <unistd.h>

namespace ringtail::base {

void UniqueFd::reset() {
  if (fd_ >= 0) (void)::close(std::exchange(fd_, -1));
}

}  // namespace ringtail::base
