#include "bench/xdp_program.h"

#include <cstddef>

namespace ringtail::bench {
namespace {

using Code = std::uint8_t;
using Register = std::uint8_t;

bpf_insn instruction(unsigned code, Register to, Register from, int offset, int value) {
  bpf_insn made{};
  made.code = static_cast<Code>(code);
  made.dst_reg = to & 0xf;
  made.src_reg = from & 0xf;
  made.off = static_cast<__s16>(offset);
  made.imm = value;
  return made;
}

bpf_insn set(Register to, int value) {
  return instruction(BPF_ALU64 | BPF_MOV | BPF_K, to, 0, 0, value);
}
bpf_insn copy(Register to, Register from) {
  return instruction(BPF_ALU64 | BPF_MOV | BPF_X, to, from, 0, 0);
}
bpf_insn add(Register to, int value) {
  return instruction(BPF_ALU64 | BPF_ADD | BPF_K, to, 0, 0, value);
}
bpf_insn modulo(Register to, std::uint32_t value) {
  return instruction(BPF_ALU | BPF_MOD | BPF_K, to, 0, 0, static_cast<int>(value));
}
bpf_insn to_network_order_16(Register to) {
  return instruction(BPF_ALU | BPF_END | BPF_TO_BE, to, 0, 0, 16);
}
bpf_insn load_double(Register to, Register from) {
  return instruction(BPF_LDX | BPF_MEM | BPF_DW, to, from, 0, 0);
}
bpf_insn store_double(Register to, Register from) {
  return instruction(BPF_STX | BPF_MEM | BPF_DW, to, from, 0, 0);
}
bpf_insn load_word(Register to, Register from, std::size_t offset) {
  return instruction(BPF_LDX | BPF_MEM | BPF_W, to, from, static_cast<int>(offset), 0);
}
bpf_insn store_half(Register to, std::size_t offset, Register from) {
  return instruction(BPF_STX | BPF_MEM | BPF_H, to, from, static_cast<int>(offset), 0);
}
bpf_insn store_zero_below_stack() {
  return instruction(BPF_ST | BPF_MEM | BPF_W, BPF_REG_10, 0, -4, 0);
}
bpf_insn jump(unsigned condition, Register left, Register right, int skip) {
  return instruction(BPF_JMP | condition | BPF_X, left, right, skip, 0);
}
bpf_insn jump(unsigned condition, Register left, std::uint32_t value, int skip) {
  return instruction(BPF_JMP | condition | BPF_K, left, 0, skip, static_cast<int>(value));
}
bpf_insn call(bpf_func_id helper) { return instruction(BPF_JMP | BPF_CALL, 0, 0, 0, helper); }
bpf_insn leave() { return instruction(BPF_JMP | BPF_EXIT, 0, 0, 0, 0); }

constexpr Register r0 = 0, r1 = 1, r2 = 2, r3 = 3, r4 = 4, kContext = 6, kDue = 7, kDueTime = 8,
                   kTries = 9;

void append(std::vector<bpf_insn>& program, std::initializer_list<bpf_insn> instructions) {
  program.insert(program.end(), instructions);
}

// Not longer than that many looks at the clock (about 0.1 ms), as the verifier walks them all.
constexpr int kMaxTries = 5'000;

void wait_until_due(std::vector<bpf_insn>& program, const Sending& sending) {
  append(program,
         {
             store_zero_below_stack(),
             copy(r2, BPF_REG_10),
             add(r2, -4),
             instruction(BPF_LD | BPF_IMM | BPF_DW, r1, BPF_PSEUDO_MAP_FD, 0, sending.due_map),
             instruction(0, 0, 0, 0, 0),  // the second half of the map's address
             call(BPF_FUNC_map_lookup_elem),
             jump(BPF_JNE, r0, 0U, 1),
             leave(),
             copy(kDue, r0),
             load_double(kDueTime, kDue),
             set(kTries, kMaxTries),
             call(BPF_FUNC_ktime_get_ns),
             jump(BPF_JGE, r0, kDueTime, 2),
             add(kTries, -1),
             jump(BPF_JNE, kTries, 0U, -4),
             add(kDueTime, static_cast<int>(sending.interval_ns)),
             store_double(kDue, kDueTime),
         });
}

void give_random_port(std::vector<bpf_insn>& program) {
  append(program, {
                      call(BPF_FUNC_get_prandom_u32),
                      modulo(r0, kPorts),
                      add(r0, kFirstPort),
                      to_network_order_16(r0),
                      load_word(r2, kContext, offsetof(xdp_md, data)),
                      load_word(r3, kContext, offsetof(xdp_md, data_end)),
                      copy(r4, r2),
                      add(r4, kPortOffset + 2),
                      jump(BPF_JGT, r4, r3, 1),  // what the verifier wants to see
                      store_half(r2, kPortOffset, r0),
                  });
}

void give_random_size(std::vector<bpf_insn>& program) {
  constexpr auto kToMiddle = static_cast<int>(kMixMiddle) - static_cast<int>(kMixLarge);
  constexpr auto kToSmall = static_cast<int>(kMixSmall) - static_cast<int>(kMixLarge);
  append(program, {
                      call(BPF_FUNC_get_prandom_u32),
                      modulo(r0, kMixOf),
                      jump(BPF_JGE, r0, kMixSmallShare + kMixMiddleShare, 5),  // stays large
                      set(r2, kToMiddle),
                      jump(BPF_JGE, r0, kMixSmallShare, 1),
                      set(r2, kToSmall),
                      copy(r1, kContext),
                      call(BPF_FUNC_xdp_adjust_tail),
                  });
}

}  // namespace

std::vector<bpf_insn> sending_program(const Sending& sending) {
  std::vector<bpf_insn> program{copy(kContext, r1)};
  if (sending.interval_ns != 0) wait_until_due(program, sending);
  give_random_port(program);
  if (sending.sizes.mixed) give_random_size(program);
  append(program, {set(r1, sending.interface_index), set(r2, 0), call(BPF_FUNC_redirect), leave()});
  return program;
}

}  // namespace ringtail::bench
