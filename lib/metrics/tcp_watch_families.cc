#include "metrics/tcp_watch_families.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace ringtail::metrics {
namespace {

using capture::TcpDirection;
using capture::TcpFigure;
using capture::TcpKind;
using capture::TcpWatchSnapshot;
using prometheus::MetricFamily;

std::string_view packets_of(TcpKind kind) {
  switch (kind) {
    case TcpKind::kSyn:
      return "TCP packets with SYN and without ACK";
    case TcpKind::kSynAck:
      return "TCP packets with SYN and ACK";
    case TcpKind::kFin:
      return "TCP packets with FIN";
    case TcpKind::kRst:
      return "TCP packets with RST";
  }
  return "";
}

void add_figure(MetricFamily& family, const capture::Snapshot& snapshot, std::size_t kind,
                std::uint64_t TcpFigure::*member) {
  for (const TcpWatchSnapshot& watch : snapshot.tcp_watch) {
    for (std::size_t direction = 0; direction < capture::kDirectionCount; ++direction) {
      add(family,
          {{"interface", watch.interface},
           {"direction", std::string(name_of(static_cast<TcpDirection>(direction)))}},
          static_cast<double>(watch.figures[direction][kind].*member));
    }
  }
}

}  // namespace

void add_tcp_watch_families(Families& families, const capture::Snapshot& snapshot) {
  for (std::size_t kind = 0; kind < capture::kKindCount; ++kind) {
    const std::string name = "ringtail_tcp_" + std::string(name_of(static_cast<TcpKind>(kind)));
    const std::string packets(packets_of(static_cast<TcpKind>(kind)));
    add_figure(families.emplace_back(counter(name + "_packets_total", packets + ".")), snapshot,
               kind, &TcpFigure::total);
    add_figure(
        families.emplace_back(gauge(name + "_rate", packets + ", in the last whole second.")),
        snapshot, kind, &TcpFigure::rate);
    add_figure(families.emplace_back(
                   gauge(name + "_rate_peak", packets + ", in that second of the last minute which "
                                                        "had most.")),
               snapshot, kind, &TcpFigure::peak);
  }
  MetricFamily& dropped = families.emplace_back(
      counter("ringtail_tcp_watch_dropped_packets_total",
              "TCP packets with SYN, FIN or RST that the TCP watch had no room to count."));
  for (const TcpWatchSnapshot& watch : snapshot.tcp_watch)
    add(dropped, {{"interface", watch.interface}}, static_cast<double>(watch.dropped_packets));
}

}  // namespace ringtail::metrics
