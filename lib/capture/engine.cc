#include "capture/engine.h"

#include <linux/membarrier.h>
#include <net/if_arp.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <stdexcept>
#include <thread>
#include <utility>

#include "base/host_memory.h"
#include "filter/direction.h"
#include "pcapfile/pcap_format.h"
#include "ring/fanout.h"
#include "ring/interface.h"

namespace ringtail::capture {
namespace {

constexpr std::chrono::milliseconds kBlockTimeout{60};
constexpr std::chrono::seconds kLongWait{2};
// After the drain's deadline: for workers that are slow but not stuck to close their files.
constexpr std::chrono::seconds kAbandonTime{2};

// The kernel would rather kill other processes than refuse us ring memory, so we refuse it.
void check_ring_memory(const std::vector<CaptureOptions>& captures) {
  std::uint64_t wanted = 0;
  for (const CaptureOptions& capture : captures) {
    wanted += std::uint64_t{capture.blocks_per_ring} * ring::kBlockSizeBytes * capture.cpus.size();
  }
  const std::uint64_t available = base::available_memory_bytes();
  if (available == 0 || wanted <= available / 2) return;
  throw std::runtime_error("the rings of all captures take " + std::to_string(wanted >> 20) +
                           " MiB, more than half of the " + std::to_string(available >> 20) +
                           " MiB of memory that is available: lower ring.memory");
}

filter::Program for_link(const CaptureOptions& capture, const ring::Interface& interface) {
  switch (interface.hardware_type) {
    case ARPHRD_ETHER:
      return capture.filter;
    case ARPHRD_LOOPBACK:
      return filter::with_direction(capture.filter, filter::Direction::kBoth, true);
    default:
      throw std::runtime_error("capture " + capture.name + ": the link type of " +
                               capture.interface + " (ARPHRD " +
                               std::to_string(interface.hardware_type) +
                               ") is not supported yet; Ethernet and loopback are");
  }
}

// From its return on, no packet is on its way through a filter that was replaced before the call.
void wait_for_replaced_filters() {
  if (::syscall(__NR_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0) == 0) return;
  std::this_thread::sleep_for(2 * kBlockTimeout);  // forbidden here: longer than any packet's way
}

// Whether a block has been waiting for longer than a disk that works takes.
bool waits_for_disk(const RecorderCounters& counters) {
  const RingRecorder::Clock::duration since{counters.waiting_since.load(std::memory_order_relaxed)};
  const auto waited = RingRecorder::Clock::now().time_since_epoch() - since;
  return since.count() != 0 && waited > kLongWait;
}

void add(std::array<std::uint64_t, kDropReasonCount>& dropped, DropReason reason,
         std::uint64_t packets) {
  dropped[static_cast<std::size_t>(reason)] += packets;
}

}  // namespace

Engine::Engine(boost::asio::io_context& control, EngineOptions options, base::Reporter report)
    : report_(std::move(report)),
      control_(control),
      second_(control),
      deadline_(control),
      storage_(std::move(options.storage), report_),
      disk_(storage_, report_),
      links_(report_) {
  check_ring_memory(options.captures);
  for (const CaptureOptions& capture : options.captures) open_capture(capture);
}

Engine::~Engine() {
  for (const auto& worker : workers_) worker->stop();
  disk_.stop();
}

void Engine::open_capture(const CaptureOptions& capture) {
  const ring::Interface interface =
      ring::find_interface(ring::open_lookup_socket().get(), capture.interface);
  const filter::Program program = for_link(capture, interface);
  links_.add(capture.interface, interface.index);
  ring::FanoutGroup group;
  for (const unsigned cpu : capture.cpus) {
    ring::RxRing ring = ring::RxRing::open({.interface = capture.interface,
                                            .block_count = capture.blocks_per_ring,
                                            .block_timeout = kBlockTimeout});
    if (capture.cpus.size() > 1) ring.join(group);

    Worker& worker = worker_on(cpu);
    const store::RotatingWriterOptions writer{
        .max_file_bytes = capture.max_file_bytes,
        .file_header = pcapfile::file_header(capture.snaplen, pcapfile::kLinktypeEthernet)};
    RingRecorder& recorder = worker.add(std::make_unique<RingRecorder>(
        std::move(ring), store::BlockingSink<ring::BlockLease>{}, writer, capture.snaplen));
    recorder.writer().connect(disk_.add_supply({.capture = capture.name,
                                                .interface = capture.interface,
                                                .worker = worker.number(),
                                                .max_file_bytes = capture.max_file_bytes,
                                                .executor = worker.executor(),
                                                .customer = &recorder.writer(),
                                                .answered = [&worker] { worker.turn(); }}));
    accounts_.push_back(std::make_unique<RingAccount>());
    RingAccount& account = *accounts_.back();
    account.capture = capture.name;
    account.interface = capture.interface;
    account.worker = &worker;
    account.recorder = &recorder;
    account.filter = program;
  }
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

void Engine::start() {
  disk_.start();
  for (const auto& worker : workers_) worker->start();
  for (const auto& account : accounts_) account->recorder->source().attach_filter(account->filter);
  watch();
}

void Engine::watch() {
  links_.check();
  for (const auto& account : accounts_) read_kernel_statistics(*account);
  second_.expires_after(std::chrono::seconds(1));
  second_.async_wait([this](const boost::system::error_code& cancelled) {
    if (!cancelled && !ended_) watch();
  });
}

void Engine::read_kernel_statistics(RingAccount& account) {
  const ring::SocketStatistics statistics = account.recorder->source().read_statistics();
  account.received_packets += statistics.packets;
  account.ring_full_packets += statistics.drops;
  account.ring_freezes += statistics.freezes;
}

RecorderSnapshot Engine::snapshot_of(RingAccount& account) {
  constexpr auto kRelaxed = std::memory_order_relaxed;
  const RecorderCounters& counters = account.recorder->counters();
  RecorderSnapshot snapshot;
  snapshot.capture = account.capture;
  snapshot.interface = account.interface;
  snapshot.worker = account.worker->number();
  snapshot.written_packets = counters.written_packets.load(kRelaxed);
  snapshot.written_bytes = counters.written_bytes.load(kRelaxed);
  snapshot.wire_bytes = counters.encoded_wire_bytes.load(kRelaxed);
  auto& dropped = snapshot.dropped_packets;
  add(dropped, DropReason::kStorageFull, counters.storage_full_packets.load(kRelaxed));
  add(dropped, DropReason::kStorageError, counters.storage_error_packets.load(kRelaxed));
  add(dropped, DropReason::kMalformed, counters.malformed_packets.load(kRelaxed));
  // The kernel's counts come last, so that received >= written + dropped.
  read_kernel_statistics(account);
  snapshot.received_packets = account.received_packets;
  snapshot.ring_freezes = account.ring_freezes;
  add(dropped, DropReason::kRingFull, account.ring_full_packets);

  snapshot.problem = links_.problem(account.interface);
  const RecorderState state = counters.state.load(kRelaxed);
  if (state == RecorderState::kStorageFull) snapshot.problem = "the storage is full";
  if (state == RecorderState::kStorageError) snapshot.problem = "the storage fails";
  if (waits_for_disk(counters)) snapshot.problem = "it waits for the disk";
  snapshot.recording = snapshot.problem.empty();
  return snapshot;
}

Snapshot Engine::snapshot() {
  Snapshot snapshot;
  for (const auto& account : accounts_) snapshot.recorders.push_back(snapshot_of(*account));
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
  snapshot.recovered_files = recovery.recovered_files.load(std::memory_order_relaxed);
  snapshot.recovery_cut_bytes = recovery.cut_bytes.load(std::memory_order_relaxed);
  return snapshot;
}

void Engine::close_filters() {
  for (const auto& account : accounts_) account->recorder->source().reject_all();
  wait_for_replaced_filters();
  for (const auto& account : accounts_) read_kernel_statistics(*account);
}

void Engine::drain(std::function<void(Drain)> done) {
  drained_ = std::move(done);
  arm_deadline(kDrainDeadline);
  close_filters();
  workers_to_drain_ = workers_.size();
  for (const auto& worker : workers_) {
    std::vector<Worker::DrainTarget> targets;
    for (const auto& account : accounts_) {
      if (account->worker != worker.get()) continue;
      targets.push_back(
          {account->recorder, account->received_packets - account->ring_full_packets});
    }
    worker->drain(std::move(targets), [this] {
      boost::asio::post(control_, [this] {
        if (--workers_to_drain_ == 0) workers_drained();
      });
    });
  }
}

void Engine::workers_drained() {
  for (const auto& worker : workers_) worker->stop();
  // The last files are still being finished.
  disk_.close(control_.get_executor(), [this] {
    disk_.stop();
    end_drain(abandoned_ ? Drain::kCutShort : Drain::kComplete);
  });
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
