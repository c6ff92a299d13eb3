#include "store/disk_thread.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "base/byte_size.h"
#include "support/temp_folder.h"
#include "unit/support/crafted_capture.h"

namespace ringtail::store {
namespace {

namespace fs = std::filesystem;

using base::kMiB;

class Reports {
 public:
  [[nodiscard]] base::Reporter reporter() {
    return [this](base::Severity, const std::string& text) {
      const std::lock_guard lock(mutex_);
      texts_.push_back(text);
    };
  }
  [[nodiscard]] std::vector<std::string> texts() {
    const std::lock_guard lock(mutex_);
    return texts_;
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> texts_;
};

class Customer : public FileCustomer {
 public:
  void file_ready(std::shared_ptr<OpenFile> file, std::uint64_t granted) override {
    files.push_back(std::move(file));
    granted_bytes = granted;
  }
  void file_refused(StorageProblem problem) override { refusals.push_back(problem); }
  void file_grown(const OpenFile*, std::uint64_t granted) override { granted_bytes = granted; }
  void growth_refused(const OpenFile*) override { ++growth_refusals; }

  std::vector<std::shared_ptr<OpenFile>> files;
  std::vector<StorageProblem> refusals;
  std::uint64_t granted_bytes = 0;
  int growth_refusals = 0;
};

// A disk thread with one supply, whose worker is this test's thread.
class DiskThreadTest : public testing::Test {
 protected:
  FileSupply& open(std::uint64_t max_bytes = 1000 * kMiB, std::uint64_t max_files = 0) {
    storage_.emplace(StorageOptions{.directory = data_,
                                    .max_bytes = max_bytes,
                                    .captures = {{.capture = "web",
                                                  .limit_bytes = max_bytes,
                                                  .max_age = std::chrono::hours(1),
                                                  .max_files = max_files}}},
                     reports_.reporter());
    disk_.emplace(*storage_, reports_.reporter());
    supply_ = disk_->add_supply({.capture = "web",
                                 .interface = "eth0",
                                 .worker = 0,
                                 .max_file_bytes = 64 * kMiB,
                                 .executor = worker_.get_executor(),
                                 .customer = &customer_,
                                 .answered = [this] { ++turns_; }});
    disk_->start();
    return *supply_;
  }
  // Runs the worker's loop until this holds.
  void wait_until(const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    auto work = boost::asio::make_work_guard(worker_);
    while (!condition()) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "the disk thread did not answer";
      worker_.run_one_for(std::chrono::milliseconds(50));
      worker_.restart();
    }
  }
  [[nodiscard]] std::set<std::string> names() const {
    std::set<std::string> found;
    for (const auto& file : fs::directory_iterator(data_ / "web"))
      if (file.path().extension() != ".json") found.insert(file.path().filename());
    return found;
  }

  support::TempFolder folder_;
  fs::path data_ = folder_.path() / "data";
  Reports reports_;
  Customer customer_;
  int turns_ = 0;
  boost::asio::io_context worker_;
  std::optional<Storage> storage_;
  std::optional<DiskThread> disk_;
  std::shared_ptr<FileSupply> supply_;  // must not outlive it
};

TEST_F(DiskThreadTest, HandsOverFilesOnTheWorkersThreadAndGivesItATurn) {
  FileSupply& supply = open();
  supply.request_file();
  wait_until([&] { return customer_.files.size() == 1; });
  EXPECT_EQ(turns_, 1);
  EXPECT_EQ(customer_.granted_bytes, 16 * kMiB);
  supply.grow_file(customer_.files[0]);
  wait_until([&] { return customer_.granted_bytes == 32 * kMiB; });
}

TEST_F(DiskThreadTest, FinishesWhatWasHandedOverBeforeItStops) {
  FileSupply& supply = open();
  supply.request_file();
  wait_until([&] { return customer_.files.size() == 1; });
  supply.begin_file(customer_.files[0], PacketTime(std::chrono::seconds(1'700'000'000)));
  supply.finish_file(customer_.files[0], {.size_bytes = 100, .packets = 1, .error = {}});
  supply.request_file();
  disk_->stop();
  EXPECT_EQ(names(), std::set<std::string>{"20231114T221320.000000Z_eth0_w0.pcap"})
      << "and the file made ahead is gone";
}

TEST_F(DiskThreadTest, RemovesASupplyWithWhatItHasMadeAheadBehindItsLastAnswer) {
  FileSupply& supply = open();
  supply.request_file();
  wait_until([&] { return customer_.files.size() == 1; });
  bool removed = false;
  disk_->remove_supply(supply_, [&] { removed = true; });
  wait_until([&] { return removed; });
  EXPECT_EQ(names(), std::set<std::string>{});
  supply.request_file();
  supply.finish_file(customer_.files[0], {});  // it was on its way
  disk_->stop();
  EXPECT_EQ(customer_.files.size(), 1U);
  EXPECT_EQ(names(), std::set<std::string>{});
}

TEST_F(DiskThreadTest, MakesFilesOfAnotherSizeWhenToldTo) {
  FileSupply& supply = open();
  disk_->set_max_file_bytes(supply_, 2 * kMiB);
  supply.request_file();
  wait_until([&] { return customer_.files.size() == 1; });
  EXPECT_EQ(customer_.files[0]->max_bytes, 2 * kMiB);
}

TEST_F(DiskThreadTest, DeletesWhatIsBeyondTheCountWhenAFileIsFinished) {
  FileSupply& supply = open(1000 * kMiB, 1);
  for (std::size_t round = 0; round < 3; ++round) {
    supply.request_file();
    wait_until([&] { return customer_.files.size() == round + 1; });
    const auto second = std::chrono::seconds(1'700'000'000 + static_cast<std::int64_t>(round));
    supply.begin_file(customer_.files[round], PacketTime(second));
    supply.finish_file(customer_.files[round], {.size_bytes = 100, .packets = 1, .error = {}});
  }
  wait_until([&] { return names().contains("20231114T221322.000000Z_eth0_w0.pcap"); });
  wait_until([&] { return names().size() == 1; });
}

TEST_F(DiskThreadTest, DeletesWhatIsTooOldAtTheStart) {
  fs::create_directories(data_ / "web");
  const fs::path old = data_ / "web" / "20231114T221320.000000Z_eth0_w0.pcap";
  fs::copy_file("/proc/self/cmdline", old);
  fs::last_write_time(old, fs::file_time_type::clock::now() - std::chrono::hours(2));
  (void)open();
  wait_until([&] { return names().empty(); });
}

TEST_F(DiskThreadTest, LeavesAFileThatIsStillBeingWrittenWhenItStops) {
  FileSupply& supply = open();
  supply.request_file();
  wait_until([&] { return customer_.files.size() == 1; });
  supply.begin_file(customer_.files[0], PacketTime(std::chrono::seconds(1'700'000'000)));
  disk_->stop();
  EXPECT_EQ(names(), std::set<std::string>{"20231114T221320.000000Z_eth0_w0.pcap.part"});
}

TEST_F(DiskThreadTest, TriesAgainUntilAFileCanBeMadeAndReportsEachChangeOnce) {
  FileSupply& supply = open();
  // Where the folder was there is now a file: nothing can be made in it, not even by root.
  fs::remove_all(data_ / "web");
  fs::copy_file("/proc/self/cmdline", data_ / "web");
  supply.request_file();
  wait_until([&] { return customer_.refusals.size() == 2; });
  EXPECT_EQ(customer_.refusals[0], StorageProblem::kError);
  EXPECT_EQ(reports_.texts().size(), 1U);
  EXPECT_NE(reports_.texts()[0].find("web/eth0/worker 0"), std::string::npos);
  fs::remove(data_ / "web");
  wait_until([&] { return customer_.files.size() == 1; });
  EXPECT_EQ(reports_.texts().size(), 2U);
}

TEST_F(DiskThreadTest, SaysThatTheStorageIsFull) {
  FileSupply& supply = open(8 * kMiB);
  supply.request_file();
  wait_until([&] { return !customer_.refusals.empty(); });
  EXPECT_EQ(customer_.refusals[0], StorageProblem::kFull);
}

TEST_F(DiskThreadTest, RefusesGrowthThatTheBudgetCannotHold) {
  FileSupply& supply = open(20 * kMiB);
  supply.request_file();
  wait_until([&] { return customer_.files.size() == 1; });
  supply.grow_file(customer_.files[0]);
  wait_until([&] { return customer_.growth_refusals == 1; });
  EXPECT_EQ(customer_.granted_bytes, 16 * kMiB);
}

TEST_F(DiskThreadTest, ReportsAFailedWriteAndItsEnd) {
  FileSupply& supply = open();
  for (int round = 0; round < 2; ++round) {
    supply.request_file();
    wait_until([&] { return customer_.files.size() == static_cast<std::size_t>(round) + 1; });
    supply.begin_file(customer_.files.back(), PacketTime(std::chrono::seconds(round + 1)));
    FinishedFile finished{.size_bytes = 1000, .packets = 9, .error = {}};
    if (round == 0) finished.error = std::make_error_code(std::errc::io_error);
    supply.finish_file(customer_.files.back(), finished);
  }
  disk_->stop();
  ASSERT_EQ(reports_.texts().size(), 2U);
  EXPECT_NE(reports_.texts()[0].find("Input/output error; kept its first 9 packets"),
            std::string::npos);
  EXPECT_NE(reports_.texts()[1].find("writes work again"), std::string::npos);
}

TEST_F(DiskThreadTest, MakesNoFileForAWhileWhenOneWriteAfterTheOtherFails) {
  FileSupply& supply = open();
  supply.request_file();
  for (std::size_t failed = 1; failed <= 2; ++failed) {
    wait_until([&] { return customer_.files.size() == failed; });
    supply.begin_file(customer_.files.back(), PacketTime(std::chrono::seconds(failed)));
    supply.finish_file(
        customer_.files.back(),
        {.size_bytes = 1000, .packets = 9, .error = std::make_error_code(std::errc::io_error)});
    if (failed == 1) supply.request_file();
  }
  const auto second_failure = std::chrono::steady_clock::now();
  supply.request_file();
  wait_until([&] { return customer_.files.size() == 3; });
  EXPECT_GE(std::chrono::steady_clock::now() - second_failure, DiskThread::kRetryDelay);
}

TEST_F(DiskThreadTest, RecoversWhatAnEarlierRunLeftWhileItServes) {
  support::CraftedCapture left;
  left.add_frame(1'700'000'000'000'000'000, 1);
  fs::create_directories(data_ / "web");
  const fs::path part = data_ / "web" / "20231114T221320.000000Z_eth0_w0.pcap.part";
  std::ofstream(part, std::ios::binary)
      .write(reinterpret_cast<const char*>(left.bytes().data()),
             static_cast<std::streamsize>(left.bytes().size()));
  open().request_file();
  wait_until([&] { return !customer_.files.empty() && !fs::exists(part); });
  EXPECT_TRUE(names().contains("20231114T221320.000000Z_eth0_w0.pcap"));
}

}  // namespace
}  // namespace ringtail::store
