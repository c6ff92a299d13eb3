#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "filter/program.h"

namespace ringtail::filter {

// Puts a classic BPF program together, with labels for the places that it jumps to: forward only,
// as the kernel wants it.
class Assembler {
 public:
  enum class Label : std::size_t {};

  [[nodiscard]] Label new_label();
  // The next instruction is what `label` stands for. Once for each label.
  void place(Label label);
  void put(unsigned code, std::uint32_t k = 0);
  // Compares A with `k` (BPF_JEQ, BPF_JSET, ...); where no label is given, goes on behind.
  void compare(unsigned operation, std::uint32_t k, std::optional<Label> if_so,
               std::optional<Label> if_not = std::nullopt);
  void jump(Label label);

  // Throws std::length_error if a comparison jumps over more than 255 instructions.
  [[nodiscard]] Program finish() &&;

 private:
  struct Jump {
    std::size_t from;
    std::optional<Label> if_so;
    std::optional<Label> if_not;
  };
  [[nodiscard]] std::size_t distance(std::size_t from, std::optional<Label> label) const;

  Program program_;
  std::vector<std::size_t> places_;  // by label
  std::vector<Jump> jumps_;
};

}  // namespace ringtail::filter
