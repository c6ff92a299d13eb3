#include "filter/libpcap_version.h"

#include <pcap/pcap.h>

namespace ringtail::filter {

std::string libpcap_version() { return ::pcap_lib_version(); }

}  // namespace ringtail::filter
