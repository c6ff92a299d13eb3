#pragma once

#include <linux/bpf_common.h>
#include <linux/filter.h>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace ringtail::filter {

// A classic BPF program as the kernel takes it. What it returns is the snaplen; 0 rejects.
using Program = std::vector<sock_filter>;

// The kernel attaches no longer one.
inline constexpr std::size_t kMaxInstructions = BPF_MAXINSNS;

// A load at this offset or above reads what the kernel knows about a packet (SKF_AD_*), not its
// bytes.
inline constexpr auto kFirstAncillaryOffset = static_cast<__u32>(SKF_AD_OFF);

[[nodiscard]] constexpr __u32 ancillary(int which) {
  return kFirstAncillaryOffset + static_cast<__u32>(which);
}

[[nodiscard]] inline bool same_program(const Program& left, const Program& right) {
  return std::ranges::equal(left, right, [](const sock_filter& a, const sock_filter& b) {
    return a.code == b.code && a.jt == b.jt && a.jf == b.jf && a.k == b.k;
  });
}

}  // namespace ringtail::filter
