#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "pcapfile/in_place_encoder.h"
#include "support/crafted_block.h"

namespace ringtail::pcapfile {

using Bytes = std::vector<std::uint8_t>;

// Each shape that records can have, at its longest.
inline constexpr RecordShape kShapes[] = {
    {LinkHeader::kEthernet, Precision::kNano, kMaxSnaplen},
    {LinkHeader::kEthernet, Precision::kMicro, kMaxSnaplen},
    {LinkHeader::kOther, Precision::kNano, kMaxSnaplen},
    {LinkHeader::kOther, Precision::kMicro, kMaxSnaplen},
    {LinkHeader::kCooked, Precision::kNano, kMaxSnaplen},
    {LinkHeader::kCooked, Precision::kMicro, kMaxSnaplen},
    {LinkHeader::kEthernet, Precision::kNano, kMaxSnaplen, Format::kPcapng},
    {LinkHeader::kOther, Precision::kMicro, kMaxSnaplen, Format::kPcapng},
    {LinkHeader::kCooked, Precision::kNano, kMaxSnaplen, Format::kPcapng},
};
[[nodiscard]] std::string name_of(const RecordShape& shape);

// Encodes what lies in `block`, which need not be whole, as a block of so many packets.
struct Encoding {
  EncodedRun run;
  std::uint32_t malformed = 0;
};
[[nodiscard]] Encoding encode(std::span<std::byte> block, std::uint32_t packets,
                              const RecordShape& shape, std::size_t carry_bytes = 0);
[[nodiscard]] EncodedRun encode(support::CraftedBlock& block, const RecordShape& shape,
                                std::size_t carry_bytes = 0);

// Of the block's run.
[[nodiscard]] Bytes run_bytes(std::span<const std::byte> block, std::size_t from, std::size_t to);

// What the packet's record must be, put together another way.
[[nodiscard]] Bytes expected_record(const support::CraftedPacket& packet, const RecordShape& shape);

// As a reader finds it in front of the next.
[[nodiscard]] std::size_t record_bytes(const std::byte* record, const RecordShape& shape);

// A link address of 6 bytes, as the kernel leaves it: with something old behind it.
[[nodiscard]] sockaddr_ll crafted_address(std::uint16_t protocol = 0x0800);

[[nodiscard]] Bytes random_bytes(std::mt19937& random, std::size_t size);
// Up to `max_bytes` long; for cooked records with an address, sometimes tagged or cut.
[[nodiscard]] support::CraftedPacket random_packet(std::mt19937& random, LinkHeader link_header,
                                                   std::size_t max_bytes);

}  // namespace ringtail::pcapfile
