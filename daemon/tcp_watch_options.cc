#include "daemon/tcp_watch_options.h"

#include <algorithm>
#include <string>

#include "daemon/recorded_link.h"
#include "filter/direction.h"
#include "filter/tcp_flags_program.h"
#include "packet/tcp_flags.h"
#include "pcapfile/pcap_format.h"
#include "tcpwatch/kind.h"

namespace ringtail::daemon {
namespace {

static_assert(filter::kMaxTags == packet::kMaxTags);
static_assert(filter::kMaxExtensionHeaders == packet::kMaxExtensionHeaders);

// One ring counts a million packets a second; more of them only take memory.
constexpr std::size_t kMaxWorkers = 8;

// Links of wireless monitors: their packets lie behind headers that differ, and mostly encrypted.
bool is_wireless(const ring::LinkType& type) {
  return !type.cooked && type.number != pcapfile::kLinktypeEthernet && type != ring::kRawLinkType;
}

filter::Program program_for(int hardware_type, const std::string& interface,
                            const base::Reporter& report) {
  const RecordedLink link = recorded_link(hardware_type);
  if (is_wireless(link.type)) {
    report(base::Severity::kWarning, interface + ": the TCP watch counts nothing there: it does " +
                                         "not look into packets of " + std::string(link.type.name));
    return {{BPF_RET | BPF_K, 0, 0, 0}};
  }
  const bool is_ethernet = link.type.number == pcapfile::kLinktypeEthernet;
  const filter::Program program = filter::tcp_flags_program(
      is_ethernet ? filter::FirstHeader::kEthernet : filter::FirstHeader::kNetwork,
      tcpwatch::watched_flags());
  return filter::with_direction(program, filter::Direction::kBoth, link.loopback);
}

void add_cpus(std::vector<unsigned>& cpus, const capture::CaptureOptions& capture) {
  for (const unsigned cpu : capture.cpus) {
    if (std::ranges::find(cpus, cpu) == cpus.end()) cpus.push_back(cpu);
  }
}

std::vector<unsigned> cpus_for(const std::string& interface,
                               const std::vector<capture::CaptureOptions>& captures) {
  std::vector<unsigned> of_its_captures;
  std::vector<unsigned> of_all;
  for (const capture::CaptureOptions& capture : captures) {
    const bool records_it =
        std::ranges::find(capture.interfaces, interface, &capture::InterfaceOptions::name) !=
        capture.interfaces.end();
    if (records_it) add_cpus(of_its_captures, capture);
    add_cpus(of_all, capture);
  }
  std::vector<unsigned>& cpus = of_its_captures.empty() ? of_all : of_its_captures;
  cpus.resize(std::min(cpus.size(), kMaxWorkers));
  return cpus;
}

}  // namespace

std::vector<capture::WatchOptions> tcp_watch_options(
    const settings::TcpWatch& settings, const std::vector<capture::CaptureOptions>& captures,
    const base::Reporter& report) {
  std::vector<capture::WatchOptions> watches;
  for (const std::string& interface : *settings.interfaces) {
    watches.push_back({.interface = {.name = interface,
                                     .filter_for =
                                         [interface, report](int hardware_type) {
                                           return program_for(hardware_type, interface, report);
                                         }},
                       .cpus = cpus_for(interface, captures)});
  }
  return watches;
}

}  // namespace ringtail::daemon
