#pragma once

#include <cstddef>
#include <exception>
#include <functional>
#include <string>
#include <vector>

namespace ringtail::base {

// How many of its calls in_parallel() has under way at most. What they wait for is a while that the
// kernel makes all of them wait together; more of them would win little, and take the host's
// memory, processors and threads all at once.
inline constexpr std::size_t kMaxParallelCalls = 16;

// Calls function(0) to function(count - 1), begun in this order, on this thread and on threads of
// that name, which have ended when it returns. Where a thread can't be had, it does with fewer.
// Returns what each call has thrown, in their order: mostly nothing.
std::vector<std::exception_ptr> in_parallel(const std::string& name, std::size_t count,
                                            const std::function<void(std::size_t)>& function);

}  // namespace ringtail::base
