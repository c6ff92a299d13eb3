// bench_encode_driver: encodes one block, for a tool that counts the instructions of
// encode_block().
//
//   bench_encode_driver walk|ethernet|other|cooked[-pcapng] BYTES
//
// Prints "packets=N".

#include <cstdlib>
#include <iostream>
#include <string>

#include "bench/filled_block.h"
#include "pcapfile/in_place_encoder.h"
#include "pcapfile/pcap_format.h"
#include "ring/block_layout.h"
#include "ring/frame_cursor.h"

namespace {

using ringtail::bench::FilledBlock;
using ringtail::pcapfile::Format;
using ringtail::pcapfile::LinkHeader;
using ringtail::pcapfile::Precision;

// By these two names the counting is switched on and off. They have C's linkage for that.
extern "C" {

[[gnu::noinline]] std::uint64_t counted_walk(FilledBlock& block) {
  ringtail::ring::FrameCursor frames(block.bytes(), ringtail::ring::kFirstFrameOffset,
                                     block.packets());
  std::uint64_t packets = 0;
  while (frames.next()) ++packets;
  return packets;
}

[[gnu::noinline]] std::uint64_t counted_encode(FilledBlock& block, LinkHeader link_header,
                                               Format format) {
  ringtail::ring::FrameCursor frames(block.bytes(), ringtail::ring::kFirstFrameOffset,
                                     block.packets());
  return ringtail::pcapfile::encode_in_place<ringtail::ring::kBytesBeforeData>(
             frames, block.bytes().subspan(ringtail::ring::kRunOffset), 0,
             {link_header, Precision::kNano, ringtail::pcapfile::kMaxSnaplen, format})
      .packets;
}
}

std::uint64_t count(const std::string& what, std::size_t frame_bytes) {
  const LinkHeader link_header = what.starts_with("cooked")  ? LinkHeader::kCooked
                                 : what.starts_with("other") ? LinkHeader::kOther
                                                             : LinkHeader::kEthernet;
  const Format format = what.ends_with("-pcapng") ? Format::kPcapng : Format::kPcap;
  FilledBlock block(link_header, frame_bytes);
  (void)block.fresh();
  return what == "walk" ? counted_walk(block) : counted_encode(block, link_header, format);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: bench_encode_driver walk|ethernet|other|cooked[-pcapng] BYTES\n";
    return 2;
  }
  std::cout << "packets=" << count(argv[1], std::strtoul(argv[2], nullptr, 10)) << std::endl;
  return 0;
}
