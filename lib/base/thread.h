#pragma once

#include <pthread.h>

#include <string>
#include <system_error>
#include <thread>
#include <utility>

namespace ringtail::base {

// A thread of that name (15 bytes are kept), as `top -H` shows it. Throws std::system_error that
// says which thread could not be started, and what may allow it.
template <typename Function>
[[nodiscard]] std::thread start_thread(const std::string& name, Function function) {
  try {
    std::thread thread(std::move(function));
    (void)::pthread_setname_np(thread.native_handle(), name.substr(0, 15).c_str());
    return thread;
  } catch (const std::system_error& error) {
    throw std::system_error(error.code(), "starting the thread " + name +
                                              " (raise TasksMax of the unit, RLIMIT_NPROC or "
                                              "RLIMIT_AS, whichever is short)");
  }
}

}  // namespace ringtail::base
