#include "unit/support/crafted_capture.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "support/numbered_frame.h"

namespace ringtail::support {

CraftedCapture::CraftedCapture(const Format& format) : format_(format) {
  add_word(format.nanoseconds ? 0xA1B23C4D : 0xA1B2C3D4);
  add_word(format.big_endian ? 0x00020004 : 0x00040002);
  add_word(0);
  add_word(0);
  add_word(format.snaplen);
  add_word(format.linktype);
}

void CraftedCapture::add_word(std::uint32_t value) {
  for (int i = 0; i < 4; ++i) {
    const int shift = 8 * (format_.big_endian ? 3 - i : i);
    bytes_.push_back(static_cast<std::uint8_t>(value >> shift));
  }
}

void CraftedCapture::add_record(std::int64_t time_ns, std::span<const std::uint8_t> captured,
                                std::uint32_t wire_length) {
  const std::int64_t fraction_ns = time_ns % 1'000'000'000;
  add_word(static_cast<std::uint32_t>(time_ns / 1'000'000'000));
  add_word(static_cast<std::uint32_t>(format_.nanoseconds ? fraction_ns : fraction_ns / 1000));
  add_word(static_cast<std::uint32_t>(captured.size()));
  add_word(wire_length);
  bytes_.insert(bytes_.end(), captured.begin(), captured.end());
}

void CraftedCapture::add_frame(std::int64_t time_ns, std::uint64_t number,
                               const FrameShape& shape) {
  const auto frame = make_frame(number, shape);
  add_record(time_ns, frame, static_cast<std::uint32_t>(frame.size()));
}

ScopedCaptureFile::ScopedCaptureFile(std::span<const std::uint8_t> bytes) {
  static int serial = 0;
  path_ = testing::TempDir() + "/support_test." + std::to_string(::getpid()) + "." +
          std::to_string(++serial) + ".pcap";
  std::ofstream file(path_, std::ios::binary);
  for (const std::uint8_t byte : bytes) file.put(static_cast<char>(byte));
}

ScopedCaptureFile::~ScopedCaptureFile() { ::unlink(path_.c_str()); }

std::vector<std::uint8_t> make_frame(std::uint64_t number, const FrameShape& shape) {
  std::vector<std::uint8_t> frame(frame_size(shape, number));
  build_numbered_frame(shape, number, frame);
  return frame;
}

}  // namespace ringtail::support
