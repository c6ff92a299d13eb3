#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/report.h"
#include "store/open_file.h"
#include "store/storage.h"

namespace ringtail::store {

// Whose files a supply makes, and where its answers go.
struct SupplyOptions {
  std::string capture;
  std::string interface;
  unsigned worker = 0;
  pcapfile::Format format = pcapfile::Format::kPcap;
  std::uint64_t max_file_bytes = 0;
  boost::asio::any_io_executor executor;  // the worker's: runs the customer's calls
  FileCustomer* customer = nullptr;
  std::function<void()> answered;  // after each of them, on the same thread
};

// The thread that does everything about files that can block, at low priority, so that no worker
// ever does: opens and preallocates them ahead, grows, finishes and deletes them. Between these
// jobs it recovers what earlier runs left unfinished, and deletes what need not be kept any longer.
//
// A file that cannot be made is tried again every kRetryDelay until it can, and when two writes
// fail within that time none is made for so long: one alone costs no more than it must. What goes
// wrong and what works again is reported once per change.
class DiskThread {
 public:
  static constexpr std::chrono::seconds kRetryDelay{1};
  // Between two looks at how old files are, and how full the disk is.
  static constexpr std::chrono::seconds kWatchPeriod{1};

  DiskThread(Storage& storage, base::Reporter report);
  ~DiskThread();
  DiskThread(const DiskThread&) = delete;
  DiskThread& operator=(const DiskThread&) = delete;

  // Any thread, until close(); the supply must not outlive the disk thread. The customer and the
  // executor's context must live until the supply is removed, or stop() has returned.
  [[nodiscard]] std::shared_ptr<FileSupply> add_supply(SupplyOptions options);
  // The supply's customer has handed back all files: removes those that were made ahead. `removed`
  // is called on the supply's executor, behind the last call of the customer.
  void remove_supply(const std::shared_ptr<FileSupply>& supply, std::function<void()> removed);
  // Files that are made from now on.
  void set_max_file_bytes(const std::shared_ptr<FileSupply>& supply, std::uint64_t bytes);
  // Storage::prepare(); `prepared` is called on the disk thread, with what is wrong if that fails.
  void prepare(std::vector<std::string> captures,
               std::function<void(const std::string& error)> prepared);
  // Storage::adopt(), then calls `adopted` on the disk thread.
  void adopt(StorageOptions options, std::function<void()> adopted);
  void start();
  // Does what was handed over so far, removes the files that nobody began, serves nothing further;
  // then `closed` is called on the executor.
  void close(boost::asio::any_io_executor executor, std::function<void()> closed);
  // The same, and ends the thread; blocks until then.
  void stop();

 private:
  class Supply;

  static std::shared_ptr<Supply> own(const std::shared_ptr<FileSupply>& supply);
  void recover();
  void retain();
  void watch();
  void close_supplies();

  Storage& storage_;
  base::Reporter report_;
  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::vector<std::shared_ptr<Supply>> supplies_;
  boost::asio::steady_timer watch_timer_;
  bool closed_ = false;
  std::thread thread_;
};

}  // namespace ringtail::store
