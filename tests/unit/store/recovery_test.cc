#include "store/recovery.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

#include "base/byte_size.h"
#include "store/sidecar_file.h"
#include "store/storage.h"
#include "support/temp_folder.h"
#include "unit/support/crafted_capture.h"

namespace ringtail::store {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

using base::kMiB;

// A storage directory as earlier runs left it.
class RecoveryTest : public testing::Test {
 protected:
  static FileName name_at(std::int64_t second, bool partial = false) {
    return {.start = PacketTime(std::chrono::seconds(second)),
            .interface = "eth0",
            .worker = 0,
            .partial = partial};
  }
  [[nodiscard]] fs::path path_at(std::int64_t second, bool partial = false,
                                 const std::string& capture = "web") const {
    return data_ / capture / name_at(second, partial).text();
  }
  // A file of so many packets, not finished, that takes so many bytes.
  void leave(std::int64_t second, std::size_t packets, std::uint64_t bytes,
             const std::string& capture = "web") const {
    support::CraftedCapture content;
    for (std::size_t i = 0; i < packets; ++i) content.add_frame(second * 1'000'000'000, i);
    fs::create_directories(data_ / capture);
    std::ofstream file(path_at(second, true, capture), std::ios::binary);
    file.write(reinterpret_cast<const char*>(content.bytes().data()),
               static_cast<std::streamsize>(content.bytes().size()));
    file << std::string(bytes - content.bytes().size(), '\0') << std::flush;
  }
  Storage& open(std::uint64_t max_bytes = 1000 * kMiB) {
    storage_.emplace(StorageOptions{.directory = data_,
                                    .max_bytes = max_bytes,
                                    .captures = {{.capture = "web", .limit_bytes = max_bytes}}},
                     [this](base::Severity, const std::string& text) { said_.push_back(text); });
    return *storage_;
  }
  void recover() {
    while (storage_->recover_step()) {
    }
  }
  static std::uint64_t taken_by(const fs::path& file) {
    return allocated_bytes(file) + allocated_bytes(sidecar_path(file));
  }
  [[nodiscard]] std::uint64_t used() const { return storage_->usage()[0]->used_bytes.load(); }

  support::TempFolder folder_;
  fs::path data_ = folder_.path() / "data";
  std::vector<std::string> said_;
  std::optional<Storage> storage_;
};

TEST_F(RecoveryTest, FinishesTheFilesOfAllCapturesAndSaysAndCountsWhatItCut) {
  leave(1, 3, kMiB);
  leave(2, 0, kMiB);
  leave(3, 1, kMiB, "no longer configured");
  Storage& storage = open();
  recover();
  EXPECT_TRUE(fs::exists(path_at(1)));
  EXPECT_FALSE(fs::exists(path_at(2)) || fs::exists(path_at(2, true)));
  const fs::path other = path_at(3, false, "no longer configured");
  EXPECT_TRUE(fs::exists(other));
  EXPECT_EQ(storage.recovery().recovered_files.load(), 2U);
  EXPECT_EQ(storage.recovery().cut_bytes.load(),
            3 * kMiB - fs::file_size(path_at(1)) - fs::file_size(other));
  EXPECT_THAT(said_,
              testing::UnorderedElementsAre(HasSubstr(path_at(1).string() + ": 3 packets"),
                                            HasSubstr("removed " + path_at(2, true).string()),
                                            HasSubstr(other.string() + ": 1 packet kept")));
}

TEST_F(RecoveryTest, CountsARecoveredFileAsOneClosedFileOfWhatItStillTakes) {
  leave(1, 3, kMiB);
  open();
  EXPECT_GE(used(), kMiB);
  ASSERT_TRUE(storage_->recover_step());
  EXPECT_GE(used(), kMiB) << "while it is worked on as well";
  recover();
  EXPECT_EQ(used(), taken_by(path_at(1)));
  EXPECT_EQ(storage_->usage()[0]->oldest_microseconds.load(), 1'000'000);
}

TEST_F(RecoveryTest, DeletesNoFileThatItIsWorkingOnButTheOthers) {
  for (std::int64_t second = 1; second <= 3; ++second) leave(second, 3, 8 * kMiB);
  Storage& storage = open(36 * kMiB);
  ASSERT_TRUE(storage.recover_step());  // opens the oldest
  const auto file = storage.create("web", "eth0", 0, 16 * kMiB);
  EXPECT_TRUE(fs::exists(path_at(1, true)));
  EXPECT_FALSE(fs::exists(path_at(2, true))) << "the next one made room";
  recover();
  EXPECT_TRUE(fs::exists(path_at(1)) && fs::exists(path_at(3)));
  EXPECT_EQ(said_.size(), 2U) << "of what made room nothing is said";
  storage.finish(*file, {});
  EXPECT_EQ(used(), taken_by(path_at(1)) + taken_by(path_at(3)));
}

TEST_F(RecoveryTest, WaitsForTheLastWritesOfAKilledRun) {
  leave(1, 3, kMiB);
  leave(2, 3, kMiB);
  base::UniqueFd writing(::open(path_at(1, true).c_str(), O_WRONLY | O_CLOEXEC));
  ASSERT_EQ(::flock(writing.get(), LOCK_EX), 0);  // as the kernel has it until they are through
  Storage& storage = open();
  recover();
  EXPECT_EQ(fs::file_size(path_at(1, true)), kMiB);
  EXPECT_TRUE(fs::exists(path_at(2))) << "it holds up no other";
  for (int look = 0; look < 3; ++look) {
    EXPECT_TRUE(storage.recover_again());
    recover();
  }
  EXPECT_EQ(
      std::ranges::count_if(
          said_, [](const auto& text) { return text.find("is recovered later") != text.npos; }),
      1);
  writing.reset();
  EXPECT_TRUE(storage.recover_again());
  recover();
  EXPECT_TRUE(fs::exists(path_at(1)));
  EXPECT_FALSE(storage.recover_again());
  EXPECT_EQ(used(), taken_by(path_at(1)) + taken_by(path_at(2)));
}

TEST_F(RecoveryTest, ReportsOddFilesOnceAndLeavesThemAlone) {
  leave(1, 1, kMiB);
  const fs::path folder = path_at(2, true);
  const fs::path link = path_at(3, true);
  const fs::path fifo = path_at(4, true);
  const fs::path foreign = path_at(5, true);
  fs::create_directory(folder);
  fs::create_symlink(path_at(1, true), link);
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  std::ofstream(foreign) << "important" << std::flush;
  open();
  const std::uint64_t foreign_bytes = allocated_bytes(foreign);
  recover();
  EXPECT_THAT(said_, ElementsAre(HasSubstr("recovered"),
                                 folder.string() + " is no regular file; it is left alone",
                                 link.string() + " is no regular file; it is left alone",
                                 fifo.string() + " is no regular file; it is left alone",
                                 foreign.string() + " does not hold what Ringtail writes; it is "
                                                    "left alone"));
  for (const fs::path& odd : {folder, link, fifo, foreign}) {
    EXPECT_NE(fs::symlink_status(odd).type(), fs::file_type::not_found) << odd;
  }
  EXPECT_EQ(fs::file_size(foreign), 9U);
  EXPECT_EQ(used(), taken_by(path_at(1)) + foreign_bytes) << "it has our name: it counts";
  EXPECT_EQ(storage_->recovery().recovered_files.load(), 1U);
}

TEST_F(RecoveryTest, TouchesNoFileOfThisRun) {
  Storage& storage = open();
  const auto file = storage.create("web", "eth0", 0, 16 * kMiB);
  storage.begin(*file, PacketTime(std::chrono::seconds(1)));
  recover();
  EXPECT_TRUE(fs::exists(path_at(1, true)));
  EXPECT_TRUE(said_.empty());
}

}  // namespace
}  // namespace ringtail::store
