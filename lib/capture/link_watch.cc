#include "capture/link_watch.h"

#include <optional>

#include "ring/interface.h"

namespace ringtail::capture {
namespace {

std::string problem_of(const std::optional<ring::Interface>& found, int recorded_index) {
  if (!found) return "the interface is gone";
  if (found->index != recorded_index) return "the interface was replaced by another of its name";
  return found->up ? "" : "the interface is down";
}

}  // namespace

LinkWatch::LinkWatch(base::Reporter report)
    : report_(std::move(report)), socket_(ring::open_lookup_socket()) {}

void LinkWatch::add(const std::string& interface) {
  links_[interface].index = ring::find_interface(socket_.get(), interface).index;
}

void LinkWatch::check() {
  for (auto& [interface, link] : links_) {
    std::string problem = problem_of(ring::look_up_interface(socket_.get(), interface), link.index);
    if (problem == link.problem) continue;
    link.problem = std::move(problem);
    const bool works = link.problem.empty();
    report_(works ? base::Severity::kInfo : base::Severity::kWarning,
            interface + ": " + (works ? "the interface is up" : link.problem));
  }
}

}  // namespace ringtail::capture
