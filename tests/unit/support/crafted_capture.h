#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "support/frame_shape.h"

namespace ringtail::support {

// A time for the packets of such files, in nanoseconds since 1970.
inline constexpr std::int64_t kNoon = 1'700'000'000'000'000'000;

// Writes pcap bytes field by field, wrong ones too, for tests of the reader.
class CraftedCapture {
 public:
  struct Format {
    bool big_endian = false;
    bool nanoseconds = true;
    std::uint32_t snaplen = 262'144;
    std::uint32_t linktype = 1;
  };

  CraftedCapture() : CraftedCapture(Format{}) {}
  explicit CraftedCapture(const Format& format);

  void add_record(std::int64_t time_ns, std::span<const std::uint8_t> captured,
                  std::uint32_t wire_length);
  void add_frame(std::int64_t time_ns, std::uint64_t number, const FrameShape& shape = {});
  void add_word(std::uint32_t value);

  [[nodiscard]] const std::vector<std::uint8_t>& bytes() const { return bytes_; }

 private:
  Format format_;
  std::vector<std::uint8_t> bytes_;
};

// A file of these bytes in gtest's folder for the time of a scope.
class ScopedCaptureFile {
 public:
  explicit ScopedCaptureFile(std::span<const std::uint8_t> bytes);
  ScopedCaptureFile(const ScopedCaptureFile&) = delete;
  ScopedCaptureFile& operator=(const ScopedCaptureFile&) = delete;
  ~ScopedCaptureFile();

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

[[nodiscard]] std::vector<std::uint8_t> make_frame(std::uint64_t number,
                                                   const FrameShape& shape = {});

}  // namespace ringtail::support
