#pragma once

#include <cstdint>
#include <string>

namespace ringtail::store {

// Ends the file here. Its time of last modification stays that of the last write: by that retention
// knows when a file ended, also after a restart. Throws std::system_error.
void cut_file(int fd, std::uint64_t size_bytes, const std::string& path);

}  // namespace ringtail::store
