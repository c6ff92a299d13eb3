#include "metrics/status_page.h"

#include <cstdint>
#include <numeric>
#include <set>
#include <string_view>

#include "base/duration.h"
#include "metrics/health.h"
#include "metrics/html_cells.h"
#include "metrics/html_table.h"
#include "metrics/link_tables.h"
#include "metrics/status_style.h"

namespace ringtail::metrics {
namespace {

using capture::CaptureSnapshot;
using capture::RecorderSnapshot;
using capture::Snapshot;
using Tone = HtmlCell::Tone;

// The recorders of one capture, added up.
struct CaptureSums {
  std::set<std::string> interfaces;
  std::set<std::string> problems;
  std::size_t recorders = 0;
  std::size_t recording = 0;
  std::uint64_t received_packets = 0;
  std::uint64_t written_packets = 0;
  std::uint64_t written_bytes = 0;
  std::uint64_t dropped_packets = 0;
};

std::string joined(const std::set<std::string>& texts, std::string_view separator) {
  std::string all;
  for (const std::string& text : texts) all.append(all.empty() ? "" : separator).append(text);
  return all;
}

CaptureSums sums_of(const std::string& capture, const Snapshot& snapshot) {
  CaptureSums sums;
  for (const RecorderSnapshot& recorder : snapshot.recorders) {
    if (recorder.capture != capture) continue;
    sums.interfaces.insert(recorder.interface);
    if (!recorder.recording()) sums.problems.insert(recorder.condition.problem);
    ++sums.recorders;
    sums.recording += recorder.recording() ? 1 : 0;
    sums.received_packets += recorder.received_packets;
    sums.written_packets += recorder.written_packets;
    sums.written_bytes += recorder.written_bytes;
    sums.dropped_packets += std::accumulate(recorder.dropped_packets.begin(),
                                            recorder.dropped_packets.end(), std::uint64_t{0});
  }
  return sums;
}

HtmlCell state_cell(const CaptureSums& sums) {
  if (sums.recording == sums.recorders) return {.text = "recording"};
  const std::string problems = joined(sums.problems, "\n");
  if (sums.recording == 0)
    return {.text = "not recording", .title = problems, .tone = Tone::kAlert};
  return {.text = "recording on " + std::to_string(sums.recording) + " of " +
                  std::to_string(sums.recorders) + " rings",
          .title = problems,
          .tone = Tone::kAlert};
}

HtmlCell filter_cell(const std::string& filter) {
  if (filter.empty()) return {.text = "everything", .tone = Tone::kQuiet};
  return {.text = filter, .tone = Tone::kCode};
}

std::string captures_table(const Snapshot& snapshot) {
  HtmlTable table("Captures", {{"capture"},
                               {"state"},
                               {"interfaces"},
                               {"received", true},
                               {"written", true},
                               {"lost", true},
                               {"file bytes", true},
                               {"filter"}});
  for (const CaptureSnapshot& capture : snapshot.captures) {
    const CaptureSums sums = sums_of(capture.capture, snapshot);
    table.add_row({{.text = capture.capture},
                   state_cell(sums),
                   {.text = joined(sums.interfaces, ", ")},
                   count_cell(sums.received_packets),
                   count_cell(sums.written_packets),
                   loss_cell(sums.dropped_packets),
                   bytes_cell(sums.written_bytes),
                   filter_cell(capture.filter)});
  }
  return table.html();
}

std::string losses_table(const Snapshot& snapshot, const DropHistory& drops,
                         const StatusFacts& facts) {
  HtmlTable table("Packets lost", {{"reason"}, {"packets", true}, {"last loss", true}});
  for (std::size_t at = 0; at < capture::kDropReasonCount; ++at) {
    const auto reason = static_cast<capture::DropReason>(at);
    std::uint64_t packets = 0;
    for (const RecorderSnapshot& recorder : snapshot.recorders)
      packets += recorder.dropped_packets[at];
    const auto last = drops.last_rise(reason);
    table.add_row(
        {{.text = std::string(name_of(reason))},
         loss_cell(packets),
         last ? ago_cell(facts.wall_time - (facts.now - *last), facts.wall_time) : nothing_cell()});
  }
  return table.html();
}

HtmlCell oldest_packet_cell(const CaptureSnapshot& capture, SystemTime now) {
  if (!capture.oldest_packet_timestamp_seconds) return nothing_cell();
  const std::chrono::duration<double> oldest(*capture.oldest_packet_timestamp_seconds);
  return ago_cell(SystemTime(std::chrono::duration_cast<SystemTime::duration>(oldest)), now);
}

HtmlCell used_share_cell(const CaptureSnapshot& capture) {
  const auto used = static_cast<double>(capture.storage_used_bytes);
  const auto limit = static_cast<double>(capture.storage_limit_bytes);
  HtmlCell cell = share_cell(used, limit);
  if (limit > 0) cell.share = used / limit;
  return cell;
}

std::string disk_table(const Snapshot& snapshot, const StatusFacts& facts) {
  HtmlTable table("Disk", {{"capture"},
                           {"files", true},
                           {"used", true},
                           {"limit", true},
                           {"share", true},
                           {"oldest packet", true}});
  for (const CaptureSnapshot& capture : snapshot.captures)
    table.add_row({{.text = capture.capture},
                   count_cell(capture.closed_files),
                   bytes_cell(capture.storage_used_bytes),
                   bytes_cell(capture.storage_limit_bytes),
                   used_share_cell(capture),
                   oldest_packet_cell(capture, facts.wall_time)});
  return table.html();
}

HtmlCell time_share_cell(double seconds, double all_seconds) {
  HtmlCell cell = share_cell(seconds, all_seconds);
  cell.title = std::to_string(seconds) + " s";
  return cell;
}

std::string workers_table(const Snapshot& snapshot, const StatusFacts& facts) {
  HtmlTable table("Workers", {{"worker"},
                              {"encoding", true},
                              {"waiting for the disk", true},
                              {"idle", true},
                              {"last seen", true}});
  for (const capture::WorkerSnapshot& worker : snapshot.workers) {
    const double all = worker.encoding_seconds + worker.waiting_disk_seconds + worker.idle_seconds;
    table.add_row(
        {{.text = std::to_string(worker.worker)},
         time_share_cell(worker.encoding_seconds, all),
         time_share_cell(worker.waiting_disk_seconds, all),
         time_share_cell(worker.idle_seconds, all),
         ago_cell(facts.wall_time - (facts.now - worker.last_progress), facts.wall_time)});
  }
  return table.html();
}

struct State {
  std::string_view word;
  bool good = false;
  std::string problems;  // a line each
};

State state_of(const Snapshot& snapshot, const StatusFacts& facts) {
  const Verdict health = health_of(snapshot, facts.now);
  const Verdict readiness = readiness_of(snapshot);
  if (!health.ok) return {"unhealthy", false, health.text + (readiness.ok ? "" : readiness.text)};
  if (!readiness.ok) return {"not ready", false, readiness.text};
  return {"ready", true, ""};
}

std::string head(const State& state, const StatusFacts& facts) {
  const std::string title = html_escaped(facts.host) + ": " + std::string(state.word);
  return "<!DOCTYPE html>\n<html lang=en>\n<head>\n<meta charset=utf-8>\n"
         "<meta name=viewport content=\"width=device-width, initial-scale=1\">\n"
         "<title>Ringtail on " +
         title + "</title>\n<style>" + kStatusStyle + "</style>\n</head>\n";
}

std::string banner(const State& state, const StatusFacts& facts) {
  const auto uptime = facts.now - facts.started;
  std::string html = "<header>\n<h1>Ringtail <span class=quiet>on</span> " +
                     html_escaped(facts.host) + " <strong class=" + (state.good ? "good" : "bad") +
                     ">" + std::string(state.word) + "</strong></h1>\n<p class=quiet>version " +
                     html_escaped(facts.version) + ", up " + base::human_duration(uptime) +
                     ", as of " + utc_text(facts.wall_time) +
                     "</p>\n<nav><a href=\"/metrics\">/metrics</a> "
                     "<a href=\"/healthz\">/healthz</a> <a href=\"/readyz\">/readyz</a></nav>\n"
                     "</header>\n";
  if (!state.problems.empty())
    html += "<pre tabindex=0>" + html_escaped(state.problems) + "</pre>\n";
  return html;
}

}  // namespace

std::string status_page(const Snapshot& snapshot, const DropHistory& drops,
                        const StatusFacts& facts) {
  const State state = state_of(snapshot, facts);
  return head(state, facts) + "<body>\n" + banner(state, facts) + "<main>\n" +
         captures_table(snapshot) + losses_table(snapshot, drops, facts) +
         disk_table(snapshot, facts) + links_table(snapshot) + tcp_table(snapshot) +
         workers_table(snapshot, facts) + "</main>\n</body>\n</html>\n";
}

}  // namespace ringtail::metrics
