#include "capture/captures.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <chrono>
#include <iterator>
#include <set>
#include <utility>

#include "capture/storage_snapshot.h"

namespace ringtail::capture {
namespace {

store::OnCloseOptions on_close_of(const CaptureOptions& capture) {
  return {capture.name, capture.on_close, capture.on_close_timeout};
}

std::string text_of(const std::vector<RingGroupResult>& opened,
                    std::chrono::steady_clock::duration time) {
  std::uint64_t rings = 0;
  std::uint64_t bytes = 0;
  for (const RingGroupResult& result : opened) {
    if (!result.group) continue;
    for (const ring::RxRing& ring : result.group->rings()) {
      ++rings;
      bytes += std::uint64_t{ring.block_count()} * ring::kBlockSizeBytes;
    }
  }
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(time);
  return "rings: " + std::to_string(rings) + ", " + std::to_string(bytes >> 20) +
         " MiB, opened in " + std::to_string(milliseconds.count()) + " ms";
}

}  // namespace

Captures::Captures(const Surroundings& surroundings, store::Storage& storage,
                   store::OnCloseRunner& on_close, EngineOptions options,
                   std::function<void()> ended)
    : surroundings_(surroundings),
      storage_(storage),
      on_close_(on_close),
      storage_options_(std::move(options.storage)),
      max_write_bytes_per_second_(options.max_write_bytes_per_second),
      ended_(std::move(ended)),
      usages_(storage.usage()) {
  std::vector<store::OnCloseOptions> programs;
  for (const CaptureOptions& capture : options.captures) programs.push_back(on_close_of(capture));
  open(std::move(options.captures), options.tcp_watch);
  on_close_.adopt(std::move(programs));
  on_close_totals_ = on_close_.totals();
}

// All rings at once, then who is to have them.
void Captures::open(std::vector<CaptureOptions> captures,
                    const std::vector<WatchOptions>& watches) {
  std::vector<Capture::Options> wanted;
  std::vector<RingGroupRequest> requests;
  for (CaptureOptions& options : captures) {
    const CaptureOptions& capture =
        *wanted.emplace_back(std::make_shared<const CaptureOptions>(std::move(options)));
    for (const InterfaceOptions& interface : capture.interfaces)
      requests.push_back(
          {ring_group_options(capture), &interface, hardware_type_of(interface.name)});
  }
  for (const WatchOptions& watch : watches)
    requests.push_back(TcpWatch::wanted_rings(watch, hardware_type_of(watch.interface.name)));

  const auto begin = std::chrono::steady_clock::now();
  std::vector<RingGroupResult> opened = open_ring_groups(requests);
  surroundings_.report(base::Severity::kInfo,
                       text_of(opened, std::chrono::steady_clock::now() - begin));

  auto next = opened.begin();
  for (const Capture::Options& capture : wanted) {
    const auto rings = next;
    next += static_cast<std::ptrdiff_t>(capture->interfaces.size());
    add(capture, {rings, next});
  }
  for (const WatchOptions& watch : watches) {
    watches_.push_back(std::make_shared<TcpWatch>(surroundings_, watch, std::move(*next++)));
    watches_.back()->give_rings();
  }
}

void Captures::add(const Capture::Options& options, std::span<RingGroupResult> rings) {
  const auto capture = captures_.emplace_back(make(options));
  capture->use_limit(capture->make_limit(options->limit), LimitOptions{}.duration);
  Capture::Recordings recordings;
  for (std::size_t i = 0; i < rings.size(); ++i) {
    surroundings_.interface_counters.add(options->interfaces[i].name);
    recordings.push_back(std::make_shared<CapturedInterface>(
        surroundings_, *options,
        CapturedInterface::Opened{interface_of(options, i), std::move(rings[i])},
        capture->limit()));
    recordings.back()->give_rings();
  }
  capture->adopt(options, std::move(recordings));
}

int Captures::hardware_type_of(const std::string& interface) const {
  surroundings_.links.add(interface);
  const auto& found = surroundings_.links.found(interface);
  return found ? found->hardware_type : ring::kExpectedHardwareType;
}

bool Captures::have_programs() const {
  return std::ranges::any_of(
      captures_, [](const auto& capture) { return !capture->options().on_close.empty(); });
}

void Captures::start() {
  for (const auto& capture : captures_) {
    for (const auto& recording : capture->recordings()) {
      recording->connect();
      recording->open_filter();
    }
    capture->use_limit(capture->limit(), capture->options().limit.duration);
  }
  for (const auto& watch : watches_) watch->open_filter();
}

std::shared_ptr<Capture> Captures::find(const std::string& name) const {
  const auto found =
      std::ranges::find_if(captures_, [&](const auto& capture) { return capture->name() == name; });
  return found == captures_.end() ? nullptr : *found;
}

std::shared_ptr<Capture> Captures::make(Capture::Options options) {
  return std::make_shared<Capture>(surroundings_, std::move(options),
                                   [this](Capture& capture) { limit_reached(capture); });
}

Recordings Captures::recordings() const {
  Recordings all;
  for (const auto& capture : captures_)
    all.insert(all.end(), capture->recordings().begin(), capture->recordings().end());
  all.insert(all.end(), watches_.begin(), watches_.end());
  return all;
}

std::shared_ptr<TcpWatch> Captures::find_watch(const std::string& interface) const {
  const auto found = std::ranges::find_if(
      watches_, [&](const auto& watch) { return watch->interface() == interface; });
  return found == watches_.end() ? nullptr : *found;
}

void Captures::look_at_links() {
  surroundings_.links.look();
  Recordings leaving;
  for (const auto& recording : recordings())
    recording->must_leave() ? leaving.push_back(recording) : recording->bind_if_found();
  close_filters(leaving);
  for (const auto& recording : leaving) recording->leave();
}

void Captures::read_kernel_statistics() {
  for (const auto& recording : recordings()) {
    for (const auto& account : recording->accounts()) account->read_kernel_statistics();
  }
}

void Captures::limit_reached(Capture& capture) {
  capture.set_ended(true);
  capture.cancel_limit();
  surroundings_.report(base::Severity::kInfo,
                       "capture " + capture.name() + ": its limit is reached");
  end({capture.recordings().begin(), capture.recordings().end()});
}

void Captures::end(const Recordings& recordings) {
  Recordings still_recording;
  std::ranges::copy_if(recordings, std::back_inserter(still_recording),
                       [](const auto& recording) { return !recording->is_ending(); });
  close_filters(still_recording);
  ending_ += still_recording.size();
  for (const auto& recording : still_recording)
    recording->end([this, self = std::weak_ptr(recording)] { recording_ended(self); });
}

void Captures::end_all() {
  for (const auto& capture : captures_) capture->cancel_limit();
  end(recordings());
}

void Captures::recording_ended(const std::weak_ptr<InterfaceRecording>& recording) {
  --ending_;
  std::erase(unowned_, recording.lock());
  for (const List* list : {&captures_, &removed_}) {
    for (const auto& capture : *list) {
      const auto& leaving = capture->leaving();
      const auto found = std::ranges::find(leaving, recording.lock());
      if (found != leaving.end()) capture->forget(std::shared_ptr(*found));
    }
  }
  forget_removed();
  ended_();
}

void Captures::forget_removed() {
  const auto gone = std::erase_if(removed_, [this](const auto& capture) {
    if (!capture->leaving().empty()) return false;
    surroundings_.report(
        base::Severity::kInfo,
        "capture " + capture->name() + ": is not recorded any more; " + capture->totals());
    return true;
  });
  if (gone > 0) tell_disk();
}

void Captures::abandon() {
  for (const List* list : {&captures_, &removed_}) {
    for (const auto& capture : *list) {
      for (const auto& recording : capture->recordings()) recording->abandon();
      for (const auto& recording : capture->leaving()) recording->abandon();
    }
  }
  for (const auto& watch : watches_) watch->abandon();
  for (const auto& recording : unowned_) recording->abandon();
}

bool Captures::have_all_ended() const {
  return ending_ == 0 &&
         std::ranges::all_of(captures_, &Capture::has_ended,
                             [](const auto& capture) -> const Capture& { return *capture; });
}

Running Captures::running() const {
  Running running{.storage = storage_options_,
                  .captures = {},
                  .tcp_watch = {},
                  .max_write_bytes_per_second = max_write_bytes_per_second_};
  for (const auto& capture : captures_) {
    RunningCapture& one = running.captures.emplace_back();
    one.options = capture->options();
    one.has_ended = capture->has_ended();
    for (const auto& recording : capture->recordings())
      one.interfaces.push_back({recording->interface(), recording->filter()});
  }
  for (const auto& watch : watches_) running.tcp_watch.push_back(watch->interface());
  return running;
}

void Captures::adopt(List captures, Watches watches, store::StorageOptions storage,
                     std::uint64_t max_write_bytes_per_second) {
  const List before = std::exchange(captures_, std::move(captures));
  storage_options_ = std::move(storage);
  max_write_bytes_per_second_ = max_write_bytes_per_second;
  surroundings_.write_rate.set(max_write_bytes_per_second);
  for (const auto& capture : before) {
    if (std::ranges::find(captures_, capture) != captures_.end()) continue;
    capture->cancel_limit();
    capture->adopt(std::make_shared<const CaptureOptions>(capture->options()), {});
    removed_.push_back(capture);
  }
  tell_disk();
  Recordings leaving;
  for (const auto& watch : std::exchange(watches_, std::move(watches))) {
    if (find_watch(watch->interface()) == watch) continue;
    leaving.push_back(watch);
    unowned_.push_back(watch);
  }
  for (const List* list : {&captures_, &removed_}) {
    for (const auto& capture : *list) {
      for (const auto& recording : Capture::Recordings(capture->leaving()))
        recording->has_ended() ? capture->forget(recording) : leaving.push_back(recording);
    }
  }
  end(leaving);
  forget_removed();
  forget_links();
}

void Captures::discard(Recordings recordings) {
  for (const auto& recording : recordings) recording->abandon();
  unowned_.insert(unowned_.end(), recordings.begin(), recordings.end());
  end(recordings);
  forget_links();
}

void Captures::forget_links() {
  std::set<std::string> interfaces;
  for (const auto& recording : recordings()) interfaces.insert(recording->interface());
  surroundings_.links.keep_only(interfaces);
  surroundings_.interface_counters.keep_only(interfaces);
}

// A capture that is leaving still needs its room, and its program for its last files.
void Captures::tell_disk() {
  store::StorageOptions storage = storage_options_;
  std::vector<store::OnCloseOptions> programs;
  for (const auto& capture : captures_) programs.push_back(on_close_of(capture->options()));
  for (const auto& capture : removed_) {
    programs.push_back(on_close_of(capture->options()));
    const auto usage =
        std::ranges::find(usages_, capture->name(), [](const auto& one) { return one->capture; });
    if (usage != usages_.end())
      storage.captures.push_back({capture->name(), (*usage)->limit_bytes});
  }
  surroundings_.disk.adopt(std::move(storage), [this, programs = std::move(programs)] {
    on_close_.adopt(programs);
    boost::asio::post(surroundings_.control,
                      [this, alive = std::weak_ptr(alive_), usages = storage_.usage(),
                       totals = on_close_.totals()] {
                        if (alive.expired()) return;
                        usages_ = usages;
                        on_close_totals_ = totals;
                      });
  });
}

void Captures::add_to(Snapshot& snapshot) const {
  for (const List* list : {&captures_, &removed_}) {
    for (const auto& capture : *list) {
      for (RecorderSnapshot& counts : capture->snapshot())
        snapshot.recorders.push_back(std::move(counts));
    }
  }
  for (const auto& watch : watches_) snapshot.tcp_watch.push_back(watch->snapshot());
  for (const auto& usage : usages_) {
    CaptureSnapshot& one = snapshot.captures.emplace_back(capture_snapshot(*usage));
    for (const List* list : {&captures_, &removed_}) {
      for (const auto& capture : *list) {
        if (capture->name() != usage->capture) continue;
        one.filter = capture->options().filter;
        one.writes = capture->writes();
      }
    }
  }
  for (const auto& totals : on_close_totals_) {
    OnCloseSnapshot& runs = snapshot.on_close.emplace_back();
    runs.capture = totals->capture;
    for (std::size_t result = 0; result < store::kOnCloseResultCount; ++result)
      runs.runs[result] = totals->runs[result].load(std::memory_order_relaxed);
  }
}

}  // namespace ringtail::capture
