#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "pcapfile/pcap_format.h"
#include "pcapfile/walked_file.h"

namespace ringtail::pcapfile {

// RecordWalk for classic pcap. A record header of time 0 s and length 0 ends the file, whatever
// comes behind: it is space that was never written. (An empty packet of the first second of 1970 is
// taken for one.)
class PcapWalk {
 public:
  void feed(std::span<const std::byte> bytes);
  void finish();
  [[nodiscard]] const WalkedFile& found() const { return found_; }

 private:
  [[nodiscard]] std::size_t header_bytes() const;
  [[nodiscard]] std::span<const std::byte> gather(std::span<const std::byte> bytes);
  void read_file_header();
  void read_record_header();
  void end_record();

  WalkedFile found_;
  std::uint32_t snaplen_ = 0;               // as the file states it
  std::uint32_t nanoseconds_per_unit_ = 1;  // of the sub-second part

  std::array<std::byte, kFileHeaderBytes> header_{};  // the file's or a record's, as it comes in
  std::size_t gathered_bytes_ = 0;
  WalkedFile::Time time_;              // of the record that is being walked
  std::uint32_t captured_length_ = 0;  // its bytes behind the header, and how many are to come
  std::uint32_t captured_left_ = 0;
};

}  // namespace ringtail::pcapfile
