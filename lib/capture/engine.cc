#include "capture/engine.h"

#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <stdexcept>
#include <thread>
#include <utility>

#include "base/host_memory.h"
#include "base/report_once.h"
#include "capture/storage_snapshot.h"

namespace ringtail::capture {
namespace {

// After the drain's deadline: for workers that are slow but not stuck to close their files.
constexpr std::chrono::seconds kAbandonTime{2};

// The kernel would rather kill other processes than refuse us ring memory, so we refuse it.
void check_ring_memory(const EngineOptions& options) {
  std::uint64_t wanted = 0;
  for (const WatchOptions& watch : options.tcp_watch)
    wanted += std::uint64_t{TcpWatch::kBlocksPerRing} * ring::kBlockSizeBytes * watch.cpus.size();
  for (const CaptureOptions& capture : options.captures) {
    wanted += std::uint64_t{capture.blocks_per_ring} * ring::kBlockSizeBytes * capture.cpus.size() *
              capture.interfaces.size();
  }
  const std::uint64_t available = base::available_memory_bytes();
  if (available == 0 || wanted <= available / 2) return;
  throw std::runtime_error("the rings of all captures and of the TCP watch take " +
                           std::to_string(wanted >> 20) + " MiB, more than half of the " +
                           std::to_string(available >> 20) +
                           " MiB of memory that is available: lower ring.memory");
}

std::vector<store::OnCloseOptions> on_close_options(const std::vector<CaptureOptions>& captures) {
  std::vector<store::OnCloseOptions> options;
  options.reserve(captures.size());
  for (const CaptureOptions& capture : captures)
    options.push_back({capture.name, capture.on_close, capture.on_close_timeout});
  return options;
}

store::StorageOptions with_on_closed(store::StorageOptions options,
                                     std::function<void(const store::ClosedFile&)> on_closed) {
  options.on_closed = std::move(on_closed);
  return options;
}

// From its return on, no packet is on its way through a filter that was replaced before the call.
void wait_for_replaced_filters() {
  if (::syscall(__NR_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0) == 0) return;
  std::this_thread::sleep_for(2 * kBlockTimeout);  // forbidden here: longer than any packet's way
}

// From its return on, no packet enters their rings.
void close_filters(const std::vector<InterfaceRecording*>& recordings) {
  for (const InterfaceRecording* recording : recordings) {
    for (const auto& account : recording->accounts()) account->close_filter();
  }
  wait_for_replaced_filters();
}

}  // namespace

Engine::Engine(boost::asio::io_context& control, EngineOptions options, base::Reporter report)
    : report_(std::move(report)),
      control_(control),
      second_(control),
      deadline_(control),
      on_close_(on_close_options(options.captures), report_),
      storage_(with_on_closed(std::move(options.storage),
                              [this](const store::ClosedFile& file) { on_close_.submit(file); }),
               report_),
      report_unregistered_(base::report_once(report_, base::Severity::kInfo)),
      links_(control, report_),
      interface_counters_(control_, opener_, report_),
      surroundings_{control_, opener_, links_, report_, [this] { look_at_links(); }},
      disk_(storage_, report_) {
  check_ring_memory(options);
  if (options.max_write_bytes_per_second != 0)
    write_rate_.emplace(options.max_write_bytes_per_second);
  for (CaptureOptions& capture : options.captures) open_capture(std::move(capture));
  for (WatchOptions& watch : options.tcp_watch) open_tcp_watch(std::move(watch));
}

Engine::~Engine() {
  opener_.join();
  for (const auto& worker : workers_) worker->stop();
  disk_.stop();
}

void Engine::open_capture(CaptureOptions options) {
  Capture& capture =
      *captures_.emplace_back(std::make_unique<Capture>(control_, std::move(options)));
  if (capture.options.limit.any()) {
    capture.limit = std::make_unique<Limit>(capture.options.limit, [this, &capture] {
      boost::asio::post(control_, [this, &capture] { end_capture(capture); });
    });
  }
  for (const InterfaceOptions& interface : capture.options.interfaces) {
    links_.add(interface.name);
    interface_counters_.add(interface.name);
    std::vector<std::unique_ptr<RingAccount>> accounts;
    std::vector<RecorderAccount*> recorders;
    for (const unsigned cpu : capture.options.cpus) {
      auto account = add_recorder(capture, interface.name, cpu);
      recorders.push_back(account.get());
      accounts.push_back(std::move(account));
    }
    const auto& recording = capture.interfaces.emplace_back(std::make_shared<InterfaceRecording>(
        surroundings_, capture.options.name, ring_group_options(capture.options), interface,
        std::move(accounts)));
    for (RecorderAccount* recorder : recorders)
      capture.recorders.push_back({*recording, *recorder});
  }
}

void Engine::open_tcp_watch(WatchOptions options) {
  links_.add(options.interface.name);
  std::vector<Worker*> workers;
  for (const unsigned cpu : options.cpus) workers.push_back(&worker_on(cpu));
  tcp_watch_.push_back(
      std::make_unique<TcpWatch>(surroundings_, std::move(options.interface), workers));
}

std::unique_ptr<RecorderAccount> Engine::add_recorder(const Capture& capture,
                                                      const std::string& interface, unsigned cpu) {
  Worker& worker = worker_on(cpu);
  const CaptureOptions& options = capture.options;
  RingRecorder& recorder = worker.add(std::make_unique<RingRecorder>(
      RingSink(store::UringSink<ring::BlockLease>(worker.uring())),
      store::RotatingWriterOptions{.max_file_bytes = options.max_file_bytes,
                                   .interval = options.file_interval},
      capture.limit.get(), write_rate_ ? &*write_rate_ : nullptr));
  recorder.writer().connect(disk_.add_supply({.capture = options.name,
                                              .interface = interface,
                                              .worker = worker.number(),
                                              .max_file_bytes = options.max_file_bytes,
                                              .executor = worker.executor(),
                                              .customer = &recorder.writer(),
                                              .answered = [&worker] { worker.turn(); }}));
  return std::make_unique<RecorderAccount>(RecorderAccount::Names{options.name, interface}, worker,
                                           recorder);
}

Worker& Engine::worker_on(unsigned cpu) {
  const auto found = std::ranges::find(worker_cpus_, cpu);
  if (found != worker_cpus_.end()) {
    return *workers_[static_cast<std::size_t>(found - worker_cpus_.begin())];
  }
  worker_cpus_.push_back(cpu);
  const auto number = static_cast<unsigned>(workers_.size());
  Worker& worker = *workers_.emplace_back(std::make_unique<Worker>(number, cpu));
  if (!storage_.uses_uring()) return worker;
  try {
    worker.open_uring(report_unregistered_);
  } catch (const std::system_error& error) {
    if (storage_.must_use_uring()) throw;
    report_(base::Severity::kWarning,
            "worker " + std::to_string(number) + " waits for each of its writes: " + error.what());
  }
  return worker;
}

void Engine::start(std::function<void()> all_ended) {
  all_ended_ = std::move(all_ended);
  captures_recording_ = captures_.size();
  on_close_.start();
  disk_.start();
  for (const auto& worker : workers_) worker->start();
  for (InterfaceRecording* recording : all_recordings()) recording->start();
  for (const auto& capture : captures_) arm_limit(*capture);
  links_.start([this] { look_at_links(); });
  watch();
}

// What links_ is told is seen at once; the look each second is for what it was not told.
void Engine::watch() {
  look_at_links();
  interface_counters_.read();
  for (InterfaceRecording* recording : all_recordings()) {
    for (const auto& account : recording->accounts()) account->read_kernel_statistics();
  }
  second_.expires_after(std::chrono::seconds(1));
  second_.async_wait([this](const boost::system::error_code& cancelled) {
    if (!cancelled && !ended_) watch();
  });
}

void Engine::look_at_links() {
  links_.look();
  std::vector<InterfaceRecording*> leaving;
  for (InterfaceRecording* recording : all_recordings()) {
    recording->must_leave() ? leaving.push_back(recording) : recording->bind_if_found();
  }
  if (leaving.empty()) return;
  close_filters(leaving);
  for (InterfaceRecording* recording : leaving) recording->leave();
}

std::vector<InterfaceRecording*> Engine::all_recordings() const {
  std::vector<InterfaceRecording*> recordings;
  for (const auto& capture : captures_) {
    for (const auto& recording : capture->interfaces) recordings.push_back(recording.get());
  }
  for (const auto& watch : tcp_watch_) recordings.push_back(&watch->recording());
  return recordings;
}

void Engine::arm_limit(Capture& capture) {
  const std::chrono::nanoseconds duration = capture.options.limit.duration;
  if (!capture.limit || duration == LimitOptions{}.duration) return;
  capture.limit_timer.expires_after(duration);
  capture.limit_timer.async_wait([&capture](const boost::system::error_code& cancelled) {
    if (!cancelled) capture.limit->reach();
  });
}

void Engine::end_capture(Capture& capture) {
  if (drained_ || ended_) return;  // everything ends, or has
  report_(base::Severity::kInfo, "capture " + capture.options.name + ": its limit is reached");
  capture.limit_timer.cancel();
  std::vector<InterfaceRecording*> recordings;
  for (const auto& recording : capture.interfaces) recordings.push_back(recording.get());
  drain_recordings(recordings, [this] {
    if (--captures_recording_ == 0) all_ended_();
  });
}

Snapshot Engine::snapshot() {
  Snapshot snapshot;
  for (const auto& capture : captures_) {
    for (const auto& [recording, account] : capture->recorders)
      snapshot.recorders.push_back(account.snapshot(recording.condition(), capture->limit.get()));
  }
  for (const auto& watch : tcp_watch_) snapshot.tcp_watch.push_back(watch->snapshot());
  for (const auto& worker : workers_) {
    const auto seconds = [](std::chrono::nanoseconds time) {
      return std::chrono::duration<double>(time).count();
    };
    const WorkerClock::Reading clock = worker->read_clock();
    snapshot.workers.push_back({.worker = worker->number(),
                                .encoding_seconds = seconds(clock.spent[0]),
                                .waiting_disk_seconds = seconds(clock.spent[1]),
                                .idle_seconds = seconds(clock.spent[2]),
                                .last_progress = clock.last_progress});
  }
  for (const auto& usage : storage_.usage()) {
    CaptureSnapshot& capture = snapshot.captures.emplace_back(capture_snapshot(storage_, *usage));
    add_options_and_writes(capture);
  }
  for (const store::OnCloseTotals* totals : on_close_.totals()) {
    OnCloseSnapshot& runs = snapshot.on_close.emplace_back();
    runs.capture = totals->capture;
    for (std::size_t result = 0; result < store::kOnCloseResultCount; ++result)
      runs.runs[result] = totals->runs[result].load(std::memory_order_relaxed);
  }
  snapshot.storage = storage_snapshot(storage_);
  snapshot.interfaces = interface_counters_.last();
  return snapshot;
}

void Engine::add_options_and_writes(CaptureSnapshot& snapshot) const {
  for (const auto& capture : captures_) {
    if (capture->options.name != snapshot.capture) continue;
    snapshot.filter = capture->options.filter;
    for (const auto& [recording, account] : capture->recorders) account.add_writes(snapshot.writes);
  }
}

void Engine::drain_recordings(const std::vector<InterfaceRecording*>& recordings,
                              const std::function<void()>& drained) {
  close_filters(recordings);
  const auto left = std::make_shared<std::size_t>(0);
  for (InterfaceRecording* recording : recordings) {
    recording->end();
    for (const auto& account : recording->accounts()) {
      ++*left;
      account->read_kernel_statistics();
      account->drain([this, left, drained] {
        boost::asio::post(control_, [left, drained] {
          if (--*left == 0) drained();
        });
      });
    }
  }
}

void Engine::drain(std::function<void(Drain)> done) {
  drained_ = std::move(done);
  for (const auto& capture : captures_) capture->limit_timer.cancel();
  arm_deadline(kDrainDeadline);
  drain_recordings(all_recordings(), [this] { workers_drained(); });
}

void Engine::workers_drained() {
  for (const auto& worker : workers_) worker->stop();
  // The last files are still being finished.
  disk_.close(control_.get_executor(), [this] { disk_closed(); });
}

void Engine::disk_closed() {
  disk_.stop();
  // The opener may still be at work for an interface that changed just before.
  boost::asio::post(opener_,
                    [this] { boost::asio::post(control_, [this] { recording_ended(); }); });
}

// What is lost is known: a program that is killed now changes nothing about it.
void Engine::recording_ended() {
  recording_ended_ = true;
  if (abandoned_) on_close_.kill();
  on_close_.close(
      control_.get_executor(),
      [this, result = abandoned_ ? Drain::kCutShort : Drain::kComplete] { end_drain(result); });
}

void Engine::hurry() {
  if (drained_ && !abandoned_) deadline_passed();
}

void Engine::arm_deadline(std::chrono::seconds time) {
  deadline_.expires_after(time);
  deadline_.async_wait([this](const boost::system::error_code& cancelled) {
    if (!cancelled && !ended_) deadline_passed();
  });
}

void Engine::deadline_passed() {
  if (abandoned_) return end_drain(Drain::kStuck);
  abandoned_ = true;
  if (recording_ended_) on_close_.kill();
  for (const auto& worker : workers_) worker->abandon();
  arm_deadline(kAbandonTime);
}

void Engine::end_drain(Drain result) {
  if (std::exchange(ended_, true)) return;
  deadline_.cancel();
  second_.cancel();
  links_.stop();
  std::exchange(drained_, nullptr)(result);
}

}  // namespace ringtail::capture
