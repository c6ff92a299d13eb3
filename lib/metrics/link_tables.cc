#include "metrics/link_tables.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "metrics/html_cells.h"
#include "metrics/html_table.h"

namespace ringtail::metrics {
namespace {

using capture::InterfaceSnapshot;
using capture::TcpWatchSnapshot;
using Tone = HtmlCell::Tone;

std::uint64_t counter_of(const InterfaceSnapshot& interface, std::string_view name) {
  const auto found = interface.counters.find(name);
  return found == interface.counters.end() ? 0 : found->second;
}

HtmlCell link_state_cell(const InterfaceSnapshot& interface) {
  if (interface.counters.empty()) return {.text = "there is none", .tone = Tone::kAlert};
  if (!interface.up) return {.text = "down", .tone = Tone::kAlert};
  return {.text = "up"};
}

void add_tcp_rows(HtmlTable& table, const TcpWatchSnapshot& watch) {
  constexpr std::string_view kDirections[] = {"in", "out"};
  static_assert(std::size(kDirections) == capture::kDirectionCount);
  for (std::size_t direction = 0; direction < capture::kDirectionCount; ++direction) {
    const auto& figures = watch.figures[direction];
    const auto figure = [&](capture::TcpKind kind) {
      return figures[static_cast<std::size_t>(kind)];
    };
    const capture::TcpFigure syn = figure(capture::TcpKind::kSyn);
    table.add_row({{.text = watch.interface},
                   {.text = std::string(kDirections[direction])},
                   count_cell(syn.rate),
                   count_cell(syn.peak),
                   count_cell(syn.total),
                   count_cell(figure(capture::TcpKind::kSynAck).total),
                   count_cell(figure(capture::TcpKind::kFin).total),
                   count_cell(figure(capture::TcpKind::kRst).total),
                   loss_cell(watch.dropped_packets)});
  }
}

}  // namespace

std::string links_table(const capture::Snapshot& snapshot) {
  if (snapshot.interfaces.empty()) return "";
  HtmlTable table("Links", {{"interface"},
                            {"state"},
                            {"packets in", true},
                            {"bytes in", true},
                            {"packets out", true},
                            {"bytes out", true},
                            {"errors in", true},
                            {"missed", true}});
  for (const InterfaceSnapshot& interface : snapshot.interfaces)
    table.add_row({{.text = interface.interface},
                   link_state_cell(interface),
                   count_cell(counter_of(interface, "rx_packets")),
                   bytes_cell(counter_of(interface, "rx_bytes")),
                   count_cell(counter_of(interface, "tx_packets")),
                   bytes_cell(counter_of(interface, "tx_bytes")),
                   loss_cell(counter_of(interface, "rx_errors")),
                   loss_cell(counter_of(interface, "rx_missed_errors"))});
  return table.html();
}

std::string tcp_table(const capture::Snapshot& snapshot) {
  if (snapshot.tcp_watch.empty()) return "";
  HtmlTable table("TCP", {{"interface"},
                          {"direction"},
                          {"SYN/s", true},
                          {"highest of the last minute", true},
                          {"SYN", true},
                          {"SYN-ACK", true},
                          {"FIN", true},
                          {"RST", true},
                          {"not counted", true}});
  for (const TcpWatchSnapshot& watch : snapshot.tcp_watch) add_tcp_rows(table, watch);
  return table.html();
}

}  // namespace ringtail::metrics
