#include "unit/pcapfile/encoding.h"

#include <linux/if_arp.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "ring/block_layout.h"
#include "ring/frame_cursor.h"
#include "support/big_endian.h"

namespace ringtail::pcapfile {
namespace {

using support::CraftedBlock;
using support::CraftedPacket;

void append_word(Bytes& to, std::size_t value) {
  const auto word = static_cast<std::uint32_t>(value);
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(&word);
  to.insert(to.end(), bytes, bytes + sizeof word);
}

Bytes big_endian(std::uint16_t value) {
  Bytes bytes(sizeof value);
  support::store_big_endian<std::uint16_t>(bytes, 0, value);
  return bytes;
}

Bytes operator+(Bytes left, const Bytes& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

Bytes tag_of(const CraftedPacket& packet) {
  return big_endian(packet.vlan_tpid.value_or(0x8100)) + big_endian(*packet.vlan_tci);
}

// The packet as it would be without the kernel's taking a tag out.
Bytes ethernet_frame(const CraftedPacket& packet) {
  Bytes frame = packet.bytes;
  if (packet.vlan_tci && frame.size() >= 12) {
    const Bytes tag = tag_of(packet);
    frame.insert(frame.begin() + 12, tag.begin(), tag.end());
  }
  return frame;
}

Bytes cooked_frame(const CraftedPacket& packet) {
  const sockaddr_ll& address = *packet.address;
  const auto* type = reinterpret_cast<const std::uint8_t*>(&address.sll_protocol);
  Bytes interface_index(4);
  support::store_big_endian<std::uint32_t>(interface_index, 0,
                                           static_cast<std::uint32_t>(address.sll_ifindex));
  const std::size_t known = std::min<std::size_t>(address.sll_halen, 8);
  Bytes behind_type = Bytes(2, 0) + interface_index + big_endian(address.sll_hatype) +
                      Bytes{address.sll_pkttype, address.sll_halen} +
                      Bytes(address.sll_addr, address.sll_addr + known) + Bytes(8 - known, 0);
  if (!packet.vlan_tci) return Bytes(type, type + 2) + behind_type + packet.bytes;
  const Bytes tag = tag_of(packet);
  return Bytes(tag.begin(), tag.begin() + 2) + behind_type + Bytes(tag.begin() + 2, tag.end()) +
         Bytes(type, type + 2) + packet.bytes;
}

Bytes frame_of(const CraftedPacket& packet, LinkHeader link_header) {
  switch (link_header) {
    case LinkHeader::kEthernet:
      return ethernet_frame(packet);
    case LinkHeader::kOther:
      return packet.bytes;
    case LinkHeader::kCooked:
      return cooked_frame(packet);
  }
  return {};
}

// By draft-ietf-opsawg-pcapng, 4.3.
Bytes pcapng_record(const CraftedPacket& packet, const RecordShape& shape, const Bytes& frame,
                    std::size_t length) {
  const std::uint64_t nanoseconds = packet.seconds * 1'000'000'000ULL + packet.nanoseconds;
  const std::uint64_t time =
      shape.precision == Precision::kMicro ? nanoseconds / 1000 : nanoseconds;
  const std::size_t block_length = 28 + (frame.size() + 3) / 4 * 4 + 16;
  Bytes record;
  for (const std::size_t word :
       {std::size_t{6}, block_length, std::size_t{0}, std::size_t{time >> 32U},
        std::size_t{time & 0xffffffff}, frame.size(), length})
    append_word(record, word);
  record = std::move(record) + frame;
  record.resize(block_length - 16);
  // Inbound as unicast, broadcast, multicast, promiscuously; outbound.
  constexpr std::size_t kFlags[] = {0b00101, 0b01101, 0b01001, 0b10001, 0b00010};
  const std::uint8_t type = packet.address ? packet.address->sll_pkttype : packet.packet_type;
  const std::size_t flags = type < std::size(kFlags) ? kFlags[type] : 0;
  for (const std::size_t word : {std::size_t{4} << 16U | 2U, flags, std::size_t{0}, block_length})
    append_word(record, word);
  return record;
}

}  // namespace

std::size_t record_bytes(const std::byte* record, const RecordShape& shape) {
  std::uint32_t words[4];
  std::memcpy(words, record, sizeof words);
  return shape.format == Format::kPcapng ? words[1] : sizeof words + words[2];
}

std::string name_of(const RecordShape& shape) {
  constexpr const char* kLinkHeaders[] = {"Ethernet", "Other", "Cooked"};
  return std::string(kLinkHeaders[static_cast<std::size_t>(shape.link_header)]) +
         (shape.precision == Precision::kMicro ? "Micro" : "Nano") +
         (shape.format == Format::kPcapng ? "Pcapng" : "");
}

Encoding encode(std::span<std::byte> block, std::uint32_t packets, const RecordShape& shape,
                std::size_t carry_bytes) {
  ring::FrameCursor frames(block, CraftedBlock::kFirstHeader, packets);
  const EncodedRun run = encode_in_place<ring::kBytesBeforeData>(
      frames, block.subspan(ring::kRunOffset), carry_bytes, shape);
  return {run, frames.malformed()};
}

EncodedRun encode(CraftedBlock& block, const RecordShape& shape, std::size_t carry_bytes) {
  return encode(block.bytes(), block.descriptor().num_pkts, shape, carry_bytes).run;
}

Bytes run_bytes(std::span<const std::byte> block, std::size_t from, std::size_t to) {
  const auto* run = reinterpret_cast<const std::uint8_t*>(block.data()) + ring::kRunOffset;
  return {run + from, run + to};
}

Bytes expected_record(const CraftedPacket& packet, const RecordShape& shape) {
  Bytes frame = frame_of(packet, shape.link_header);
  const std::size_t length =
      packet.wire_length.value_or(static_cast<std::uint32_t>(packet.bytes.size())) + frame.size() -
      packet.bytes.size();
  const std::size_t tag_bytes = packet.vlan_tci || shape.link_header == LinkHeader::kOther ? 4 : 0;
  frame.resize(std::min<std::size_t>({frame.size(), shape.snaplen + tag_bytes, 262144}));
  if (shape.format == Format::kPcapng) return pcapng_record(packet, shape, frame, length);
  Bytes record;
  append_word(record, packet.seconds);
  append_word(record, shape.precision == Precision::kMicro ? packet.nanoseconds / 1000
                                                           : packet.nanoseconds);
  append_word(record, frame.size());
  append_word(record, length);
  return record + frame;
}

sockaddr_ll crafted_address(std::uint16_t protocol) {
  sockaddr_ll address{};
  std::memcpy(&address.sll_protocol, big_endian(protocol).data(), sizeof protocol);
  address.sll_ifindex = 0x00010203;
  address.sll_hatype = ARPHRD_ETHER;
  address.sll_pkttype = PACKET_OTHERHOST;
  address.sll_halen = 6;
  const std::uint8_t bytes[] = {2, 0x52, 0x54, 0, 0, 1, 0x77, 0x88};
  std::memcpy(address.sll_addr, bytes, sizeof bytes);
  return address;
}

Bytes random_bytes(std::mt19937& random, std::size_t size) {
  Bytes bytes(size);
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
  return bytes;
}

CraftedPacket random_packet(std::mt19937& random, LinkHeader link_header, std::size_t max_bytes) {
  CraftedPacket packet{.bytes = random_bytes(random, random() % (max_bytes + 1))};
  packet.nanoseconds = static_cast<std::uint32_t>(random() % 1'000'000'000);
  if (random() % 4 == 0) packet.vlan_tci = static_cast<std::uint16_t>(random());
  if (packet.vlan_tci && random() % 2 == 0) packet.vlan_tpid = 0x88a8;
  if (random() % 8 == 0) {
    packet.wire_length = static_cast<std::uint32_t>(packet.bytes.size() + random() % 9000);
  }
  packet.packet_type = static_cast<std::uint8_t>(random() % 8);
  if (link_header == LinkHeader::kCooked) {
    packet.address = crafted_address(static_cast<std::uint16_t>(random()));
    packet.address->sll_halen = static_cast<std::uint8_t>(random() % 10);
    packet.address->sll_pkttype = packet.packet_type;
  }
  return packet;
}

}  // namespace ringtail::pcapfile
