#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "pcapfile/pcap_format.h"

namespace ringtail::pcapfile {

// What a walk over a file's records met behind the last whole one.
enum class WalkEnd {
  kNotYet,
  kEndOfFile,   // nothing
  kZeroHeader,  // preallocated space: readers take its zeros for packets of 1970
  kCutShort,    // the file ends within a record, or within its own header
  kBadHeader,   // a record header that no packet of this file can have
  kForeign,     // the file does not begin as ours do, in this machine's byte order
};

// Walks a classic pcap file record by record, in chunks of any size, and finds where its last whole
// record ends. A record header of time 0 s and length 0 ends the file, whatever comes behind: it is
// space that was never written. (An empty packet of the first second of 1970 is taken for one.)
//
// Pure over the bytes, which may be anything; no allocation, no failure.
class RecordWalk {
 public:
  using Time = std::chrono::sys_time<std::chrono::nanoseconds>;

  // The next bytes of the file, from its begin on. Once the walk has ended they are ignored.
  void feed(std::span<const std::byte> bytes);
  // The file has no further bytes.
  void finish();

  [[nodiscard]] WalkEnd end() const { return end_; }
  // From the file's begin to the end of its last whole record, or of the file header.
  [[nodiscard]] std::uint64_t whole_bytes() const { return whole_bytes_; }
  [[nodiscard]] std::uint64_t packets() const { return packets_; }
  [[nodiscard]] std::uint32_t linktype() const { return linktype_; }  // as the file states it
  // Of the first and the last whole record, in the order of the file.
  [[nodiscard]] std::optional<Time> first_time() const { return first_time_; }
  [[nodiscard]] std::optional<Time> last_time() const { return last_time_; }

 private:
  [[nodiscard]] std::size_t header_bytes() const;
  [[nodiscard]] std::span<const std::byte> gather(std::span<const std::byte> bytes);
  void read_file_header();
  void read_record_header();
  void end_record();

  WalkEnd end_ = WalkEnd::kNotYet;
  std::uint64_t whole_bytes_ = 0;  // 0: the file header is not complete
  std::uint64_t packets_ = 0;
  std::optional<Time> first_time_;
  std::optional<Time> last_time_;

  std::uint32_t snaplen_ = 0;  // as the file states it
  std::uint32_t linktype_ = 0;
  std::uint32_t nanoseconds_per_unit_ = 1;  // of the sub-second part

  std::array<std::byte, kFileHeaderBytes> header_{};  // the file's or a record's, as it comes in
  std::size_t gathered_bytes_ = 0;
  Time time_;                          // of the record that is being walked
  std::uint32_t captured_length_ = 0;  // its bytes behind the header, and how many are to come
  std::uint32_t captured_left_ = 0;
};

}  // namespace ringtail::pcapfile
