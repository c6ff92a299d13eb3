#include "interpreter.h"

#include <array>
#include <optional>
#include <stdexcept>

namespace ringtail::filter {
namespace {

struct Machine {
  const TestPacket& packet;
  std::uint32_t a = 0;
  std::uint32_t x = 0;
  std::array<std::uint32_t, BPF_MEMWORDS> memory{};
};

[[noreturn]] void refuse(const std::string& what) { throw std::logic_error(what); }

std::optional<std::uint32_t> bytes_at(const TestPacket& packet, std::uint64_t offset, int size) {
  const std::size_t width = size == BPF_W ? 4 : size == BPF_H ? 2 : 1;
  if (offset + width > packet.bytes.size()) return std::nullopt;
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < width; ++i) value = (value << 8U) | packet.bytes[offset + i];
  return value;
}

std::uint32_t known_to_kernel(const TestPacket& packet, std::uint32_t offset) {
  switch (static_cast<int>(offset - kFirstAncillaryOffset)) {
    case SKF_AD_PROTOCOL:
      return packet.protocol;
    case SKF_AD_PKTTYPE:
      return packet.type;
    case SKF_AD_IFINDEX:
      return packet.interface_index;
    case SKF_AD_HATYPE:
      return packet.hardware_type;
    case SKF_AD_VLAN_TAG:
      return packet.vlan_tci;
    case SKF_AD_VLAN_TAG_PRESENT:
      return packet.vlan_present ? 1 : 0;
    default:
      refuse("an SKF_AD load that these tests do not know");
  }
}

std::optional<std::uint32_t> loaded(const Machine& machine, const sock_filter& load) {
  switch (BPF_MODE(load.code)) {
    case BPF_IMM:
      return load.k;
    case BPF_LEN:
      return static_cast<std::uint32_t>(machine.packet.bytes.size());
    case BPF_MEM:
      return machine.memory.at(load.k);
    case BPF_ABS:
      if (load.k >= kFirstAncillaryOffset) return known_to_kernel(machine.packet, load.k);
      return bytes_at(machine.packet, load.k, BPF_SIZE(load.code));
    case BPF_IND: {
      const std::uint32_t offset = machine.x + load.k;  // wraps as the kernel's does
      return bytes_at(machine.packet, offset, BPF_SIZE(load.code));
    }
    case BPF_MSH: {
      const auto byte = bytes_at(machine.packet, load.k, BPF_B);
      return byte ? std::optional((*byte & 0xFU) * 4) : std::nullopt;
    }
    default:
      refuse("unknown load");
  }
}

std::optional<std::uint32_t> computed(std::uint32_t a, std::uint32_t operand, int operation) {
  switch (operation) {
    case BPF_ADD:
      return a + operand;
    case BPF_SUB:
      return a - operand;
    case BPF_MUL:
      return a * operand;
    case BPF_DIV:
      return operand == 0 ? std::nullopt : std::optional(a / operand);
    case BPF_MOD:
      return operand == 0 ? std::nullopt : std::optional(a % operand);
    case BPF_AND:
      return a & operand;
    case BPF_OR:
      return a | operand;
    case BPF_XOR:
      return a ^ operand;
    case BPF_LSH:
      return a << (operand & 31U);
    case BPF_RSH:
      return a >> (operand & 31U);
    case BPF_NEG:
      return 0U - a;
    default:
      refuse("unknown operation");
  }
}

std::uint32_t jump(const Machine& machine, const sock_filter& test) {
  const std::uint32_t operand = BPF_SRC(test.code) == BPF_X ? machine.x : test.k;
  switch (BPF_OP(test.code)) {
    case BPF_JA:
      return test.k;
    case BPF_JEQ:
      return machine.a == operand ? test.jt : test.jf;
    case BPF_JGT:
      return machine.a > operand ? test.jt : test.jf;
    case BPF_JGE:
      return machine.a >= operand ? test.jt : test.jf;
    case BPF_JSET:
      return (machine.a & operand) != 0 ? test.jt : test.jf;
    default:
      refuse("unknown jump");
  }
}

// Everything but jumps and returns; false ends the program with a rejection.
bool step(Machine& machine, const sock_filter& instruction) {
  std::optional<std::uint32_t> value;
  switch (BPF_CLASS(instruction.code)) {
    case BPF_LD:
      if ((value = loaded(machine, instruction))) machine.a = *value;
      return value.has_value();
    case BPF_LDX:
      if ((value = loaded(machine, instruction))) machine.x = *value;
      return value.has_value();
    case BPF_ST:
      machine.memory.at(instruction.k) = machine.a;
      return true;
    case BPF_STX:
      machine.memory.at(instruction.k) = machine.x;
      return true;
    case BPF_ALU: {
      const std::uint32_t operand = BPF_SRC(instruction.code) == BPF_X ? machine.x : instruction.k;
      if ((value = computed(machine.a, operand, BPF_OP(instruction.code)))) machine.a = *value;
      return value.has_value();
    }
    case BPF_MISC:
      (instruction.code & BPF_TXA) != 0 ? machine.a = machine.x : machine.x = machine.a;
      return true;
    default:
      refuse("unknown class");
  }
}

}  // namespace

std::uint32_t run(const Program& program, const TestPacket& packet) {
  Machine machine{packet};
  for (std::size_t at = 0; at < program.size(); ++at) {
    const sock_filter& instruction = program[at];
    if (BPF_CLASS(instruction.code) == BPF_RET)
      return BPF_RVAL(instruction.code) == BPF_A ? machine.a : instruction.k;
    if (BPF_CLASS(instruction.code) == BPF_JMP) {
      at += jump(machine, instruction);
    } else if (!step(machine, instruction)) {
      return 0;
    }
  }
  refuse("the program ends without a return");
}

}  // namespace ringtail::filter
