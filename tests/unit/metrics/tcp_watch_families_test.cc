#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "metrics/snapshot_collectable.h"
#include "metrics/text_format.h"

namespace ringtail::metrics {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string watch_text(const capture::Snapshot& snapshot) {
  return to_text(SnapshotCollectable([&] { return snapshot; }, {}));
}

TEST(TcpWatchFamilies, ExportEachKindByInterfaceAndDirection) {
  capture::TcpWatchSnapshot watch{.interface = "eth0", .dropped_packets = 9};
  watch.figures[0][0] = {.total = 100, .rate = 3, .peak = 50};
  watch.figures[1][0] = {.total = 1};
  watch.figures[0][1] = {.total = 11};
  watch.figures[0][2] = {.rate = 12};
  watch.figures[1][3] = {.peak = 13};
  const std::string text = watch_text({.tcp_watch = {watch}});
  for (const char* line :
       {"ringtail_tcp_syn_packets_total{interface=\"eth0\",direction=\"in\"} 100\n",
        "ringtail_tcp_syn_rate{interface=\"eth0\",direction=\"in\"} 3\n",
        "ringtail_tcp_syn_rate_peak{interface=\"eth0\",direction=\"in\"} 50\n",
        "ringtail_tcp_syn_packets_total{interface=\"eth0\",direction=\"out\"} 1\n",
        "ringtail_tcp_syn_ack_packets_total{interface=\"eth0\",direction=\"in\"} 11\n",
        "ringtail_tcp_fin_rate{interface=\"eth0\",direction=\"in\"} 12\n",
        "ringtail_tcp_rst_rate_peak{interface=\"eth0\",direction=\"out\"} 13\n",
        "ringtail_tcp_watch_dropped_packets_total{interface=\"eth0\"} 9\n"})
    EXPECT_THAT(text, HasSubstr(line));
}

TEST(TcpWatchFamilies, AreLeftOutWhereNothingIsWatched) {
  EXPECT_THAT(watch_text({}), Not(HasSubstr("ringtail_tcp_")));
}

}  // namespace
}  // namespace ringtail::metrics
