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
  std::uint64_t max_file_bytes = 0;
  boost::asio::any_io_executor executor;  // the worker's: runs the customer's calls
  FileCustomer* customer = nullptr;
  std::function<void()> answered;  // after each of them, on the same thread
};

// The thread that does everything about files that can block, at low priority, so that no worker
// ever does: opens and preallocates them ahead, grows, finishes and deletes them. Between these
// jobs it recovers what earlier runs left unfinished, and deletes what need not be kept any longer.
//
// A file that cannot be made is tried again every kRetryDelay until it can, and after a failed
// write none is made for so long. What goes wrong and what works again is reported once per change.
class DiskThread {
 public:
  static constexpr std::chrono::seconds kRetryDelay{1};
  // Between two looks at how old files are, and how full the disk is.
  static constexpr std::chrono::seconds kWatchPeriod{1};

  DiskThread(Storage& storage, base::Reporter report);
  ~DiskThread();
  DiskThread(const DiskThread&) = delete;
  DiskThread& operator=(const DiskThread&) = delete;

  // Before start(). The supply lives as long as the disk thread; the customer and the executor's
  // context must live until stop() has returned.
  FileSupply& add_supply(SupplyOptions options);
  void start();
  // Does what was handed over so far, removes the files that nobody began, serves nothing further;
  // then `closed` is called on the executor.
  void close(boost::asio::any_io_executor executor, std::function<void()> closed);
  // The same, and ends the thread; blocks until then.
  void stop();

 private:
  class Supply;

  void recover();
  void retain();
  void watch();
  void close_supplies();

  Storage& storage_;
  base::Reporter report_;
  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::vector<std::unique_ptr<Supply>> supplies_;
  boost::asio::steady_timer watch_timer_;
  bool closed_ = false;
  std::thread thread_;
};

}  // namespace ringtail::store
