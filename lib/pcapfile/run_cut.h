#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "pcapfile/encoded_run.h"
#include "pcapfile/record_shape.h"

namespace ringtail::pcapfile {

// The first records of an encoded run: at most `max_packets`, in at most `max_bytes`. `run` is the
// memory that it was encoded into, as records of this shape, behind `carry_bytes`.
[[nodiscard]] EncodedRun cut_run(const EncodedRun& encoded, std::span<const std::byte> run,
                                 std::size_t carry_bytes, const RecordShape& shape,
                                 std::uint64_t max_packets, std::uint64_t max_bytes);

}  // namespace ringtail::pcapfile
