#include "pcapfile/pcap_format.h"

#include <gtest/gtest.h>

#include <cstring>
#include <fstream>

#include "support/capture_file.h"
#include "support/temp_folder.h"

namespace ringtail::pcapfile {
namespace {

TEST(PcapFormat, AnIndependentReaderTakesTheFileHeader) {
  const support::TempFolder folder;
  const std::string path = folder.path() / "empty.pcap";
  const auto header = file_header(96, kLinktypeEthernet);
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(header.data()), header.size());
  support::CaptureFile file(path);
  EXPECT_TRUE(file.nanoseconds());
  EXPECT_EQ(file.linktype(), 1U);
  EXPECT_EQ(file.snaplen(), 100U) << "a tag that was put back must fit";
  EXPECT_FALSE(file.next());
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
