#include "store/disk_thread.h"

#include <sys/resource.h>
#include <unistd.h>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <exception>
#include <set>
#include <system_error>

#include "base/thread.h"

namespace ringtail::store {
namespace {

constexpr int kNiceness = 10;  // behind the host's own work, before batch jobs

}  // namespace

// The methods of FileSupply are called on the worker's thread and only post; the others run on the
// disk thread.
class DiskThread::Supply final : public FileSupply, public std::enable_shared_from_this<Supply> {
 public:
  Supply(DiskThread& disk, SupplyOptions options)
      : disk_(disk), options_(std::move(options)), retry_(disk.context_) {}

  void request_file() override {
    boost::asio::post(disk_.context_, [self = shared_from_this()] { self->make_file(); });
  }
  void begin_file(std::shared_ptr<OpenFile> file, PacketTime start) override {
    boost::asio::post(disk_.context_, [self = shared_from_this(), file = std::move(file), start] {
      self->begin(file, start);
    });
  }
  void grow_file(std::shared_ptr<OpenFile> file) override {
    boost::asio::post(disk_.context_,
                      [self = shared_from_this(), file = std::move(file)] { self->grow(file); });
  }
  void finish_file(std::shared_ptr<OpenFile> file, FinishedFile finished) override {
    boost::asio::post(disk_.context_, [self = shared_from_this(), file = std::move(file),
                                       finished] { self->finish(file, finished); });
  }

  void set_max_file_bytes(std::uint64_t bytes) { options_.max_file_bytes = bytes; }
  [[nodiscard]] const boost::asio::any_io_executor& executor() const { return options_.executor; }
  // No more requests are served.
  void close() {
    closed_ = true;
    retry_.cancel();
  }
  // After the last job: removes what was made ahead and holds no packet.
  void remove_unbegun() {
    while (!unbegun_.empty()) {
      const std::shared_ptr<OpenFile> file = *unbegun_.begin();
      finish(file, {});
    }
  }

 private:
  template <typename Call>
  void answer(Call call) {
    boost::asio::post(options_.executor, [call = std::move(call), customer = options_.customer,
                                          answered = options_.answered] {
      call(*customer);
      answered();
    });
  }

  void make_file_at(std::chrono::steady_clock::time_point time) {
    retry_.expires_at(time);
    retry_.async_wait([self = shared_from_this()](const boost::system::error_code& cancelled) {
      if (!cancelled) self->make_file();
    });
  }

  void make_file() {
    if (closed_) return;
    if (std::chrono::steady_clock::now() < not_before_) return make_file_at(not_before_);
    try {
      auto file = disk_.storage_.create(options_.capture, options_.interface, options_.worker,
                                        options_.max_file_bytes, options_.format);
      unbegun_.insert(file);
      report_change(making_fails_, false, "new files can be made again");
      report_change(writing_fails_, false, "writes work again");
      answer([file, granted = file->granted_bytes](FileCustomer& customer) {
        customer.file_ready(file, granted);
      });
    } catch (const std::system_error& error) {
      // Whoever was told that writes fail knows why there is no file.
      if (!writing_fails_) report_change(making_fails_, true, error.what());
      answer([problem = problem_of(error.code())](FileCustomer& customer) {
        customer.file_refused(problem);
      });
      make_file_at(std::chrono::steady_clock::now() + kRetryDelay);
    }
  }

  void begin(const std::shared_ptr<OpenFile>& file, PacketTime start) {
    unbegun_.erase(file);
    try {
      disk_.storage_.begin(*file, start);
    } catch (const std::system_error& error) {
      // Recording goes on under the hidden name; finish() tries the final one.
      report(base::Severity::kError, error.what());
    }
  }

  void grow(const std::shared_ptr<OpenFile>& file) {
    try {
      disk_.storage_.grow(*file);
      answer([file, granted = file->granted_bytes](FileCustomer& customer) {
        customer.file_grown(file.get(), granted);
      });
    } catch (const std::system_error& error) {
      answer([file](FileCustomer& customer) { customer.growth_refused(file.get()); });
    }
  }

  void finish(const std::shared_ptr<OpenFile>& file, const FinishedFile& finished) {
    unbegun_.erase(file);
    const std::string path = (file->folder / file->name).string();
    if (finished.error) {
      // The first new file comes at once, as a write to it is tried; if others fail, too, they
      // wait.
      const auto now = std::chrono::steady_clock::now();
      if (now < last_failure_ + kRetryDelay) not_before_ = now + kRetryDelay;
      last_failure_ = now;
      report_change(writing_fails_, true,
                    "write to " + path + ": " + finished.error.message() + "; kept its first " +
                        std::to_string(finished.packets) +
                        " packets, later ones count as lost until writes work");
    }
    try {
      disk_.storage_.finish(*file, finished);
      file->fd.reset();
      if (finished.packets > 0) report_change(finishing_fails_, false, "files are finished again");
    } catch (const std::system_error& error) {
      report_change(finishing_fails_, true,
                    std::string(error.what()) + "; the file stays as " + file->name);
    }
    disk_.retain();
  }

  void report_change(bool& failing, bool fails, const std::string& text) {
    if (failing == fails) return;
    failing = fails;
    report(fails ? base::Severity::kError : base::Severity::kInfo, text);
  }
  void report(base::Severity severity, const std::string& text) const {
    disk_.report_(severity, options_.capture + "/" + options_.interface + "/worker " +
                                std::to_string(options_.worker) + ": " + text);
  }

  DiskThread& disk_;
  SupplyOptions options_;
  boost::asio::steady_timer retry_;
  std::chrono::steady_clock::time_point not_before_;  // after failed writes
  std::chrono::steady_clock::time_point last_failure_ = not_before_ - kRetryDelay;  // none yet
  std::set<std::shared_ptr<OpenFile>> unbegun_;  // made, but no packet is in them
  bool closed_ = false;
  bool making_fails_ = false;
  bool writing_fails_ = false;
  bool finishing_fails_ = false;
};

DiskThread::DiskThread(Storage& storage, base::Reporter report)
    : storage_(storage),
      report_(std::move(report)),
      work_(context_.get_executor()),
      watch_timer_(context_) {}

DiskThread::~DiskThread() { stop(); }

std::shared_ptr<FileSupply> DiskThread::add_supply(SupplyOptions options) {
  auto supply = std::make_shared<Supply>(*this, std::move(options));
  boost::asio::post(context_, [this, supply] { supplies_.push_back(supply); });
  return supply;
}

std::shared_ptr<DiskThread::Supply> DiskThread::own(const std::shared_ptr<FileSupply>& supply) {
  return std::static_pointer_cast<Supply>(supply);
}

void DiskThread::remove_supply(const std::shared_ptr<FileSupply>& supply,
                               std::function<void()> removed) {
  boost::asio::post(context_, [this, supply = own(supply), removed = std::move(removed)] {
    supply->close();
    supply->remove_unbegun();
    std::erase(supplies_, supply);
    boost::asio::post(supply->executor(), removed);
  });
}

void DiskThread::set_max_file_bytes(const std::shared_ptr<FileSupply>& supply,
                                    std::uint64_t bytes) {
  boost::asio::post(context_, [supply = own(supply), bytes] { supply->set_max_file_bytes(bytes); });
}

void DiskThread::prepare(std::vector<std::string> captures,
                         std::function<void(const std::string& error)> prepared) {
  boost::asio::post(context_,
                    [this, captures = std::move(captures), prepared = std::move(prepared)] {
                      std::string problem;
                      try {
                        storage_.prepare(captures);
                      } catch (const std::exception& error) {
                        problem = error.what();
                      }
                      prepared(problem);
                    });
}

void DiskThread::adopt(StorageOptions options, std::function<void()> adopted) {
  boost::asio::post(context_, [this, options = std::move(options), adopted = std::move(adopted)] {
    storage_.adopt(options);
    retain();
    adopted();
  });
}

void DiskThread::start() {
  thread_ = base::start_thread("disk", [this] {
    (void)::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kNiceness);
    context_.run();
  });
  boost::asio::post(context_, [this] {
    retain();
    watch();
    recover();
  });
}

// One small piece at a time, so that no worker waits for its next file longer than that.
void DiskThread::recover() {
  if (closed_ || !storage_.recover_step()) return;
  boost::asio::post(context_, [this] { recover(); });
}

// One file at a time, for the same reason.
void DiskThread::retain() {
  if (closed_ || !storage_.retain_step(TrustedClock::read_host())) return;
  boost::asio::post(context_, [this] { retain(); });
}

void DiskThread::watch() {
  watch_timer_.expires_after(kWatchPeriod);
  watch_timer_.async_wait([this](const boost::system::error_code& cancelled) {
    if (cancelled || closed_) return;
    storage_.look_at_disk();
    if (storage_.goes_by_age()) retain();
    if (storage_.recover_again()) recover();
    watch();
  });
}

void DiskThread::close(boost::asio::any_io_executor executor, std::function<void()> closed) {
  boost::asio::post(context_, [this, executor = std::move(executor), closed = std::move(closed)] {
    close_supplies();
    boost::asio::post(executor, closed);
  });
}

void DiskThread::close_supplies() {
  closed_ = true;
  watch_timer_.cancel();
  for (const auto& supply : supplies_) supply->close();
  for (const auto& supply : supplies_) supply->remove_unbegun();
}

void DiskThread::stop() {
  if (!thread_.joinable()) return;
  boost::asio::post(context_, [this] { close_supplies(); });
  work_.reset();
  thread_.join();
}

}  // namespace ringtail::store
