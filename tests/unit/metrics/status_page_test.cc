#include "metrics/status_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string_view>

namespace ringtail::metrics {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using std::chrono::steady_clock;
using testing::HasSubstr;
using testing::Not;

const steady_clock::time_point kShown{hours(1000)};

const StatusFacts kFacts{.host = "web-3",
                         .version = "1.2.3",
                         .started = kShown - hours(76),
                         .now = kShown,
                         .wall_time = std::chrono::system_clock::time_point{seconds(1700000000)}};

capture::Snapshot healthy() {
  return {.recorders = {{.capture = "web",
                         .interface = "eth0",
                         .worker = 0,
                         .received_packets = 1234567,
                         .written_packets = 1234000,
                         .written_bytes = 3 << 20,
                         .dropped_packets = {500, 67, 0, 0, 0, 0}},
                        {.capture = "web",
                         .interface = "eth1",
                         .worker = 1,
                         .received_packets = 3,
                         .written_packets = 3}},
          .workers = {{.worker = 0,
                       .encoding_seconds = 1,
                       .waiting_disk_seconds = 1,
                       .idle_seconds = 6,
                       .last_progress = kShown}},
          .captures = {{.capture = "web",
                        .filter = "tcp port 443",
                        .storage_used_bytes = 5ULL << 30U,
                        .storage_limit_bytes = 20ULL << 30U,
                        .oldest_packet_timestamp_seconds = 1700000000.0 - 3600}},
          .storage = {.budget_bytes = 40ULL << 30U,
                      .used_bytes = 7ULL << 30U,
                      .disk_size_bytes = 100ULL << 30U,
                      .disk_free_bytes = 60ULL << 30U},
          .interfaces = {{.interface = "eth0",
                          .up = true,
                          .counters = {{"rx_packets", 7654321}, {"rx_missed_errors", 4321}}},
                         {.interface = "eth1"}},
          .tcp_watch = {{.interface = "eth0",
                         .figures = {{{{{.total = 98765, .rate = 321, .peak = 54321}}}}}}}};
}

std::string page_of(const capture::Snapshot& snapshot) {
  return status_page(snapshot, DropHistory(), kFacts);
}

TEST(StatusPage, TellsHowLinksAre) {
  const std::string page = page_of(healthy());
  EXPECT_THAT(page, HasSubstr("<th scope=row>eth0</th><td>up</td>"));
  EXPECT_THAT(page, HasSubstr("title=\"7654321\""));
  EXPECT_THAT(page, HasSubstr("class=\"number alert\" title=\"4321\""));
  EXPECT_THAT(page, HasSubstr("<th scope=row>eth1</th><td class=alert>there is none</td>"));
}

TEST(StatusPage, TellsSynsOfTheLastSecondAndOfTheHighest) {
  const std::string page = page_of(healthy());
  EXPECT_THAT(page, HasSubstr("title=\"321\""));
  EXPECT_THAT(page, HasSubstr("title=\"54321\""));
  EXPECT_THAT(page, HasSubstr("title=\"98765\""));
}

TEST(StatusPage, TellsHostVersionUptimeAndTime) {
  const std::string page = page_of(healthy());
  EXPECT_THAT(page, HasSubstr("<html lang=en>"));
  EXPECT_THAT(page, HasSubstr("<title>Ringtail on web-3: ready</title>"));
  EXPECT_THAT(page, HasSubstr("version 1.2.3, up 3 d 4 h, as of 2023-11-14 22:13:20 UTC"));
}

TEST(StatusPage, LinksToTheOtherPages) {
  for (const char* link : {"href=\"/metrics\"", "href=\"/healthz\"", "href=\"/readyz\""})
    EXPECT_THAT(page_of(healthy()), HasSubstr(link));
}

TEST(StatusPage, AddsUpTheRecordersOfACapture) {
  EXPECT_THAT(page_of(healthy()),
              HasSubstr("<tr><th scope=row>web</th><td>recording</td><td>eth0, eth1</td>"
                        "<td class=number title=\"1234570\">1.23 M</td>"
                        "<td class=number title=\"1234003\">1.23 M</td>"
                        "<td class=\"number alert\" title=\"567\">567</td>"
                        "<td class=number title=\"3145728 bytes\">3.0 MiB</td>"
                        "<td class=code>tcp port 443</td></tr>"));
}

TEST(StatusPage, SaysThatACaptureWithoutAFilterTakesEverything) {
  capture::Snapshot snapshot = healthy();
  snapshot.captures[0].filter = "";
  EXPECT_THAT(page_of(snapshot), HasSubstr("<td class=quiet>everything</td>"));
}

TEST(StatusPage, TellsTheDiskThatACaptureTakes) {
  const std::string page = page_of(healthy());
  EXPECT_THAT(page, HasSubstr(">5.0 GiB</td>"));
  EXPECT_THAT(page, HasSubstr(">20.0 GiB</td>"));
  EXPECT_THAT(page, HasSubstr(">25.0 %<svg "));
  EXPECT_THAT(page, HasSubstr("title=\"2023-11-14 21:13:20 UTC\">1 h ago</td>"));
}

TEST(StatusPage, TellsWhatAllTakeOfTheBudgetAndWhatTheFileSystemHas) {
  EXPECT_THAT(page_of(healthy()), testing::ContainsRegex("all captures</th>.*7.0 GiB.*40.0 GiB"
                                                         ".*33.0 GiB.*17.5 %"));
  EXPECT_THAT(page_of(healthy()), testing::ContainsRegex("file system</th>.*40.0 GiB.*100.0 GiB"
                                                         ".*60.0 GiB.*40.0 %"));
}

TEST(StatusPage, SaysNothingOfAFileSystemThatIsNotKnown) {
  EXPECT_THAT(page_of({}), Not(HasSubstr("file system")));
}

TEST(StatusPage, TellsHowManyPacketsWereLostForEachReasonAndWhenLast) {
  DropHistory drops;
  drops.observe(healthy(), kShown - seconds(7));
  const std::string page = status_page(healthy(), drops, kFacts);
  EXPECT_THAT(page, HasSubstr("<th scope=row>ring_full</th>"
                              "<td class=\"number alert\" title=\"500\">500</td>"
                              "<td class=number title=\"2023-11-14 22:13:13 UTC\">7 s ago</td>"));
  EXPECT_THAT(page, HasSubstr("<th scope=row>malformed</th>"
                              "<td class=\"number quiet\" title=\"0\">0</td>"
                              "<td class=\"number quiet\">-</td>"));
}

TEST(StatusPage, TellsWhatTheWorkersDoWithTheirTime) {
  EXPECT_THAT(page_of(healthy()), testing::ContainsRegex("scope=row>0</th>.*12.5 %.*12.5 %.*75.0"
                                                         " %.*0 s ago"));
}

TEST(StatusPage, SaysWhyItIsNotReady) {
  capture::Snapshot snapshot = healthy();
  snapshot.recorders[1].condition = {capture::RecordingState::kWaitingForInterface,
                                     "the interface is down"};
  const std::string page = page_of(snapshot);
  EXPECT_THAT(page, HasSubstr("<strong class=bad>not ready</strong>"));
  EXPECT_THAT(
      page,
      HasSubstr("<pre tabindex=0>capture web is not recording on eth1 (worker 1): the interface "
                "is down\n</pre>"));
  EXPECT_THAT(page, HasSubstr("title=\"the interface is down\">recording on 1 of 2 rings</td>"));
  snapshot.recorders[0].condition = {capture::RecordingState::kStorageProblem, "the storage fails"};
  EXPECT_THAT(page_of(snapshot), HasSubstr(">not recording</td>"));
}

TEST(StatusPage, NamesAWorkerThatIsStuck) {
  capture::Snapshot snapshot = healthy();
  snapshot.workers[0].last_progress = kShown - seconds(75);
  const std::string page = page_of(snapshot);
  EXPECT_THAT(page, HasSubstr("<strong class=bad>unhealthy</strong>"));
  EXPECT_THAT(page, HasSubstr("<pre tabindex=0>worker 0 has made no progress for 75 s\n</pre>"));
}

TEST(StatusPage, IsWholeWithoutAnything) {
  EXPECT_THAT(page_of({}), HasSubstr("<strong class=good>ready</strong>"));
  EXPECT_THAT(page_of({}), testing::EndsWith("</html>\n"));
}

TEST(StatusPage, LetsNoForeignTextBecomeMarkup) {
  const std::string hostile = "\"'><script>alert(1)</script><img src=x onerror=y>&\x1b[0m";
  const capture::Snapshot snapshot{
      .recorders = {{.capture = hostile,
                     .interface = hostile,
                     .condition = {capture::RecordingState::kFailed, hostile}}},
      .captures = {{.capture = hostile, .filter = hostile}}};
  StatusFacts facts = kFacts;
  facts.host = facts.version = hostile;
  const std::string page = status_page(snapshot, DropHistory(), facts);
  for (const char* markup : {"<script", "<img", "\x1b", "\"'", "'>"})
    EXPECT_THAT(page, Not(HasSubstr(markup))) << markup;
  EXPECT_THAT(page, HasSubstr("<td class=code>&quot;&#39;&gt;&lt;script&gt;"));
}

TEST(StatusPage, NeedsNothingElse) {
  const std::string page = page_of(healthy());
  for (const char* outside :
       {"http:", "https:", "//", "src=", "url(", "@import", "<script", "style="})
    EXPECT_THAT(page, Not(HasSubstr(outside))) << outside;
}

}  // namespace
}  // namespace ringtail::metrics
