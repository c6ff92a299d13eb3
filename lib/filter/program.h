#pragma once

#include <linux/filter.h>

#include <vector>

namespace ringtail::filter {

// A classic BPF program as the kernel takes it. What it returns is the snaplen; 0 rejects.
using Program = std::vector<sock_filter>;

}  // namespace ringtail::filter
