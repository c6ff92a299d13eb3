#include "filter/scratch_memory.h"

#include <cstdint>

namespace ringtail::filter {
namespace {

using Slots = std::uint16_t;  // a bit for each word of M[]
static_assert(BPF_MEMWORDS == 16);
constexpr Slots kAllSlots = 0xFFFF;

Slots bit_of(const sock_filter& instruction) {
  return instruction.k < BPF_MEMWORDS ? static_cast<Slots>(1U << instruction.k) : Slots{0};
}

bool stores(const sock_filter& instruction) {
  return BPF_CLASS(instruction.code) == BPF_ST || BPF_CLASS(instruction.code) == BPF_STX;
}

bool loads(const sock_filter& instruction) {
  const int kind = BPF_CLASS(instruction.code);
  return (kind == BPF_LD || kind == BPF_LDX) && BPF_MODE(instruction.code) == BPF_MEM;
}

// Which slots are read on some way on which they have not been written. Jumps go forward, so one
// pass sees each instruction after all that lead to it; other jumps the kernel refuses anyway.
Slots read_before_written(const Program& program) {
  std::vector<Slots> written_before(program.size(), kAllSlots);
  const auto reach = [&](std::size_t target, Slots written) {
    if (target < program.size()) written_before[target] &= written;
  };
  Slots unwritten = 0;
  reach(0, 0);
  for (std::size_t at = 0; at < program.size(); ++at) {
    const sock_filter& instruction = program[at];
    Slots written = written_before[at];
    if (stores(instruction)) written |= bit_of(instruction);
    if (loads(instruction)) unwritten |= static_cast<Slots>(bit_of(instruction) & ~written);
    if (BPF_CLASS(instruction.code) != BPF_JMP) {
      if (BPF_CLASS(instruction.code) != BPF_RET) reach(at + 1, written);
    } else if (BPF_OP(instruction.code) == BPF_JA) {
      reach(at + 1 + instruction.k, written);
    } else {
      reach(at + 1 + instruction.jt, written);
      reach(at + 1 + instruction.jf, written);
    }
  }
  return unwritten;
}

}  // namespace

Program with_zeroed_memory(Program program) {
  const Slots unwritten = read_before_written(program);
  if (unwritten == 0) return program;
  Program zeroed{{BPF_LD | BPF_IMM, 0, 0, 0}};
  for (__u32 slot = 0; slot < BPF_MEMWORDS; ++slot) {
    if ((unwritten >> slot & 1U) != 0) zeroed.push_back({BPF_ST, 0, 0, slot});
  }
  // Jumps are relative, so what stands in front moves none.
  zeroed.insert(zeroed.end(), program.begin(), program.end());
  return zeroed;
}

}  // namespace ringtail::filter
