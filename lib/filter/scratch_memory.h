#pragma once

#include "filter/program.h"

namespace ringtail::filter {

// The program behind a prefix that sets to 0 what it reads of the scratch memory M[] before it has
// written it on each way there; a program that does not is returned as it is.
//
// libpcap sets only some of the offsets that it adds up in M[] to 0 where `vlan` is followed by
// `pppoes` or `geneve` (1.10, insert_compute_vloffsets), the kernel refuses to attach such a
// program (check_load_and_stores), and tcpdump then filters by what happens to be in memory.
[[nodiscard]] Program with_zeroed_memory(Program program);

}  // namespace ringtail::filter
