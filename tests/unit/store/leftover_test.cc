#include "store/leftover.h"

#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <set>
#include <string>

#include "pcapfile/pcap_format.h"
#include "pcapfile/pcapng_format.h"
#include "support/temp_folder.h"

namespace ringtail::store {
namespace {

namespace fs = std::filesystem;

std::string started_file(pcapfile::Precision precision = pcapfile::Precision::kNano) {
  const auto header = pcapfile::pcap_header(262144, pcapfile::kLinktypeEthernet, precision);
  const pcapfile::RecordHeader record{1'767'225'599, 7'000, 60, 60};
  std::string bytes(reinterpret_cast<const char*>(header.data()), header.size());
  bytes.append(reinterpret_cast<const char*>(&record), sizeof record);
  bytes.append(60, 'x');
  return bytes;
}

std::set<std::string> names_in(const fs::path& folder) {
  std::set<std::string> names;
  for (const auto& file : fs::directory_iterator(folder)) names.insert(file.path().filename());
  return names;
}

void ignore(base::Severity, const std::string&) {}

void put(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes << std::flush;
}

TEST(Leftover, WithoutAPacketIsRemoved) {
  const support::TempFolder folder;
  const std::string whole = started_file();
  for (std::size_t size = 0; size < pcapfile::kFileHeaderBytes + sizeof(pcapfile::RecordHeader);
       ++size) {
    put(folder.path() / unnamed_file("eth0", 1, size), whole.substr(0, size));
  }
  put(folder.path() / unnamed_file("eth0", 1, 100), std::string(1 << 20, '\0'));
  put(folder.path() / unnamed_file("eth0", 1, 101), whole.substr(0, 24) + std::string(4096, '\0'));
  adopt_unnamed_files(folder.path(), ignore);
  EXPECT_EQ(names_in(folder.path()), std::set<std::string>{});
}

TEST(Leftover, WithAPacketIsNamedByItAsAPartialFile) {
  const support::TempFolder folder;
  put(folder.path() / unnamed_file("br_w1", 12, 3), started_file());
  adopt_unnamed_files(folder.path(), ignore);
  EXPECT_EQ(names_in(folder.path()),
            std::set<std::string>{"20251231T235959.000007Z_br_w1_w12.pcap.part"});
}

TEST(Leftover, InMicrosecondsIsNamedByItsFirstPacketToo) {
  const support::TempFolder folder;
  put(folder.path() / unnamed_file("eth0", 0, 3), started_file(pcapfile::Precision::kMicro));
  adopt_unnamed_files(folder.path(), ignore);
  EXPECT_EQ(names_in(folder.path()),
            std::set<std::string>{"20251231T235959.007000Z_eth0_w0.pcap.part"});
}

TEST(Leftover, IsNamedForItsFormat) {
  const support::TempFolder folder;
  const auto header = pcapfile::pcapng_header({.snaplen = 262144}, 1, {});
  std::string bytes(reinterpret_cast<const char*>(header.data()), header.size());
  const pcapfile::PacketHeader packet{.block_length = pcapfile::packet_block_bytes(0),
                                      .time_low = 7'000};
  const pcapfile::PacketEnd end{.block_length = packet.block_length};
  bytes.append(reinterpret_cast<const char*>(&packet), sizeof packet);
  bytes.append(reinterpret_cast<const char*>(&end), sizeof end);
  put(folder.path() / unnamed_file("eth0", 0, 3), bytes);
  EXPECT_EQ(unnamed_files(folder.path()).size(), 1U);
  adopt_unnamed_files(folder.path(), ignore);
  EXPECT_EQ(names_in(folder.path()),
            std::set<std::string>{"19700101T000000.000007Z_eth0_w0.pcapng.part"});
}

TEST(Leftover, NeverReplacesAFile) {
  const support::TempFolder folder;
  const std::string taken = "20251231T235959.000007Z_eth0_w0.pcap.part";
  put(folder.path() / taken, "mine");
  put(folder.path() / unnamed_file("eth0", 0, 1), started_file());
  adopt_unnamed_files(folder.path(), ignore);
  EXPECT_EQ(fs::file_size(folder.path() / taken), 4U);
  EXPECT_TRUE(fs::exists(folder.path() / "20251231T235959.000008Z_eth0_w0.pcap.part"));
}

TEST(Leftover, WithContentThatIsNoneOfOursIsReportedAndLeftAlone) {
  const support::TempFolder folder;
  put(folder.path() / unnamed_file("eth0", 0, 1), "important");
  std::string said;
  adopt_unnamed_files(folder.path(), [&](base::Severity, const std::string& text) { said = text; });
  EXPECT_EQ(names_in(folder.path()).size(), 1U);
  EXPECT_EQ(said, (folder.path() / unnamed_file("eth0", 0, 1)).string() +
                      " does not hold what Ringtail writes; it is left alone");
}

TEST(Leftover, OtherFilesAreNotTouched) {
  const support::TempFolder folder;
  put(folder.path() / "20251231T235959.000007Z_eth0_w0.pcap", "");
  const std::set<std::string> foreign = {"next_eth0",     ".next_steps.txt", ".next_",
                                         ".next_eth0_w0", ".next_eth0_w0_",  ".next_eth0_w0_1x",
                                         ".next__w0_1",   ".next_eth0_wx_1"};
  for (const std::string& name : foreign) put(folder.path() / name, "");
  fs::create_directory(folder.path() / unnamed_file("eth0", 0, 1));
  fs::create_symlink("/etc/hostname", folder.path() / unnamed_file("eth0", 0, 2));
  adopt_unnamed_files(folder.path(), ignore);
  EXPECT_EQ(names_in(folder.path()).size(), 1 + foreign.size() + 2);
}

}  // namespace
}  // namespace ringtail::store
