#include "store/file_name.h"

#include <gtest/gtest.h>

#include <string>

namespace ringtail::store {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;

TEST(FileName, SpellsTheStartInUtcWithMicroseconds) {
  const FileName name{.start = PacketTime(seconds(1'767'225'599) + microseconds(7)),
                      .interface = "eth0",
                      .worker = 3,
                      .partial = false};
  EXPECT_EQ(name.text(), "20251231T235959.000007Z_eth0_w3.pcap");
}

TEST(FileName, IsReadBackAsItWasWritten) {
  for (const std::int64_t start : {0L, 951'782'400L, 1'700'000'000L, 4'294'967'295L}) {
    for (const char* interface : {"eth0", "br_w1", "a_w", "wlan0_w9_w", "enp0s31f6.100"}) {
      const FileName name{.start = PacketTime(seconds(start) + microseconds(999'999)),
                          .interface = interface,
                          .worker = 12,
                          .partial = true};
      const auto read = FileName::parse(name.text());
      ASSERT_TRUE(read) << name.text();
      EXPECT_EQ(read->start, name.start);
      EXPECT_EQ(read->interface, name.interface);
      EXPECT_EQ(read->worker, 12U);
      EXPECT_TRUE(read->partial);
    }
  }
}

TEST(FileName, EndsInItsFormat) {
  FileName name{.start = {}, .interface = "eth0", .worker = 3, .partial = true};
  name.format = pcapfile::Format::kPcapng;
  EXPECT_EQ(name.text(), "19700101T000000.000000Z_eth0_w3.pcapng.part");
  EXPECT_EQ(FileName::parse(name.text())->format, pcapfile::Format::kPcapng);
  EXPECT_EQ(FileName::parse("19700101T000000.000000Z_eth0_w3.pcap")->format,
            pcapfile::Format::kPcap);
}

TEST(FileName, SortsByTime) {
  const auto text = [](std::int64_t start_us) {
    return FileName{.start = PacketTime(microseconds(start_us)),
                    .interface = "e",
                    .worker = 0,
                    .partial = false}
        .text();
  };
  EXPECT_LT(text(999'999), text(1'000'000));
  EXPECT_LT(text(1'000'000'000'000'000), text(1'000'000'000'000'001));
}

TEST(FileName, TakesNoOtherName) {
  for (const char* text : {
           "",
           ".pcap",
           "web.pcap",
           "20251231T235959.000007Z_eth0_w3.pcapngg",
           "20251231T235959.000007Z_eth0_w3.pcap.pcapng.gz",
           "20251231T235959.000007Z_eth0_w3png",
           "20251231T235959.000007Z_eth0_w3.pcap.gz",
           "20251231T235959.000007Z_eth0_w3.pcap.part.part",
           "20251231T235959.000007Z_eth0_w3",
           "20251231T235959.000007Z_eth0_w.pcap",
           "20251231T235959.000007Z_eth0_w-1.pcap",
           "20251231T235959.000007Z_eth0_w+1.pcap",
           "20251231T235959.000007Z_eth0_w99999999999.pcap",
           "20251231T235959.000007Z__w3.pcap",
           "20251231T235959.000007Z.pcap",
           "20251331T235959.000007Z_eth0_w3.pcap",
           "20250230T235959.000007Z_eth0_w3.pcap",
           "20251231T245959.000007Z_eth0_w3.pcap",
           "20251231T235960.000007Z_eth0_w3.pcap",
           "2025123 T235959.000007Z_eth0_w3.pcap",
           "19691231T235959.000007Z_eth0_w3.pcap",
           "99991231T235959.000007Z_eth0_w3.pcap",
       }) {
    EXPECT_FALSE(FileName::parse(text)) << text;
  }
}

TEST(FileName, TakesNoNameCutAnywhere) {
  const std::string whole = "20251231T235959.000007Z_eth0_w3.pcap";
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(FileName::parse(whole.substr(0, size))) << size;
    if (size > 0) {
      EXPECT_FALSE(FileName::parse(whole.substr(size))) << size;
    }
  }
}

}  // namespace
}  // namespace ringtail::store
