#include <gtest/gtest.h>
#include <sys/statvfs.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>

#include "base/byte_size.h"
#include "store/storage.h"
#include "support/temp_folder.h"

namespace ringtail::store {
namespace {

using namespace std::chrono_literals;

using base::kMiB;

class StorageUsageTest : public testing::Test {
 protected:
  void open(StorageOptions options) {
    storage_.reset();  // it holds the directory's lock
    if (options.captures.empty()) options.captures = {{"web", options.max_bytes}};
    storage_ = std::make_unique<Storage>(options, [](base::Severity, const std::string&) {});
  }
  // Files of so many MiB, one a second.
  void record(int files, std::uint64_t mebibytes = 4) {
    for (; files > 0; --files) {
      const auto file = storage_->create("web", "eth0", 0, 64 * kMiB);
      storage_->begin(*file, PacketTime(std::chrono::seconds(++second_)));
      storage_->finish(*file, {.size_bytes = mebibytes * kMiB, .packets = 1, .error = {}});
    }
  }
  [[nodiscard]] std::uint64_t removed(RemovalReason reason) const {
    return storage_->storage_usage().removed_files[static_cast<std::size_t>(reason)];
  }
  [[nodiscard]] const CaptureUsage& web() const { return *storage_->usage().front(); }

  support::TempFolder folder_;
  std::filesystem::path data_ = folder_.path() / "data";
  std::unique_ptr<Storage> storage_;
  int second_ = 0;
};

TEST_F(StorageUsageTest, CountsFilesThatAreBegunAndFilesThatAreComplete) {
  open({.directory = data_, .max_bytes = 1000 * kMiB});
  record(2);
  const auto unused = storage_->create("web", "eth0", 0, 64 * kMiB);
  storage_->finish(*unused, {});
  const auto begun = storage_->create("web", "eth0", 0, 64 * kMiB);
  storage_->begin(*begun, PacketTime(10s));
  EXPECT_EQ(web().opened_files, 3U);
  EXPECT_EQ(web().closed_files, 2U);
  EXPECT_EQ(storage_->finished_files(), 2U);
}

TEST_F(StorageUsageTest, TellsWhichLimitCostAFile) {
  open({.directory = data_, .max_bytes = 1000 * kMiB, .captures = {{"web", 26 * kMiB}}});
  record(4);
  EXPECT_EQ(removed(RemovalReason::kKeepSize), 1U);
  EXPECT_EQ(removed(RemovalReason::kMaxSize), 0U);

  open({.directory = data_, .max_bytes = 26 * kMiB, .captures = {{"web", 1000 * kMiB}}});
  record(2);
  EXPECT_EQ(removed(RemovalReason::kMaxSize), 2U);
  EXPECT_EQ(removed(RemovalReason::kKeepSize), 0U);
}

TEST_F(StorageUsageTest, TellsWhetherAgeOrCountCostAFile) {
  open({.directory = data_, .max_bytes = 1000 * kMiB, .captures = {{"web", 1000 * kMiB, 0ns, 2}}});
  record(5);
  while (storage_->retain_step(TrustedClock::read_host())) {
  }
  EXPECT_EQ(removed(RemovalReason::kKeepFiles), 3U);

  open({.directory = data_, .max_bytes = 1000 * kMiB, .captures = {{"web", 1000 * kMiB, 1s, 0}}});
  TrustedClock::Reading later = TrustedClock::read_host();
  later.wall += 1h;
  later.since_boot += 1h;
  while (storage_->retain_step(later)) {
  }
  EXPECT_EQ(removed(RemovalReason::kKeepAge), 2U);
}

TEST_F(StorageUsageTest, TellsThatOthersFillTheDisk) {
  open({.directory = data_, .max_bytes = 1000 * kMiB});
  record(3);
  open({.directory = data_, .max_bytes = 1000 * kMiB, .min_free_percent = 100});
  EXPECT_THROW(record(1), std::system_error);
  EXPECT_EQ(removed(RemovalReason::kMinFree), 2U) << "the newest one stays";
}

TEST_F(StorageUsageTest, SumsUpWhatAllCapturesTake) {
  open({.directory = data_, .max_bytes = 1000 * kMiB});
  record(3);
  EXPECT_EQ(storage_->storage_usage().budget_bytes, 1000 * kMiB);
  EXPECT_GE(storage_->storage_usage().used_bytes, 12 * kMiB);
  EXPECT_EQ(storage_->storage_usage().used_bytes, web().used_bytes);
}

TEST_F(StorageUsageTest, KnowsTheDisk) {
  open({.directory = data_, .max_bytes = 1000 * kMiB, .min_free_percent = 5});
  struct statvfs status {};
  ASSERT_EQ(::statvfs(data_.c_str(), &status), 0);
  const StorageUsage& usage = storage_->storage_usage();
  EXPECT_EQ(usage.disk_size_bytes, status.f_blocks * status.f_frsize);
  EXPECT_NEAR(static_cast<double>(usage.min_free_bytes),
              static_cast<double>(usage.disk_size_bytes) * 0.05, 1.0);
  EXPECT_GT(usage.disk_free_bytes, 0U);
}

TEST_F(StorageUsageTest, SaysNothingOfADiskThatIsGone) {
  open({.directory = data_, .max_bytes = 1000 * kMiB});
  std::filesystem::remove_all(data_);
  storage_->look_at_disk();
  EXPECT_EQ(storage_->storage_usage().disk_size_bytes, 0U);
}

}  // namespace
}  // namespace ringtail::store
