#include "capture/reload.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <exception>
#include <iterator>
#include <utility>

#include "capture/ring_memory.h"
#include "ring/interface.h"

namespace ringtail::capture {
namespace {

std::shared_ptr<CapturedInterface> find(const Capture& capture, const std::string& interface) {
  const auto found = std::ranges::find_if(capture.recordings(), [&](const auto& recording) {
    return recording->interface() == interface;
  });
  return found == capture.recordings().end() ? nullptr : *found;
}

}  // namespace

Reload::Reload(const Surroundings& surroundings, Captures& captures, store::OnCloseRunner& on_close,
               std::function<void(const Outcome&)> done)
    : surroundings_(surroundings),
      captures_(captures),
      on_close_(on_close),
      done_(std::move(done)) {}

void Reload::begin(EngineOptions wanted) {
  boost::asio::post(surroundings_.opener, [self = weak_from_this(), running = captures_.running(),
                                           wanted = std::move(wanted),
                                           &control = surroundings_.control]() mutable {
    boost::asio::post(control, [self, opened = open(running, std::move(wanted))]() mutable {
      if (const auto reload = self.lock()) reload->take(std::move(opened));
    });
  });
}

Reload::Opened Reload::open(const Running& running, EngineOptions wanted) {
  Opened opened;
  try {
    opened.plan = plan_reload(running, std::move(wanted));
    if (opened.plan.refusals.empty()) open_rings(opened);
  } catch (const std::exception& error) {
    opened.error = error.what();
  }
  return opened;
}

void Reload::open_rings(Opened& opened) {
  check_ring_memory(new_ring_bytes(opened.plan));
  const base::UniqueFd socket = ring::open_lookup_socket();
  const auto hardware_type_of = [&](const InterfaceOptions& interface) {
    const auto found = ring::look_up_interface(socket.get(), interface.name);
    return found ? found->hardware_type : ring::kExpectedHardwareType;
  };
  std::vector<RingGroupRequest> requests;
  std::vector<std::unique_ptr<RingGroup>*> places;  // of what the captures requested
  for (const PlannedCapture& capture : opened.plan.captures) {
    opened.groups.emplace_back(capture.interfaces.size());
    for (std::size_t i = 0; i < capture.interfaces.size(); ++i) {
      if (!capture.interfaces[i].new_rings) continue;
      const InterfaceOptions& interface = capture.options.interfaces[i];
      requests.push_back(
          {ring_group_options(capture.options), &interface, hardware_type_of(interface)});
      places.push_back(&opened.groups.back()[i]);
    }
  }
  for (const WatchOptions& watch : opened.plan.new_watches)
    requests.push_back(TcpWatch::wanted_rings(watch, hardware_type_of(watch.interface)));

  std::vector<RingGroupResult> results = open_ring_groups(requests);
  std::exception_ptr error;
  for (std::size_t i = 0; i < places.size(); ++i) {
    *places[i] = std::move(results[i].group);
    if (!error) error = results[i].error;
  }
  opened.watches.assign(
      std::make_move_iterator(results.begin() + static_cast<std::ptrdiff_t>(places.size())),
      std::make_move_iterator(results.end()));
  if (error) std::rethrow_exception(error);
}

void Reload::take(Opened opened) {
  opened_ = std::move(opened);
  if (!opened_.error.empty()) return fail({opened_.error});
  if (!opened_.plan.refusals.empty()) return fail(opened_.plan.refusals);
  try {
    build();
  } catch (const std::exception& error) {
    return fail({error.what()});
  }
  prepare_folders();
}

void Reload::build() {
  const std::vector<PlannedCapture>& captures = opened_.plan.captures;
  for (const PlannedCapture& capture : captures) {
    if (!capture.options.on_close.empty()) on_close_.start();
    for (const unsigned cpu : capture.options.cpus) (void)surroundings_.workers.on(cpu);
  }
  for (const WatchOptions& watch : opened_.plan.new_watches)
    for (const unsigned cpu : watch.cpus) (void)surroundings_.workers.on(cpu);
  surroundings_.workers.start();
  for (std::size_t i = 0; i < captures.size(); ++i)
    next_.push_back(build(captures[i], opened_.groups[i]));
  build_watches();
}

void Reload::build_watches() {
  auto opened = opened_.watches.begin();
  auto options = opened_.plan.new_watches.begin();
  for (const std::string& interface : opened_.plan.tcp_watch) {
    std::shared_ptr<TcpWatch> watch = captures_.find_watch(interface);
    if (!watch) {
      surroundings_.links.add(interface);
      watch = std::make_shared<TcpWatch>(surroundings_, *options++, std::move(*opened++));
      fresh_.push_back(watch);
      watch->give_rings();
    }
    watches_.push_back(std::move(watch));
  }
}

Reload::Next Reload::build(const PlannedCapture& planned,
                           std::vector<std::unique_ptr<RingGroup>>& groups) {
  Next next;
  next.options = std::make_shared<const CaptureOptions>(planned.options);
  next.capture = captures_.find(planned.options.name);
  if (!next.capture) next.capture = captures_.make(next.options);
  next.limit =
      planned.new_limit ? next.capture->make_limit(planned.options.limit) : next.capture->limit();
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const std::string& interface = planned.options.interfaces[i].name;
    std::shared_ptr<CapturedInterface> recording = find(*next.capture, interface);
    if (groups[i]) {
      surroundings_.links.add(interface);
      surroundings_.interface_counters.add(interface);
      CapturedInterface::Opened rings{interface_of(next.options, i), {std::move(groups[i]), {}}};
      recording = std::make_shared<CapturedInterface>(surroundings_, *next.options,
                                                      std::move(rings), next.limit);
      fresh_.push_back(recording);
      recording->give_rings();
    }
    if (recording) next.recordings.push_back(std::move(recording));
  }
  return next;
}

void Reload::prepare_folders() {
  std::vector<std::string> added;
  for (const PlannedCapture& capture : opened_.plan.captures) {
    if (capture.is_new) added.push_back(capture.options.name);
  }
  surroundings_.disk.prepare(
      std::move(added),
      [self = weak_from_this(), &control = surroundings_.control](const std::string& error) {
        boost::asio::post(control, [self, error] {
          const auto reload = self.lock();
          if (!reload) return;
          error.empty() ? reload->commit() : reload->fail({error});
        });
      });
}

// Why the plan, made for what was recorded then, does not fit any more.
std::string Reload::overtaken_by() const {
  for (std::size_t i = 0; i < next_.size(); ++i) {
    if (next_[i].capture->has_ended() != opened_.plan.captures[i].has_ended)
      return "capture " + next_[i].options->name + " reached its limit meanwhile: reload again";
  }
  return "";
}

void Reload::commit() {
  if (const std::string reason = overtaken_by(); !reason.empty()) return fail({reason});
  connect();
  try {
    open_filters();
  } catch (const std::exception& error) {
    undo_filters();
    return fail({error.what()});
  }
  adopt();
  fresh_.clear();
  surroundings_.look();
  done_({{}, opened_.plan.changes});
}

// Before packets come in, so that they find files.
void Reload::connect() {
  for (const Next& next : next_) {
    for (const auto& recording : next.recordings)
      if (std::ranges::find(fresh_, recording) != fresh_.end()) recording->connect();
  }
}

// The last that can fail, for want of memory: whether the kernel takes a program was found out by
// whoever made it. New ones first: rings that are to leave take packets until others do.
void Reload::open_filters() {
  for (const auto& recording : fresh_) recording->open_filter();
  for (std::size_t i = 0; i < next_.size(); ++i) {
    const PlannedCapture& planned = opened_.plan.captures[i];
    for (std::size_t j = 0; j < planned.interfaces.size(); ++j) {
      const std::optional<TypedFilter>& wanted = planned.interfaces[j].filter;
      const auto recording = find(*next_[i].capture, planned.options.interfaces[j].name);
      const auto present = wanted && recording ? recording->filter() : std::nullopt;
      if (!present || present->hardware_type != wanted->hardware_type) continue;
      if (filter::same_program(present->program, wanted->program)) continue;
      recording->change_filter(wanted->program);
      changed_.push_back({recording, present->program});
    }
  }
}

void Reload::undo_filters() {
  for (const Changed& changed : changed_) {
    try {
      changed.recording->change_filter(changed.before);
    } catch (const std::exception& error) {
      // It fitted beside the other before; and there is nothing better to do.
      surroundings_.report(base::Severity::kError, error.what());
    }
  }
}

// Nothing in here fails.
void Reload::adopt() {
  Captures::List captures;
  for (std::size_t i = 0; i < next_.size(); ++i) {
    const PlannedCapture& planned = opened_.plan.captures[i];
    Next& next = next_[i];
    for (const auto& recording : next.recordings) {
      if (std::ranges::find(fresh_, recording) != fresh_.end()) continue;
      const auto& interfaces = planned.options.interfaces;
      const auto place = static_cast<std::size_t>(
          std::ranges::find(interfaces, recording->interface(), &InterfaceOptions::name) -
          interfaces.begin());
      recording->adopt(*next.options, interface_of(next.options, place),
                       planned.interfaces[place].filter);
      if (planned.new_limit) recording->use_limit(next.limit);
    }
    if (planned.new_limit) {
      next.capture->use_limit(next.limit, planned.options.limit.duration);
      next.capture->set_ended(false);
    }
    next.capture->adopt(next.options, std::move(next.recordings));
    captures.push_back(next.capture);
  }
  captures_.adopt(std::move(captures), std::move(watches_), std::move(opened_.plan.storage),
                  opened_.plan.max_write_bytes_per_second);
}

void Reload::cancel() { captures_.discard(std::exchange(fresh_, {})); }

void Reload::fail(std::vector<std::string> errors) {
  next_.clear();
  watches_.clear();
  // The rest of what was opened for nothing.
  for (auto& groups : opened_.groups) {
    for (auto& group : groups) surroundings_.returned_rings.add(std::move(group));
  }
  for (RingGroupResult& watch : opened_.watches)
    surroundings_.returned_rings.add(std::move(watch.group));
  captures_.discard(std::exchange(fresh_, {}));
  done_({std::move(errors), {}});
}

}  // namespace ringtail::capture
