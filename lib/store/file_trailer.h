#pragma once

#include <cstddef>
#include <vector>

#include "pcapfile/file_header.h"
#include "store/ring_counts.h"
#include "store/write_ledger.h"

namespace ringtail::store {

// What a file of this kind has behind its last record, in pcapng: the Interface Statistics
// Block, which tells what was received and lost in the file's window, as the sidecar does. `end` is
// that of its records, the first of which has the time `first`.
//
// As dumpcap has it, isb_ifrecv is all that passed the filter and isb_ifdrop all of it that is
// missing, for whatever reason: that is what Wireshark shows. isb_filteraccept is the same as the
// former; isb_osdrop is the ring_full part, and isb_usrdeliv what Ringtail itself has taken out of
// the ring. The other reasons stand in the comment, as "dropped: rate_limit 12".
[[nodiscard]] std::vector<std::byte> file_trailer(const pcapfile::FileKind& kind,
                                                  pcapfile::RecordTime first, const RecordMark& end,
                                                  const RingCounts& window);

}  // namespace ringtail::store
