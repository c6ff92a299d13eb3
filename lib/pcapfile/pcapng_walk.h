#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "pcapfile/pcapng_format.h"
#include "pcapfile/walked_file.h"

namespace ringtail::pcapfile {

// RecordWalk for pcapng as Ringtail writes it: a section header, one interface, then packets and
// statistics, each block with its length at both ends. Anything else is none of ours. A block
// header of zeros ends the file, whatever comes behind, and so does a block whose end is zeros: it
// is space that was never written.
class PcapngWalk {
 public:
  PcapngWalk() { found_.format = Format::kPcapng; }
  void feed(std::span<const std::byte> bytes);
  void finish();
  [[nodiscard]] const WalkedFile& found() const { return found_; }

 private:
  // What of a block comes in: its type and length, the rest of what it begins with, and, once its
  // other bytes were passed over, its length again.
  enum class Part { kType, kHead, kEnd };

  [[nodiscard]] std::span<const std::byte> gather(std::span<const std::byte> bytes);
  void expect(Part part, std::size_t bytes);
  void read_type();
  void read_head();
  void read_end();
  [[nodiscard]] bool can_come_now() const;
  [[nodiscard]] bool is_ours();
  [[nodiscard]] bool is_our_section() const;
  [[nodiscard]] bool is_our_interface();
  [[nodiscard]] bool is_our_packet();
  void refuse();
  template <typename Head>
  [[nodiscard]] Head head() const;

  WalkedFile found_;
  std::uint64_t section_bytes_ = 0;  // of the section header; 0: not complete
  std::uint32_t snaplen_ = 0;        // as the interface's block states it
  Precision precision_ = Precision::kNano;

  Part part_ = Part::kType;
  std::array<std::byte, sizeof(PacketHeader)> gathered_{};
  std::size_t gathered_bytes_ = 0;
  std::size_t wanted_bytes_ = 8;
  BlockType type_{};  // of the block that is being walked
  std::uint32_t block_length_ = 0;
  std::uint32_t left_ = 0;  // of its bytes before its end, to be passed over
  WalkedFile::Time time_;
};

}  // namespace ringtail::pcapfile
