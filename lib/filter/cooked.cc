#include "filter/cooked.h"

#include <array>
#include <stdexcept>
#include <string>

namespace ringtail::filter {
namespace {

// A field of the header, as LINKTYPE_LINUX_SLL2 defines it, that the kernel offers by itself.
struct Field {
  std::uint32_t offset;
  int size;  // BPF_B, BPF_H or BPF_W: only a load of the whole field is that field
  int ancillary;
};
constexpr std::array<Field, 4> kFields = {{{0, BPF_H, SKF_AD_PROTOCOL},
                                           {4, BPF_W, SKF_AD_IFINDEX},
                                           {8, BPF_H, SKF_AD_HATYPE},
                                           {10, BPF_B, SKF_AD_PKTTYPE}}};

bool reads_packet(const sock_filter& instruction) {
  const int kind = BPF_CLASS(instruction.code);
  if (kind != BPF_LD && kind != BPF_LDX) return false;
  const int mode = BPF_MODE(instruction.code);
  return mode == BPF_ABS || mode == BPF_IND || mode == BPF_MSH;
}

[[noreturn]] void refuse(const sock_filter& instruction) {
  throw std::invalid_argument(
      "it reads bytes of the cooked link header (from byte " + std::to_string(instruction.k) +
      ") that the kernel does not offer to filters; it offers [0:2] protocol, [4:4] interface "
      "index, [8:2] hardware type and [10] packet type");
}

void relocate(sock_filter& load) {
  if (load.k >= kFirstAncillaryOffset) return;  // not a byte of the packet
  if (load.k >= kCookedHeaderBytes) {
    load.k -= kCookedHeaderBytes;
    return;
  }
  // An offset that is only known when a packet comes could be that of any field.
  if (BPF_CLASS(load.code) != BPF_LD || BPF_MODE(load.code) != BPF_ABS) refuse(load);
  for (const Field& field : kFields) {
    if (field.offset != load.k || field.size != BPF_SIZE(load.code)) continue;
    load.k = ancillary(field.ancillary);
    return;
  }
  refuse(load);
}

}  // namespace

Program for_cooked_socket(Program program) {
  for (sock_filter& instruction : program) {
    if (reads_packet(instruction)) relocate(instruction);
    const bool accepts = instruction.code == (BPF_RET | BPF_K) && instruction.k > 0;
    // At least one byte: 0 would reject.
    if (accepts) {
      instruction.k = instruction.k > kCookedHeaderBytes ? instruction.k - kCookedHeaderBytes : 1;
    }
  }
  return program;
}

}  // namespace ringtail::filter
