#pragma once

#include <linux/if_packet.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace ringtail::support {

struct CraftedPacket {
  std::vector<std::uint8_t> bytes = {};
  std::optional<std::uint32_t> wire_length = {};  // bytes.size() where not given
  std::uint32_t seconds = 1'700'000'000;
  std::uint32_t nanoseconds = 0;
  std::optional<std::uint16_t> vlan_tci = {};
  std::optional<std::uint16_t> vlan_tpid = {};
  // A cooked socket's packet: this lies behind its header, and `bytes` have no link-layer header.
  std::optional<sockaddr_ll> address = {};
  std::uint8_t packet_type = PACKET_HOST;  // of one without that
  // From its header to its data, where it is not what it is for most links.
  std::optional<std::uint16_t> data_offset = {};
};

// A TPACKET_V3 block as the kernel lays it out, in memory of our own: 1 MiB, page-aligned, the
// first packet header at 8192, each packet's data 82 bytes behind its header, a cooked one's 96.
// The tests may then change any of its bytes.
class CraftedBlock {
 public:
  static constexpr std::size_t kBytes = 1U << 20;
  static constexpr std::uint32_t kFirstHeader = 8192;
  static constexpr std::uint32_t kAddressOffset = 48;  // from a packet's header

  CraftedBlock();

  // Whether the packet still fits.
  [[nodiscard]] bool fits(const CraftedPacket& packet) const;
  void add(const CraftedPacket& packet);
  // Hands the block over, as the kernel does when it retires it.
  void retire();
  void retire_at_timeout();
  // Forgets all packets, as when the kernel opens the block anew.
  void reopen();

  [[nodiscard]] std::byte* data() { return memory_.get(); }
  [[nodiscard]] std::span<std::byte> bytes() { return {data(), kBytes}; }
  [[nodiscard]] tpacket_hdr_v1& descriptor();
  [[nodiscard]] tpacket3_hdr& header(std::size_t packet) { return header_at(headers_[packet]); }
  [[nodiscard]] std::uint32_t header_offset(std::size_t packet) const { return headers_[packet]; }
  [[nodiscard]] bool is_with_kernel();

 private:
  tpacket3_hdr& header_at(std::uint32_t offset);

  struct FreeMemory {
    void operator()(std::byte* memory) const;
  };
  std::unique_ptr<std::byte, FreeMemory> memory_;
  std::vector<std::uint32_t> headers_;
  std::uint32_t end_ = kFirstHeader;
};

}  // namespace ringtail::support
