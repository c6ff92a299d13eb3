#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <system_error>

#include "base/byte_size.h"
#include "store/storage.h"
#include "support/temp_folder.h"

namespace ringtail::store {
namespace {

namespace fs = std::filesystem;

using base::kMiB;

// A storage whose captures and limits are replaced while it is in use.
class StorageAdoptTest : public testing::Test {
 protected:
  [[nodiscard]] StorageOptions options(std::vector<CaptureBudget> captures) const {
    return {.directory = data_, .max_bytes = 200 * kMiB, .captures = std::move(captures)};
  }
  void record(const std::string& capture, std::int64_t second, std::uint64_t bytes) {
    auto file = storage_.create(capture, "eth0", 0, 64 * kMiB);
    while (file->granted_bytes < bytes) storage_.grow(*file);
    storage_.begin(*file, PacketTime(std::chrono::seconds(second)));
    storage_.finish(*file, {.size_bytes = bytes, .packets = 1, .error = {}});
  }
  void retain() {
    int steps = 0;
    while (storage_.retain_step(TrustedClock::read_host())) ASSERT_LT(++steps, 100);
  }
  [[nodiscard]] std::size_t files_of(const std::string& capture) const {
    std::size_t files = 0;
    for (const auto& file : fs::directory_iterator(data_ / capture))
      files += file.path().extension() == ".pcap" ? 1U : 0U;
    return files;
  }

  support::TempFolder folder_;
  fs::path data_ = folder_.path() / "data";
  Storage storage_{options({{"web", 100 * kMiB}, {"mail", 100 * kMiB}}),
                   [](base::Severity, const std::string&) {}};
};

TEST_F(StorageAdoptTest, DeletesTheOldestOfWhatIsBeyondALoweredLimit) {
  for (int second = 1; second <= 5; ++second) record("web", second, 10 * kMiB);
  record("mail", 1, 10 * kMiB);
  storage_.adopt(options({{"web", 35 * kMiB}, {"mail", 100 * kMiB}}));
  retain();
  EXPECT_EQ(files_of("web"), 3U);
  EXPECT_EQ(files_of("mail"), 1U);
  EXPECT_EQ(storage_.usage()[0]->limit_bytes, 35 * kMiB);
}

TEST_F(StorageAdoptTest, DeletesTheNewestAsWellIfThereWouldBeNoRoomBesideIt) {
  record("web", 1, 20 * kMiB);
  storage_.adopt(options({{"web", 30 * kMiB}, {"mail", 100 * kMiB}}));
  record("web", 2, 15 * kMiB);
  EXPECT_EQ(files_of("web"), 1U);
}

TEST_F(StorageAdoptTest, FilesOfACaptureThatWasRemovedAreTheFirstToGo) {
  record("web", 2, 60 * kMiB);
  record("mail", 1, 60 * kMiB);
  storage_.adopt(options({{"mail", 200 * kMiB}}));
  retain();
  EXPECT_EQ(files_of("web"), 1U) << "as long as there is room";
  record("mail", 3, 60 * kMiB);
  record("mail", 4, 60 * kMiB);
  EXPECT_EQ(files_of("web"), 0U);
  EXPECT_EQ(files_of("mail"), 3U);
}

TEST_F(StorageAdoptTest, AFileThatIsOpenForARemovedCaptureIsFinished) {
  auto file = storage_.create("web", "eth0", 0, 64 * kMiB);
  storage_.begin(*file, PacketTime(std::chrono::seconds(1)));
  storage_.adopt(options({{"mail", 200 * kMiB}}));
  storage_.grow(*file);
  storage_.finish(*file, {.size_bytes = 100, .packets = 1, .error = {}});
  EXPECT_EQ(files_of("web"), 1U);
}

TEST_F(StorageAdoptTest, WhatIsKnownOfACaptureThatStaysGoesOn) {
  const auto mail = storage_.usage()[1];
  storage_.adopt(options({{"mail", 50 * kMiB}}));
  ASSERT_EQ(storage_.usage().size(), 1U);
  EXPECT_EQ(storage_.usage()[0], mail);
}

TEST_F(StorageAdoptTest, RecordsToTheFoldersThatWerePrepared) {
  storage_.prepare({"new"});
  storage_.adopt(options({{"web", 50 * kMiB}, {"mail", 50 * kMiB}, {"new", 100 * kMiB}}));
  record("new", 1, 100);
  EXPECT_EQ(files_of("new"), 1U);
}

TEST_F(StorageAdoptTest, PreparesAllFoldersOrNone) {
  std::ofstream(data_ / "in_the_way") << "a file";
  EXPECT_THROW(storage_.prepare({"new", "web", "in_the_way"}), std::system_error);
  EXPECT_FALSE(fs::exists(data_ / "new"));
  EXPECT_TRUE(fs::exists(data_ / "web"));
}

}  // namespace
}  // namespace ringtail::store
