#include "store/uring_write.h"

#include <cerrno>

namespace ringtail::store {

bool UringWrite::take(int result) {
  switch (result) {
    case 0:
      finish(std::make_error_code(std::errc::io_error));
      return false;
    case -EINTR:
    case -EAGAIN:
    case -ECANCELED:
      write_now();
      return false;
    default:
      break;
  }
  if (result < 0) {
    finish({-result, std::generic_category()});
    return false;
  }
  offset += static_cast<std::uint64_t>(result);
  data = data.subspan(static_cast<std::size_t>(result));
  if (!data.empty()) return true;
  finish({});
  return false;
}

void UringWrite::write_now() { finish(write_fully(file->fd.get(), file->mode, offset, data)); }

void UringWrite::finish(std::error_code with) {
  error = with;
  state = State::kDone;
}

}  // namespace ringtail::store
