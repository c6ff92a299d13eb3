#include "pcapfile/pcap_format.h"

#include <gtest/gtest.h>

#include <cstring>
#include <fstream>

#include "support/capture_file.h"
#include "support/temp_folder.h"

namespace ringtail::pcapfile {
namespace {

TEST(PcapFormat, AnIndependentReaderTakesTheFileHeader) {
  for (const Precision precision : {Precision::kNano, Precision::kMicro}) {
    for (const std::uint32_t linktype : {kLinktypeEthernet, kLinktypeLinuxSll2}) {
      const support::TempFolder folder;
      const std::string path = folder.path() / "empty.pcap";
      const auto header = pcap_header(96, linktype, precision);
      std::ofstream(path, std::ios::binary)
          .write(reinterpret_cast<const char*>(header.data()), header.size());
      support::CaptureFile file(path);
      EXPECT_EQ(file.nanoseconds(), precision == Precision::kNano);
      EXPECT_EQ(file.linktype(), linktype);
      EXPECT_EQ(file.snaplen(), 100U) << "a tag that was put back must fit";
      EXPECT_FALSE(file.next());
    }
  }
}

TEST(PcapFormat, KnowsItsOwnMagicsAndNoOther) {
  EXPECT_EQ(precision_of(0xa1b23c4d), Precision::kNano);
  EXPECT_EQ(precision_of(0xa1b2c3d4), Precision::kMicro);
  for (const std::uint32_t other : {0U, 0xd4c3b2a1U, 0x4d3cb2a1U, 0xa1b2cd34U, 0x0a0d0d0aU}) {
    EXPECT_EQ(precision_of(other), std::nullopt) << other;
  }
}

TEST(PcapFormat, StatesNoSnaplenThatReadersRefuse) {
  EXPECT_EQ(file_snaplen(262144), 262144U);
  EXPECT_EQ(file_snaplen(262143), 262144U);
  EXPECT_EQ(file_snaplen(262140), 262144U);
  EXPECT_EQ(file_snaplen(262139), 262143U);
  EXPECT_EQ(file_snaplen(1), 5U);
}

}  // namespace
}  // namespace ringtail::pcapfile
