#include "store/file_recovery.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <stdexcept>

#include "pcapfile/encoded_run.h"
#include "store/sidecar_file.h"
#include "support/capture_file.h"
#include "support/temp_folder.h"
#include "unit/support/crafted_capture.h"

namespace ringtail::store {
namespace {

namespace fs = std::filesystem;
using support::CraftedCapture;
using Bytes = std::vector<std::uint8_t>;

constexpr std::int64_t kStart = 1'700'000'000'000'007'000;
constexpr const char* kFinal = "20231114T221320.000007Z_eth0_w0.pcap";
constexpr const char* kPart = "20231114T221320.000007Z_eth0_w0.pcap.part";

Bytes capture_of(const std::vector<std::size_t>& packet_sizes) {
  CraftedCapture capture;
  for (const std::size_t size : packet_sizes) {
    capture.add_record(kStart, Bytes(size, 0xab), static_cast<std::uint32_t>(size));
  }
  return capture.bytes();
}

std::uint64_t packets_in(const fs::path& path) {
  support::CaptureFile file(path);
  std::uint64_t packets = 0;
  while (file.next()) ++packets;
  return packets;
}

class FileRecoveryTest : public testing::Test {
 protected:
  void put(const Bytes& bytes) const {
    std::ofstream(part_, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
  }
  // As a killed run leaves it: so much preallocated, this written.
  void preallocate_and_put(std::size_t size, const Bytes& written) const {
    const base::UniqueFd file(::open(part_.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    ASSERT_EQ(::fallocate(file.get(), 0, 0, static_cast<off_t>(size)), 0);
    ASSERT_EQ(::pwrite(file.get(), written.data(), written.size(), 0),
              static_cast<ssize_t>(written.size()));
    ASSERT_EQ(::fsync(file.get()), 0);
  }
  [[nodiscard]] RecoveredFile recover(
      FileRecovery::Mode mode = FileRecovery::Mode::kRecover) const {
    FileRecovery recovery(part_, *FileName::parse(kPart), mode);
    while (recovery.step()) {
    }
    return recovery.result();
  }

  support::TempFolder folder_;
  fs::path part_ = folder_.path() / kPart;
  fs::path final_ = folder_.path() / kFinal;
};

TEST_F(FileRecoveryTest, LeavesOfAFileThatIsCutAtAnyByteItsWholePacketsUnderTheFinalName) {
  const Bytes whole = capture_of({5, 7});
  const std::size_t first_end = 24 + 16 + 5;
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    put(Bytes(whole.data(), whole.data() + size));
    const RecoveredFile result = recover();
    const std::uint64_t packets = (size >= first_end ? 1U : 0U) + (size == whole.size() ? 1U : 0U);
    ASSERT_EQ(result.packets, packets) << size;
    ASSERT_FALSE(fs::exists(part_));
    ASSERT_EQ(fs::exists(final_), packets > 0);
    if (packets > 0) {
      ASSERT_EQ(result.path, final_);
      std::ifstream text(sidecar_path(final_));
      const auto sidecar =
          parse_sidecar(std::string(std::istreambuf_iterator<char>(text), {})).sidecar;
      ASSERT_TRUE(sidecar && sidecar->origin == Sidecar::Origin::kRecovered);
      ASSERT_EQ(sidecar->packets, packets);
      ASSERT_EQ(sidecar->bytes, fs::file_size(final_));
      ASSERT_EQ(packets_in(final_), packets);
      ASSERT_EQ(result.cut_bytes, size - fs::file_size(final_));
      fs::remove(final_);
    }
  }
}

TEST_F(FileRecoveryTest, CutsAPreallocatedFileLargerThanAStepBehindItsLastPacket) {
  std::vector<std::size_t> sizes(3000, 1000);
  const Bytes written = capture_of(sizes);
  preallocate_and_put(16U << 20, written);
  const RecoveredFile result = recover();
  EXPECT_EQ(result.packets, 3000U);
  EXPECT_EQ(result.cut_bytes, (16U << 20) - written.size());
  EXPECT_EQ(packets_in(final_), 3000U);
}

// A killed writer leaves out whole pages: what lies there reads as zeros, but was never a packet's.
TEST_F(FileRecoveryTest, KeepsNoPacketThatReachesIntoSpaceThatWasNeverWritten) {
  Bytes written = capture_of({3000, 3000, 3000});
  written.resize(2 * pcapfile::kPageBytes);
  preallocate_and_put(1U << 20, written);
  const RecoveredFile result = recover();
  EXPECT_EQ(result.packets, 2U);
  EXPECT_EQ(fs::file_size(final_), 24U + 2 * 3016);
}

TEST_F(FileRecoveryTest, TakesTheHolesOfASparseCopyForTheZerosTheyWere) {
  CraftedCapture capture;
  capture.add_record(kStart, Bytes(5 * pcapfile::kPageBytes, 0), 5 * pcapfile::kPageBytes);
  capture.add_record(kStart, Bytes(60, 0xab), 60);
  const Bytes& bytes = capture.bytes();
  put(Bytes(bytes.data(), bytes.data() + pcapfile::kPageBytes));
  fs::resize_file(part_, 5 * pcapfile::kPageBytes);
  {
    std::ofstream end(part_, std::ios::binary | std::ios::app);
    end.write(reinterpret_cast<const char*>(bytes.data() + 5 * pcapfile::kPageBytes),
              static_cast<std::streamsize>(bytes.size() - 5 * pcapfile::kPageBytes));
  }
  EXPECT_EQ(recover().packets, 2U);
  EXPECT_EQ(fs::file_size(final_), bytes.size());
}

TEST_F(FileRecoveryTest, GoesOnWhereItWasInterrupted) {
  const Bytes whole = capture_of({60, 60});
  preallocate_and_put(1U << 20, whole);
  for (int steps = 1; steps <= 3; ++steps) {
    FileRecovery interrupted(part_, *FileName::parse(kPart), FileRecovery::Mode::kRecover);
    for (int step = 0; step < steps; ++step) ASSERT_TRUE(interrupted.step());
    ASSERT_TRUE(fs::exists(part_));
  }
  EXPECT_EQ(recover().packets, 2U);
  EXPECT_EQ(fs::file_size(final_), whole.size());
}

TEST_F(FileRecoveryTest, NeverReplacesAFile) {
  std::ofstream(final_) << "mine" << std::flush;
  put(capture_of({60}));
  EXPECT_EQ(recover().path, folder_.path() / "20231114T221320.000008Z_eth0_w0.pcap");
  EXPECT_EQ(fs::file_size(final_), 4U);
}

TEST_F(FileRecoveryTest, NamesAFileWithoutAStartByItsFirstPacket) {
  put(capture_of({60}));
  FileRecovery recovery(part_, {.start = {}, .interface = "eth1", .worker = 3},
                        FileRecovery::Mode::kRecover);
  while (recovery.step()) {
  }
  EXPECT_TRUE(fs::exists(folder_.path() / "20231114T221320.000007Z_eth1_w3.pcap"));
}

TEST_F(FileRecoveryTest, ChangesNothingWhenItOnlyLooks) {
  put(capture_of({60, 60}));
  fs::resize_file(part_, 1000);
  const RecoveredFile result = recover(FileRecovery::Mode::kLookOnly);
  EXPECT_EQ(to_text(result, FileRecovery::Mode::kLookOnly),
            "would recover " + part_.string() + ": 2 packets kept, 824 bytes cut");
  EXPECT_EQ(fs::file_size(part_), 1000U);
  fs::resize_file(part_, 40);
  EXPECT_EQ(to_text(recover(FileRecovery::Mode::kLookOnly), FileRecovery::Mode::kLookOnly),
            "would remove " + part_.string() + ": no whole packet in its 40 bytes");
  EXPECT_TRUE(fs::exists(part_));
}

TEST_F(FileRecoveryTest, SaysThatAFileWasDamaged) {
  Bytes damaged = capture_of({60});
  damaged.resize(damaged.size() + 100, 0xff);
  put(damaged);
  EXPECT_EQ(
      to_text(recover(), FileRecovery::Mode::kRecover),
      "recovered " + final_.string() +
          ": 1 packet kept, 100 bytes cut, which begin as no packet does: the file was damaged");
}

TEST_F(FileRecoveryTest, LeavesContentOfOthersAlone) {
  Bytes bad_first_header = capture_of({});
  bad_first_header.resize(100, 0xff);
  for (const Bytes& foreign : {Bytes(100, 'x'), Bytes(3, 'x'), bad_first_header}) {
    put(foreign);
    EXPECT_THROW((void)recover(), std::runtime_error);
    EXPECT_EQ(fs::file_size(part_), foreign.size());
  }
}

}  // namespace
}  // namespace ringtail::store
