#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <variant>

#include "pcapfile/pcap_walk.h"
#include "pcapfile/pcapng_walk.h"
#include "pcapfile/walked_file.h"

namespace ringtail::pcapfile {

// Walks a file of either format record by record, in chunks of any size, and finds where its last
// whole record ends.
//
// Pure over the bytes, which may be anything; no allocation, no failure.
class RecordWalk {
 public:
  using Time = WalkedFile::Time;

  // The next bytes of the file, from its begin on. Once the walk has ended they are ignored.
  void feed(std::span<const std::byte> bytes);
  // The file has no further bytes.
  void finish();

  // What they mean: WalkedFile.
  [[nodiscard]] WalkEnd end() const { return found().end; }
  [[nodiscard]] std::uint64_t whole_bytes() const { return found().whole_bytes; }
  [[nodiscard]] std::uint64_t packets() const { return found().packets; }
  [[nodiscard]] Format format() const { return found().format; }
  [[nodiscard]] std::uint32_t linktype() const { return found().linktype; }
  [[nodiscard]] std::optional<Time> first_time() const { return found().first_time; }
  [[nodiscard]] std::optional<Time> last_time() const { return found().last_time; }

 private:
  [[nodiscard]] const WalkedFile& found() const;

  bool begun_ = false;
  std::variant<PcapWalk, PcapngWalk> walk_;  // known once it is begun
};

}  // namespace ringtail::pcapfile
