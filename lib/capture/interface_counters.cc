#include "capture/interface_counters.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <stdexcept>
#include <utility>

#include "ring/interface.h"
#include "ring/interface_list.h"

namespace ringtail::capture {
namespace {

std::vector<InterfaceSnapshot> read_all(const std::vector<std::string>& names) {
  std::vector<ring::ListedInterface> found = ring::read_interfaces(names);
  std::vector<InterfaceSnapshot> interfaces;
  for (const std::string& name : names) {
    InterfaceSnapshot& snapshot = interfaces.emplace_back(InterfaceSnapshot{.interface = name});
    const auto one = std::ranges::find(found, name, &ring::ListedInterface::name);
    if (one == found.end()) continue;
    snapshot.up = one->state == ring::LinkState::kUp;
    snapshot.counters = std::move(one->counters);
  }
  return interfaces;
}

}  // namespace

InterfaceCounters::InterfaceCounters(boost::asio::io_context& control,
                                     boost::asio::thread_pool& opener, base::Reporter report)
    : control_(control),
      opener_(opener),
      state_(std::make_shared<State>(State{.report = std::move(report)})) {}

void InterfaceCounters::add(const std::string& interface) {
  const bool known = std::ranges::find(names_, interface) != names_.end();
  if (interface != ring::kAnyInterface && !known) names_.push_back(interface);
}

void InterfaceCounters::keep_only(const std::set<std::string>& interfaces) {
  std::erase_if(names_, [&](const std::string& name) { return !interfaces.contains(name); });
}

void InterfaceCounters::read() {
  if (std::exchange(state_->reading, true)) return;
  boost::asio::post(opener_, [names = names_, state = state_, &control = control_] {
    std::vector<InterfaceSnapshot> interfaces;
    std::string error;
    try {
      interfaces = read_all(names);
    } catch (const std::runtime_error& refused) {
      error = refused.what();
    }
    boost::asio::post(
        control, [state, interfaces = std::move(interfaces), error = std::move(error)]() mutable {
          take(*state, std::move(interfaces), std::move(error));
        });
  });
}

void InterfaceCounters::take(State& state, std::vector<InterfaceSnapshot> interfaces,
                             std::string error) {
  state.reading = false;
  state.last = std::move(interfaces);
  const std::string before = std::exchange(state.error, std::move(error));
  if (before == state.error) return;
  if (state.error.empty())
    state.report(base::Severity::kInfo, "interfaces' counters can be read again");
  else
    state.report(base::Severity::kWarning, state.error + "; their counters are missing");
}

}  // namespace ringtail::capture
