#include "capture/engine.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

#include "capture/ring_memory.h"
#include "capture/storage_snapshot.h"

namespace ringtail::capture {
namespace {

// After the drain's deadline: for workers that are slow but not stuck to close their files.
constexpr std::chrono::seconds kAbandonTime{2};

EngineOptions checked(EngineOptions options) {
  std::uint64_t ring_bytes = 0;
  for (const WatchOptions& watch : options.tcp_watch)
    ring_bytes +=
        std::uint64_t{TcpWatch::kBlocksPerRing} * ring::kBlockSizeBytes * watch.cpus.size();
  for (const CaptureOptions& capture : options.captures) {
    ring_bytes += std::uint64_t{capture.blocks_per_ring} * ring::kBlockSizeBytes *
                  capture.cpus.size() * capture.interfaces.size();
  }
  check_ring_memory(ring_bytes);
  return options;
}

store::StorageOptions with_on_closed(store::StorageOptions options,
                                     std::function<void(const store::ClosedFile&)> on_closed) {
  options.on_closed = std::move(on_closed);
  return options;
}

}  // namespace

Engine::Engine(boost::asio::io_context& control, EngineOptions options, base::Reporter report)
    : report_(std::move(report)),
      control_(control),
      second_(control),
      deadline_(control),
      on_close_(report_),
      storage_(with_on_closed(options.storage,
                              [this](const store::ClosedFile& file) { on_close_.submit(file); }),
               report_),
      write_rate_(options.max_write_bytes_per_second),
      links_(control, report_),
      interface_counters_(control_, opener_, report_),
      disk_(storage_, report_),
      workers_(storage_, report_),
      surroundings_{control_,        opener_,
                    returned_rings_, workers_,
                    disk_,           write_rate_,
                    links_,          interface_counters_,
                    report_,         [this] { captures_.look_at_links(); }},
      captures_(surroundings_, storage_, on_close_, checked(std::move(options)),
                [this] { recording_ended(); }) {}

Engine::~Engine() {
  opener_.join();
  workers_.stop();
  disk_.stop();
}

void Engine::start(std::function<void()> all_ended) {
  all_ended_ = std::move(all_ended);
  if (captures_.have_programs()) on_close_.start();
  disk_.start();
  workers_.start();
  captures_.start();
  links_.start([this] { captures_.look_at_links(); });
  watch();
}

// What links_ is told is seen at once; the look each second is for what it was not told.
void Engine::watch() {
  captures_.look_at_links();
  interface_counters_.read();
  captures_.read_kernel_statistics();
  second_.expires_after(std::chrono::seconds(1));
  second_.async_wait([this](const boost::system::error_code& cancelled) {
    if (!cancelled && !ended_) watch();
  });
}

void Engine::recording_ended() {
  if (captures_.ending() > 0) return;
  if (drained_) return workers_drained();
  if (pending_reload_) begin_reload();
  if (captures_.have_all_ended()) all_ended_();
}

void Engine::reload(EngineOptions wanted, std::function<void(const Reload::Outcome&)> done) {
  if (drained_ || ended_) return;
  pending_reload_ = [this, wanted = std::move(wanted), done = std::move(done)]() mutable {
    const auto ended = [this, done = std::move(done)](const Reload::Outcome& outcome) {
      reload_.reset();
      done(outcome);
    };
    reload_ = std::make_shared<Reload>(surroundings_, captures_, on_close_, ended);
    reload_->begin(std::move(wanted));
  };
  if (captures_.ending() == 0) begin_reload();
}

void Engine::begin_reload() { std::exchange(pending_reload_, nullptr)(); }

void Engine::run_on_opener(std::function<void()> job) {
  boost::asio::post(opener_, std::move(job));
}

Snapshot Engine::snapshot() const {
  Snapshot snapshot;
  captures_.add_to(snapshot);
  snapshot.workers = workers_.snapshot();
  snapshot.storage = storage_snapshot(storage_);
  snapshot.interfaces = interface_counters_.last();
  return snapshot;
}

void Engine::drain(std::function<void(Drain)> done) {
  drained_ = std::move(done);
  pending_reload_ = nullptr;
  if (const auto reload = std::exchange(reload_, nullptr)) reload->cancel();
  arm_deadline(kDrainDeadline);
  captures_.end_all();
  if (captures_.ending() == 0) workers_drained();
}

void Engine::workers_drained() {
  workers_.stop();
  // The last files are still being finished.
  disk_.close(control_.get_executor(), [this] { disk_closed(); });
}

void Engine::disk_closed() {
  disk_.stop();
  // The opener may still be at work for an interface that changed just before, and then closes
  // rings.
  boost::asio::post(opener_, [this] {
    boost::asio::post(opener_, [this] { boost::asio::post(control_, [this] { files_ended(); }); });
  });
}

// What is lost is known: a program that is killed now changes nothing about it.
void Engine::files_ended() {
  files_ended_ = true;
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
  if (files_ended_) on_close_.kill();
  captures_.abandon();
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
