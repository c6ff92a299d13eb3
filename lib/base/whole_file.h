#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>

namespace ringtail::base {

// How long read_whole_file() waits for the end of what is no regular file.
inline constexpr std::chrono::seconds kWholeFileDeadline{10};

// All of a file, or one byte more than the limit of a larger one. A pipe (/dev/stdin, a shell's
// <(...), a FIFO) is as good as a file, but is not waited for longer than `deadline`: nobody need
// ever write to it. On a terminal who types has all the time.
//
// Throws std::system_error that reads "<path>: cannot be opened: <reason>" or "<path>: cannot be
// read: <reason>".
[[nodiscard]] std::string read_whole_file(const std::filesystem::path& path,
                                          std::size_t limit_bytes,
                                          std::chrono::milliseconds deadline = kWholeFileDeadline);

}  // namespace ringtail::base
