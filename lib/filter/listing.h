#pragma once

#include <string>

#include "filter/program.h"

namespace ringtail::filter {

// How tcpdump prints programs: -d for people, -dd as elements of a C array, -ddd as decimal numbers
// with their count first.
enum class ListingStyle { kPeople, kCArray, kDecimal };

// One thread at a time: libpcap formats in a buffer of its own.
[[nodiscard]] std::string listing(const Program& program, ListingStyle style);

}  // namespace ringtail::filter
