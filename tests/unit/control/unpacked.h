#pragma once

#include <zlib.h>

#include <stdexcept>
#include <string>

namespace ringtail::control {

// The content of one gzip member; throws unless `packed` is exactly that.
[[nodiscard]] inline std::string unpacked(std::string packed) {
  z_stream stream{};
  constexpr int kGzipOnly = 15 + 16;
  if (::inflateInit2(&stream, kGzipOnly) != Z_OK) throw std::runtime_error("inflateInit2");
  std::string text(16U << 20U, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(text.data());
  stream.avail_out = static_cast<uInt>(text.size());
  const int result = ::inflate(&stream, Z_FINISH);
  text.resize(stream.total_out);
  (void)::inflateEnd(&stream);
  if (result != Z_STREAM_END || stream.avail_in != 0)
    throw std::runtime_error("no gzip member, or more than one");
  return text;
}

}  // namespace ringtail::control
