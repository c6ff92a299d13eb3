#include "capture/reload_plan.h"

#include <algorithm>
#include <utility>

#include "capture/ring_group.h"
#include "capture/tcp_watch.h"

namespace ringtail::capture {
namespace {

// What changes of one capture or of the storage, in words.
class Changes {
 public:
  explicit Changes(std::string subject) : text_(std::move(subject)) {}

  void add(bool changed, const std::string& what) {
    if (!changed) return;
    text_ += (any_ ? ", " : ": ") + what;
    any_ = true;
  }
  void tell(std::vector<std::string>& lines) const {
    if (any_) lines.push_back(text_);
  }

 private:
  std::string text_;
  bool any_ = false;
};

bool needs_other_rings(const CaptureOptions& is, const CaptureOptions& wanted) {
  return is.cpus != wanted.cpus || ring_group_options(is) != ring_group_options(wanted);
}

const store::CaptureBudget* budget_of(const store::StorageOptions& storage,
                                      const std::string& capture) {
  const auto found = std::ranges::find(storage.captures, capture, &store::CaptureBudget::capture);
  return found == storage.captures.end() ? nullptr : &*found;
}

// What is there already, or nothing.
const RunningInterface* find(const RunningCapture& running, const std::string& interface) {
  const auto found = std::ranges::find(running.interfaces, interface, &RunningInterface::name);
  return found == running.interfaces.end() ? nullptr : &*found;
}

// For a capture whose rings stay where they can.
void plan_interfaces(const RunningCapture& running, bool other_rings, PlannedCapture& planned,
                     Changes& changes) {
  for (const InterfaceOptions& interface : planned.options.interfaces) {
    PlannedInterface& one = planned.interfaces.emplace_back();
    const RunningInterface* is = find(running, interface.name);
    one.new_rings = is == nullptr || other_rings;
    if (one.new_rings || !is->filter) continue;
    const int type = is->filter->hardware_type;
    one.filter = TypedFilter{type, interface.filter_for(type)};
    changes.add(!one.filter->is_same(*is->filter), "another filter on " + interface.name);
  }
}

bool has_other_interfaces(const CaptureOptions& is, const CaptureOptions& wanted) {
  return !std::ranges::is_permutation(is.interfaces, wanted.interfaces, {}, &InterfaceOptions::name,
                                      &InterfaceOptions::name);
}

void plan_capture(const RunningCapture& running, const store::StorageOptions& storage,
                  const store::StorageOptions& wanted_storage, PlannedCapture& planned,
                  Changes& changes) {
  const CaptureOptions& is = running.options;
  CaptureOptions& wanted = planned.options;
  if (wanted.any_cpus && wanted.cpus.size() == is.cpus.size()) wanted.cpus = is.cpus;
  planned.has_ended = running.has_ended;
  planned.new_limit = is.limit != wanted.limit;
  const bool begins_anew = running.has_ended && planned.new_limit;
  const bool other_rings = needs_other_rings(is, wanted);
  changes.add(other_rings, "other rings");
  changes.add(has_other_interfaces(is, wanted), "other interfaces");
  if (running.has_ended && !begins_anew)
    planned.interfaces.resize(wanted.interfaces.size());
  else
    plan_interfaces(running, other_rings || begins_anew, planned, changes);
  changes.add(
      is.max_file_bytes != wanted.max_file_bytes || is.file_interval != wanted.file_interval,
      "rotate");
  const store::CaptureBudget* budget = budget_of(storage, is.name);
  const store::CaptureBudget* wanted_budget = budget_of(wanted_storage, is.name);
  changes.add(budget != nullptr && wanted_budget != nullptr && *budget != *wanted_budget, "keep");
  changes.add(planned.new_limit, begins_anew ? "limit, and it is recorded again" : "limit");
  changes.add(is.on_close != wanted.on_close || is.on_close_timeout != wanted.on_close_timeout,
              "on_close");
}

void refuse_what_stays(const store::StorageOptions& is, const store::StorageOptions& wanted,
                       std::vector<std::string>& refusals) {
  const auto refuse = [&](bool changed, const std::string& what) {
    if (changed)
      refusals.push_back("storage." + what + " cannot change while recording: restart instead");
  };
  refuse(is.directory != wanted.directory, "directory");
  refuse(is.require_mount != wanted.require_mount, "require_mount");
  refuse(is.mode != wanted.mode, "io");
}

void tell_storage(const Running& running, const EngineOptions& wanted,
                  std::vector<std::string>& lines) {
  Changes changes("storage");
  changes.add(running.storage.max_bytes != wanted.storage.max_bytes, "max_size");
  changes.add(running.storage.min_free_bytes != wanted.storage.min_free_bytes ||
                  running.storage.min_free_percent != wanted.storage.min_free_percent,
              "min_free");
  changes.add(running.max_write_bytes_per_second != wanted.max_write_bytes_per_second,
              "max_write_rate");
  changes.tell(lines);
}

void plan_tcp_watch(const Running& running, EngineOptions& wanted, ReloadPlan& plan) {
  for (WatchOptions& watch : wanted.tcp_watch) {
    const std::string& interface = watch.interface.name;
    plan.tcp_watch.push_back(interface);
    if (std::ranges::find(running.tcp_watch, interface) == running.tcp_watch.end())
      plan.new_watches.push_back(std::move(watch));
  }
  if (!std::ranges::is_permutation(running.tcp_watch, plan.tcp_watch))
    plan.changes.emplace_back("tcp_watch: other interfaces");
}

}  // namespace

ReloadPlan plan_reload(const Running& running, EngineOptions wanted) {
  ReloadPlan plan;
  refuse_what_stays(running.storage, wanted.storage, plan.refusals);
  tell_storage(running, wanted, plan.changes);
  for (const RunningCapture& capture : running.captures) {
    const std::string& name = capture.options.name;
    if (std::ranges::find(wanted.captures, name, &CaptureOptions::name) == wanted.captures.end())
      plan.changes.push_back("capture " + name + ": is removed");
  }
  for (CaptureOptions& options : wanted.captures) {
    PlannedCapture& planned = plan.captures.emplace_back();
    planned.options = std::move(options);
    const std::string& name = planned.options.name;
    const auto is = std::ranges::find_if(
        running.captures, [&](const RunningCapture& one) { return one.options.name == name; });
    if (is == running.captures.end()) {
      planned.is_new = planned.new_limit = true;
      planned.interfaces.resize(planned.options.interfaces.size(),
                                {.new_rings = true, .filter = {}});
      plan.changes.push_back("capture " + name + ": is added");
      continue;
    }
    Changes changes("capture " + name);
    plan_capture(*is, running.storage, wanted.storage, planned, changes);
    changes.tell(plan.changes);
  }
  plan_tcp_watch(running, wanted, plan);
  plan.storage = std::move(wanted.storage);
  plan.max_write_bytes_per_second = wanted.max_write_bytes_per_second;
  return plan;
}

std::uint64_t new_ring_bytes(const ReloadPlan& plan) {
  std::uint64_t bytes = 0;
  for (const WatchOptions& watch : plan.new_watches)
    bytes += std::uint64_t{TcpWatch::kBlocksPerRing} * ring::kBlockSizeBytes * watch.cpus.size();
  for (const PlannedCapture& capture : plan.captures) {
    const std::uint64_t rings =
        capture.options.cpus.size() * static_cast<std::uint64_t>(std::ranges::count(
                                          capture.interfaces, true, &PlannedInterface::new_rings));
    bytes += rings * capture.options.blocks_per_ring * ring::kBlockSizeBytes;
  }
  return bytes;
}

}  // namespace ringtail::capture
