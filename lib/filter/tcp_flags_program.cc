#include "filter/tcp_flags_program.h"

#include <utility>

#include "filter/assembler.h"

namespace ringtail::filter {
namespace {

constexpr std::uint32_t kIpv4 = 0x0800;
constexpr std::uint32_t kIpv6 = 0x86DD;
constexpr std::uint32_t kEtherTypeOffset = 12;
constexpr std::uint32_t kEthernetBytes = 14;
constexpr std::uint32_t kTagBytes = 4;
constexpr std::uint32_t kIpv6Bytes = 40;
constexpr std::uint32_t kTcpBytes = 20;

constexpr std::uint32_t kHopByHop = 0;
constexpr std::uint32_t kTcp = 6;
constexpr std::uint32_t kRouting = 43;
constexpr std::uint32_t kFragment = 44;
constexpr std::uint32_t kDestinationOptions = 60;

constexpr unsigned kLoadByte = BPF_LD | BPF_B | BPF_IND;
constexpr unsigned kLoadHalf = BPF_LD | BPF_H | BPF_IND;
constexpr unsigned kToX = BPF_MISC | BPF_TAX;
constexpr unsigned kAddX = BPF_ALU | BPF_ADD | BPF_X;

// X is the offset of the header that is looked at, from the first byte of the packet.
class TcpFlagsProgram {
 public:
  explicit TcpFlagsProgram(std::uint8_t flags) : flags_(flags) {}

  Program make(FirstHeader first) && {
    first == FirstHeader::kEthernet ? link() : network();
    ipv4();
    ipv6();
    tcp();
    return std::move(code_).finish();
  }

 private:
  void link() {
    for (std::uint32_t tags = 0; tags <= kMaxTags; ++tags) {
      code_.put(BPF_LD | BPF_H | BPF_ABS, kEtherTypeOffset + tags * kTagBytes);
      code_.put(BPF_LDX | BPF_IMM, kEthernetBytes + tags * kTagBytes);
      code_.compare(BPF_JEQ, kIpv4, ipv4_);
      if (tags == kMaxTags) break;
      const auto tagged = code_.new_label();
      code_.compare(BPF_JEQ, kIpv6, ipv6_);
      for (const std::uint32_t tag : {0x8100U, 0x88A8U}) code_.compare(BPF_JEQ, tag, tagged);
      code_.compare(BPF_JEQ, 0x9100, tagged, reject_);
      code_.place(tagged);
    }
    code_.compare(BPF_JEQ, kIpv6, ipv6_, reject_);
  }

  void network() {
    code_.put(BPF_LD | BPF_H | BPF_ABS, ancillary(SKF_AD_PROTOCOL));
    code_.put(BPF_LDX | BPF_IMM, 0);
    code_.compare(BPF_JEQ, kIpv4, ipv4_);
    code_.compare(BPF_JEQ, kIpv6, ipv6_, reject_);
  }

  void ipv4() {
    code_.place(ipv4_);
    code_.put(kLoadByte, 9);
    code_.compare(BPF_JEQ, kTcp, std::nullopt, reject_);
    code_.put(kLoadHalf, 6);
    code_.compare(BPF_JSET, 0x1FFF, reject_);  // a later fragment
    code_.put(kLoadByte, 0);
    code_.put(BPF_ALU | BPF_AND | BPF_K, 0x0F);
    code_.put(BPF_ALU | BPF_LSH | BPF_K, 2);
    code_.put(kAddX);
    code_.put(kToX);
    code_.jump(tcp_);
  }

  void ipv6() {
    code_.place(ipv6_);
    code_.put(BPF_LD | BPF_IMM, kIpv6Bytes);
    go_behind(6);
    for (unsigned headers = 0; headers < kMaxExtensionHeaders; ++headers) extension_header();
    code_.compare(BPF_JEQ, kTcp, tcp_, reject_);
  }

  // A: the header at X.
  void extension_header() {
    const auto fragment = code_.new_label();
    const auto sized = code_.new_label();
    const auto behind = code_.new_label();
    code_.compare(BPF_JEQ, kTcp, tcp_);
    code_.compare(BPF_JEQ, kFragment, fragment);
    code_.compare(BPF_JEQ, kHopByHop, sized);
    code_.compare(BPF_JEQ, kRouting, sized);
    code_.compare(BPF_JEQ, kDestinationOptions, sized, reject_);
    code_.place(sized);
    code_.put(kLoadByte, 1);
    code_.put(BPF_ALU | BPF_ADD | BPF_K, 1);
    code_.put(BPF_ALU | BPF_LSH | BPF_K, 3);
    code_.jump(behind);
    code_.place(fragment);
    code_.put(kLoadHalf, 2);
    code_.compare(BPF_JSET, 0xFFF8, reject_);  // a later one
    code_.put(BPF_LD | BPF_IMM, 8);
    code_.place(behind);
    go_behind(0);
  }

  // A: the bytes of the header at X, which says at `next` what follows it. Then X is there, and A
  // is what it is.
  void go_behind(std::uint32_t next) {
    code_.put(BPF_ST, kBytes);
    code_.put(kLoadByte, next);
    code_.put(BPF_ST, kNext);
    code_.put(BPF_LD | BPF_MEM, kBytes);
    code_.put(kAddX);
    code_.put(kToX);
    code_.put(BPF_LD | BPF_MEM, kNext);
  }

  void tcp() {
    code_.place(tcp_);
    code_.put(kLoadByte, 13);
    code_.compare(BPF_JSET, flags_, std::nullopt, reject_);
    code_.put(BPF_MISC | BPF_TXA);
    code_.put(BPF_ALU | BPF_ADD | BPF_K, kTcpBytes);
    code_.put(BPF_RET | BPF_A);
    code_.place(reject_);
    code_.put(BPF_RET | BPF_K, 0);
  }

  static constexpr std::uint32_t kBytes = 0;  // words of the program's memory
  static constexpr std::uint32_t kNext = 1;

  std::uint8_t flags_;
  Assembler code_;
  Assembler::Label ipv4_ = code_.new_label();
  Assembler::Label ipv6_ = code_.new_label();
  Assembler::Label tcp_ = code_.new_label();
  Assembler::Label reject_ = code_.new_label();
};

}  // namespace

Program tcp_flags_program(FirstHeader first, std::uint8_t flags) {
  return TcpFlagsProgram(flags).make(first);
}

}  // namespace ringtail::filter
