#pragma once

#include <linux/filter.h>

#include <array>

namespace ringtail::tests {

inline constexpr std::array<sock_filter, 1> kAcceptAll{{{BPF_RET | BPF_K, 0, 0, 262144}}};

}  // namespace ringtail::tests
