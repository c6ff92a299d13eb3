#include "control/gzip.h"

#define ZLIB_CONST  // or zlib would want to write to what it only reads
#include <zlib.h>

#include <cassert>
#include <new>

namespace ringtail::control {
namespace {

class Deflater {
 public:
  Deflater() {
    constexpr int kLargestWindowAsGzip = 15 + 16;
    constexpr int kMemoryLevel = 8;  // zlib's default
    if (::deflateInit2(&stream_, Z_BEST_SPEED, Z_DEFLATED, kLargestWindowAsGzip, kMemoryLevel,
                       Z_DEFAULT_STRATEGY) != Z_OK)
      throw std::bad_alloc();
  }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;
  ~Deflater() { (void)::deflateEnd(&stream_); }

  [[nodiscard]] std::string pack(std::string_view text) {
    std::string packed(::deflateBound(&stream_, text.size()), '\0');
    stream_.next_in = reinterpret_cast<const Bytef*>(text.data());
    stream_.avail_in = static_cast<uInt>(text.size());
    stream_.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream_.avail_out = static_cast<uInt>(packed.size());
    [[maybe_unused]] const int result = ::deflate(&stream_, Z_FINISH);
    assert(result == Z_STREAM_END);  // deflateBound() promises room for one call
    packed.resize(packed.size() - stream_.avail_out);
    return packed;
  }

 private:
  z_stream stream_{};
};

}  // namespace

std::string gzip(std::string_view text) { return Deflater().pack(text); }

}  // namespace ringtail::control
