#include "store/retention.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "support/temp_folder.h"

namespace ringtail::store {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr PacketTime kNoon{1'700'049'600s};

class RetentionTest : public testing::Test {
 protected:
  RetentionTest() { fs::create_directories(folder_.path() / "web"); }

  // A closed file, of an earlier run unless the budget is told of it.
  Catalog::Entry file(PacketTime start, PacketTime end, const std::string& capture = "web",
                      unsigned worker = 0) {
    const FileName name{.start = start, .interface = "eth0", .worker = worker, .partial = false};
    const fs::path path = folder_.path() / capture / name.text();
    fs::create_directories(path.parent_path());
    std::ofstream(path) << "packets" << std::flush;
    const timespec time{.tv_sec = end.time_since_epoch() / 1s, .tv_nsec = 0};
    const timespec times[] = {time, time};
    EXPECT_EQ(::utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
    return entry_of(path, name);
  }
  void open(std::chrono::nanoseconds max_age, std::uint64_t max_files) {
    const StorageOptions options{.directory = folder_.path(),
                                 .max_bytes = 1U << 30,
                                 .captures = {{.capture = "web",
                                               .limit_bytes = 1U << 30,
                                               .max_age = max_age,
                                               .max_files = max_files}}};
    budget_.emplace(options, [this](base::Severity, const std::string& text) { said_ += text; });
    retention_.emplace(options.captures, *budget_);
  }
  // Time goes by, and with each second a look.
  void pass(std::chrono::seconds time) {
    for (; time > 0s; time -= 1s) {
      now_.wall += 1s;
      now_.since_boot += 1s;
      retain();
    }
  }
  void retain() {
    int steps = 0;
    while (retention_->step(now_)) ASSERT_LT(++steps, 100);
  }
  [[nodiscard]] fs::path path_of(const Catalog::Entry& entry) const {
    return folder_.path() / "web" / entry.file;
  }
  [[nodiscard]] bool is_there(const Catalog::Entry& entry) const {
    return fs::exists(path_of(entry));
  }
  [[nodiscard]] std::size_t files_of(const std::string& capture = "web") const {
    const fs::directory_iterator files(folder_.path() / capture);
    return static_cast<std::size_t>(std::distance(begin(files), end(files)));
  }

  support::TempFolder folder_;
  std::string said_;
  TrustedClock::Reading now_{kNoon, 100'000s};
  std::optional<Budget> budget_;
  std::optional<Retention> retention_;
};

TEST_F(RetentionTest, DeletesAFileWhoseLastPacketIsTooOldAlthoughNothingIsRecorded) {
  const auto first = file(kNoon - 90s, kNoon - 50s);
  const auto last = file(kNoon - 50s, kNoon - 30s);
  open(60s, 0);
  EXPECT_TRUE(retention_->goes_by_age());
  retain();
  EXPECT_TRUE(is_there(first)) << "its begin is too old, its end is not";
  pass(11s);
  EXPECT_FALSE(is_there(first));
  EXPECT_TRUE(is_there(last));
  pass(20s);
  EXPECT_EQ(files_of(), 0U) << "the newest as well";
  EXPECT_EQ(budget_->usage()[0]->used_bytes, 0U);
}

TEST_F(RetentionTest, AFileThatLastedLongHoldsUpNoOther) {
  const auto slow = file(kNoon - 500s, kNoon - 10s, "web", 1);
  const auto fast = file(kNoon - 400s, kNoon - 390s);
  open(60s, 0);
  retain();
  EXPECT_TRUE(is_there(slow));
  EXPECT_FALSE(is_there(fast));
}

TEST_F(RetentionTest, AFileThatBeginsTooLateIsNotOldWhateverItsLastModification) {
  const auto copied = file(kNoon - 10s, kNoon - 9000s);
  open(60s, 0);
  retain();
  EXPECT_TRUE(is_there(copied));
}

TEST_F(RetentionTest, WhatTheClockHasSeenHoldsWhenOtherRulesChange) {
  const auto young = file(kNoon - 10s, kNoon - 5s);
  open(60s, 0);
  pass(2s);
  now_.wall += 1h;  // somebody sets the clock
  retention_->adopt({{.capture = "web", .limit_bytes = 1, .max_age = 60s, .max_files = 9}});
  pass(5s);
  EXPECT_TRUE(is_there(young));
  retention_->adopt({{.capture = "web", .limit_bytes = 1, .max_age = {}, .max_files = 9}});
  EXPECT_FALSE(retention_->goes_by_age());
  pass(120s);
  EXPECT_TRUE(is_there(young));
}

TEST_F(RetentionTest, KeepsSoManyFilesAndDeletesTheOldestBeyond) {
  for (int i = 0; i < 5; ++i) (void)file(kNoon - 100s + 10s * i, kNoon - 95s + 10s * i);
  open(0s, 3);
  EXPECT_FALSE(retention_->goes_by_age());
  retain();
  EXPECT_EQ(files_of(), 3U);
  const auto newest = file(kNoon, kNoon);
  budget_->add("web", newest);
  retain();
  EXPECT_EQ(files_of(), 3U);
  EXPECT_TRUE(is_there(newest));
}

TEST_F(RetentionTest, AgeAndCountBothHold) {
  for (int i = 0; i < 5; ++i) (void)file(kNoon - 100s + 10s * i, kNoon - 95s + 10s * i);
  open(80s, 4);
  retain();
  EXPECT_EQ(files_of(), 3U) << "two are too old, which is more than one too many";
  pass(10s);
  EXPECT_EQ(files_of(), 2U);
}

TEST_F(RetentionTest, LeavesTheFilesOfOtherCapturesToTheBudget) {
  (void)file(kNoon - 900s, kNoon - 900s, "old");
  (void)file(kNoon - 900s, kNoon - 900s);
  open(60s, 1);
  retain();
  EXPECT_EQ(files_of("old"), 1U);
  EXPECT_EQ(files_of(), 0U);
}

TEST_F(RetentionTest, GoesOnWithTheNextWhenAFileCannotBeDeleted) {
  const auto stubborn = file(kNoon - 900s, kNoon - 900s);
  const auto next = file(kNoon - 800s, kNoon - 800s);
  open(60s, 0);
  fs::remove(path_of(stubborn));
  fs::create_directory(path_of(stubborn));
  retain();
  EXPECT_FALSE(is_there(next));
  EXPECT_NE(said_.find("Is a directory"), std::string::npos);
}

TEST_F(RetentionTest, NothingIsDeletedByAgeBecauseTheClockWasSteppedForwardAndBack) {
  open(3600s, 0);
  retain();
  budget_->add("web", file(now_.wall, now_.wall));
  pass(60s);
  now_.wall += 24h;
  pass(60s);
  budget_->add("web", file(now_.wall, now_.wall));
  EXPECT_EQ(files_of(), 2U);
  now_.wall -= 24h;
  pass(3400s);
  EXPECT_EQ(files_of(), 2U);
  pass(90s);
  EXPECT_EQ(files_of(), 1U) << "an hour after it was recorded the first one goes";
}

TEST_F(RetentionTest, CountsGoOnWhileTheClockIsNotTrusted) {
  open(3600s, 1);
  retain();
  now_.wall += 24h;
  for (int i = 0; i < 3; ++i) {
    budget_->add("web", file(now_.wall, now_.wall));
    pass(1s);
  }
  EXPECT_EQ(files_of(), 1U);
}

TEST_F(RetentionTest, WaitsWhenTheClockIsBehindWhatIsOnDiskAtTheStart) {
  const auto old = file(kNoon - 9000s, kNoon - 9000s);
  (void)file(kNoon + 60s, kNoon + 60s);
  open(3600s, 0);
  retain();
  pass(3599s);
  EXPECT_TRUE(is_there(old));
  pass(2s);
  EXPECT_FALSE(is_there(old));
}

}  // namespace
}  // namespace ringtail::store
