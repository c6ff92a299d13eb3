#include "filter/assembler.h"

#include <limits>
#include <stdexcept>
#include <utility>

namespace ringtail::filter {
namespace {

__u8 near(std::size_t distance) {
  if (distance > std::numeric_limits<__u8>::max())
    throw std::length_error("a comparison of a filter jumps too far");
  return static_cast<__u8>(distance);
}

}  // namespace

Assembler::Label Assembler::new_label() {
  places_.push_back(0);
  return Label{places_.size() - 1};
}

void Assembler::place(Label label) { places_[static_cast<std::size_t>(label)] = program_.size(); }

void Assembler::put(unsigned code, std::uint32_t k) {
  program_.push_back({static_cast<__u16>(code), 0, 0, k});
}

void Assembler::compare(unsigned operation, std::uint32_t k, std::optional<Label> if_so,
                        std::optional<Label> if_not) {
  jumps_.push_back({program_.size(), if_so, if_not});
  put(BPF_JMP | operation | BPF_K, k);
}

void Assembler::jump(Label label) {
  jumps_.push_back({program_.size(), label, std::nullopt});
  put(BPF_JMP | BPF_JA);
}

std::size_t Assembler::distance(std::size_t from, std::optional<Label> label) const {
  return label ? places_[static_cast<std::size_t>(*label)] - from - 1 : 0;
}

Program Assembler::finish() && {
  for (const Jump& jump : jumps_) {
    sock_filter& instruction = program_[jump.from];
    const std::size_t if_so = distance(jump.from, jump.if_so);
    if (BPF_OP(instruction.code) == BPF_JA) {
      instruction.k = static_cast<__u32>(if_so);
      continue;
    }
    instruction.jt = near(if_so);
    instruction.jf = near(distance(jump.from, jump.if_not));
  }
  return std::move(program_);
}

}  // namespace ringtail::filter
