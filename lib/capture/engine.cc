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
#include "pcapfile/pcap_format.h"
#include "pcapfile/record_shape.h"
#include "ring/fanout.h"

namespace ringtail::capture {
namespace {

constexpr std::chrono::milliseconds kBlockTimeout{60};
// After the drain's deadline: for workers that are slow but not stuck to close their files.
constexpr std::chrono::seconds kAbandonTime{2};

// The kernel would rather kill other processes than refuse us ring memory, so we refuse it.
void check_ring_memory(const std::vector<CaptureOptions>& captures) {
  std::uint64_t wanted = 0;
  for (const CaptureOptions& capture : captures) {
    wanted += std::uint64_t{capture.blocks_per_ring} * ring::kBlockSizeBytes * capture.cpus.size() *
              capture.interfaces.size();
  }
  const std::uint64_t available = base::available_memory_bytes();
  if (available == 0 || wanted <= available / 2) return;
  throw std::runtime_error("the rings of all captures take " + std::to_string(wanted >> 20) +
                           " MiB, more than half of the " + std::to_string(available >> 20) +
                           " MiB of memory that is available: lower ring.memory");
}

pcapfile::RecordShape record_shape(const CaptureOptions& options, const ring::LinkType& link_type) {
  pcapfile::RecordShape shape{pcapfile::LinkHeader::kOther, options.precision, options.snaplen};
  if (link_type.number == pcapfile::kLinktypeEthernet)
    shape.link_header = pcapfile::LinkHeader::kEthernet;
  if (link_type.cooked) shape.link_header = pcapfile::LinkHeader::kCooked;
  return shape;
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
      disk_(storage_, report_),
      links_(report_) {
  check_ring_memory(options.captures);
  if (options.max_write_bytes_per_second != 0)
    write_rate_.emplace(options.max_write_bytes_per_second);
  for (const CaptureOptions& capture : options.captures) open_capture(capture);
}

Engine::~Engine() {
  for (const auto& worker : workers_) worker->stop();
  disk_.stop();
}

void Engine::open_capture(const CaptureOptions& options) {
  Capture& capture = *captures_.emplace_back(std::make_unique<Capture>(control_, options.name));
  if (options.limit.any()) {
    capture.limit = std::make_unique<Limit>(options.limit, [this, &capture] {
      boost::asio::post(control_, [this, &capture] { end_capture(capture); });
    });
    capture.limit_duration = options.limit.duration;
  }
  for (const InterfaceOptions& interface : options.interfaces) {
    links_.add(interface.name);
    ring::FanoutGroup group(options.fanout);
    for (const unsigned cpu : options.cpus) open_ring(capture, options, interface, group, cpu);
  }
}

void Engine::open_ring(Capture& capture, const CaptureOptions& options,
                       const InterfaceOptions& interface, ring::FanoutGroup& group, unsigned cpu) {
  ring::RxRing ring = ring::RxRing::open({.interface = interface.name,
                                          .block_count = options.blocks_per_ring,
                                          .cooked = interface.link_type.cooked,
                                          .promiscuous = options.promiscuous,
                                          .clock = options.clock,
                                          .block_timeout = kBlockTimeout});
  if (options.cpus.size() > 1) ring.join(group);

  Worker& worker = worker_on(cpu);
  const pcapfile::RecordShape shape = record_shape(options, interface.link_type);
  RingRecorder& recorder = worker.add(std::make_unique<RingRecorder>(
      std::move(ring), store::BlockingSink<ring::BlockLease>{},
      store::RotatingWriterOptions{.max_file_bytes = options.max_file_bytes,
                                   .interval = options.file_interval,
                                   .file_header = pcapfile::file_header(
                                       shape.snaplen, interface.link_type.number, shape.precision)},
      shape, capture.limit.get(), write_rate_ ? &*write_rate_ : nullptr));
  recorder.writer().connect(disk_.add_supply({.capture = options.name,
                                              .interface = interface.name,
                                              .worker = worker.number(),
                                              .max_file_bytes = options.max_file_bytes,
                                              .linktype = interface.link_type.number,
                                              .executor = worker.executor(),
                                              .customer = &recorder.writer(),
                                              .answered = [&worker] { worker.turn(); }}));
  capture.rings.push_back(std::make_unique<RingAccount>(
      RingAccount::Names{options.name, interface.name}, interface.filter, worker, recorder));
}

Worker& Engine::worker_on(unsigned cpu) {
  const auto found = std::ranges::find(worker_cpus_, cpu);
  if (found != worker_cpus_.end()) {
    return *workers_[static_cast<std::size_t>(found - worker_cpus_.begin())];
  }
  worker_cpus_.push_back(cpu);
  const auto number = static_cast<unsigned>(workers_.size());
  return *workers_.emplace_back(std::make_unique<Worker>(number, cpu));
}

void Engine::start(std::function<void()> all_ended) {
  all_ended_ = std::move(all_ended);
  captures_recording_ = captures_.size();
  on_close_.start();
  disk_.start();
  for (const auto& worker : workers_) worker->start();
  for (RingAccount* ring : all_rings()) ring->open_filter();
  for (const auto& capture : captures_) arm_limit(*capture);
  watch();
}

void Engine::watch() {
  links_.check();
  for (RingAccount* ring : all_rings()) ring->read_kernel_statistics();
  second_.expires_after(std::chrono::seconds(1));
  second_.async_wait([this](const boost::system::error_code& cancelled) {
    if (!cancelled && !ended_) watch();
  });
}

std::vector<RingAccount*> Engine::all_rings() const {
  std::vector<RingAccount*> rings;
  for (const auto& capture : captures_) {
    for (const auto& ring : capture->rings) rings.push_back(ring.get());
  }
  return rings;
}

void Engine::arm_limit(Capture& capture) {
  if (!capture.limit || capture.limit_duration == LimitOptions{}.duration) return;
  capture.limit_timer.expires_after(capture.limit_duration);
  capture.limit_timer.async_wait([&capture](const boost::system::error_code& cancelled) {
    if (!cancelled) capture.limit->reach();
  });
}

void Engine::end_capture(Capture& capture) {
  if (drained_ || ended_) return;  // everything ends, or has
  report_(base::Severity::kInfo, "capture " + capture.name + ": its limit is reached");
  capture.limit_timer.cancel();
  std::vector<RingAccount*> rings;
  for (const auto& ring : capture.rings) rings.push_back(ring.get());
  drain_rings(rings, [this] {
    if (--captures_recording_ == 0) all_ended_();
  });
}

Snapshot Engine::snapshot() {
  Snapshot snapshot;
  for (const auto& capture : captures_) {
    for (const auto& ring : capture->rings)
      snapshot.recorders.push_back(ring->snapshot(links_, capture->limit.get()));
  }
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
    CaptureSnapshot capture{.capture = usage->capture,
                            .storage_used_bytes = usage->used_bytes.load(std::memory_order_relaxed),
                            .storage_limit_bytes = usage->limit_bytes};
    const std::int64_t oldest = usage->oldest_microseconds.load(std::memory_order_relaxed);
    if (oldest != 0) capture.oldest_packet_timestamp_seconds = static_cast<double>(oldest) / 1e6;
    snapshot.captures.push_back(std::move(capture));
  }
  const store::RecoveryTotals& recovery = storage_.recovery();
  for (const store::OnCloseTotals* totals : on_close_.totals()) {
    OnCloseSnapshot& runs = snapshot.on_close.emplace_back();
    runs.capture = totals->capture;
    for (std::size_t result = 0; result < store::kOnCloseResultCount; ++result)
      runs.runs[result] = totals->runs[result].load(std::memory_order_relaxed);
  }
  snapshot.recovered_files = recovery.recovered_files.load(std::memory_order_relaxed);
  snapshot.recovery_cut_bytes = recovery.cut_bytes.load(std::memory_order_relaxed);
  return snapshot;
}

void Engine::drain_rings(const std::vector<RingAccount*>& rings,
                         const std::function<void()>& drained) {
  for (RingAccount* ring : rings) ring->close_filter();
  wait_for_replaced_filters();
  for (RingAccount* ring : rings) ring->read_kernel_statistics();
  const auto left = std::make_shared<std::size_t>(rings.size());
  for (RingAccount* ring : rings) {
    ring->drain([this, left, drained] {
      boost::asio::post(control_, [left, drained] {
        if (--*left == 0) drained();
      });
    });
  }
}

void Engine::drain(std::function<void(Drain)> done) {
  drained_ = std::move(done);
  for (const auto& capture : captures_) capture->limit_timer.cancel();
  arm_deadline(kDrainDeadline);
  drain_rings(all_rings(), [this] { workers_drained(); });
}

void Engine::workers_drained() {
  for (const auto& worker : workers_) worker->stop();
  // The last files are still being finished.
  disk_.close(control_.get_executor(), [this] {
    disk_.stop();
    files_finished();
  });
}

// What is lost is known: a program that is killed now changes nothing about it.
void Engine::files_finished() {
  files_finished_ = true;
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
  if (files_finished_) on_close_.kill();
  for (const auto& worker : workers_) worker->abandon();
  arm_deadline(kAbandonTime);
}

void Engine::end_drain(Drain result) {
  if (std::exchange(ended_, true)) return;
  deadline_.cancel();
  second_.cancel();
  std::exchange(drained_, nullptr)(result);
}

}  // namespace ringtail::capture
