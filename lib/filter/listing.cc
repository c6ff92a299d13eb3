#include "filter/listing.h"

#include <pcap/pcap.h>

#include <array>
#include <cstdio>

namespace ringtail::filter {
namespace {

// libpcap's own rendering, so that it is tcpdump's, the names of SKF_AD_* loads included.
std::string for_people(const sock_filter& instruction, int number) {
  const bpf_insn same{instruction.code, instruction.jt, instruction.jf, instruction.k};
  return bpf_image(&same, number);
}

std::string formatted(const char* format, const sock_filter& instruction) {
  std::array<char, 64> line{};
  // NOLINTNEXTLINE(clang-diagnostic-format-nonliteral): the two formats stand below
  std::snprintf(line.data(), line.size(), format, static_cast<unsigned>(instruction.code),
                static_cast<unsigned>(instruction.jt), static_cast<unsigned>(instruction.jf),
                instruction.k);
  return line.data();
}

}  // namespace

std::string listing(const Program& program, ListingStyle style) {
  std::string text;
  if (style == ListingStyle::kDecimal) text = std::to_string(program.size()) + "\n";
  int number = 0;
  for (const sock_filter& instruction : program) {
    switch (style) {
      case ListingStyle::kPeople:
        text += for_people(instruction, number++);
        break;
      case ListingStyle::kCArray:
        text += formatted("{ 0x%x, %u, %u, 0x%08x },", instruction);
        break;
      case ListingStyle::kDecimal:
        text += formatted("%u %u %u %u", instruction);
        break;
    }
    text += '\n';
  }
  return text;
}

}  // namespace ringtail::filter
