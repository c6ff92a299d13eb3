#include "capture/link_watch.h"

#include <utility>

namespace ringtail::capture {
namespace {

constexpr const char* kMissing = "there is no such interface";

std::string problem_of(const std::optional<ring::Interface>& found) {
  if (!found) return kMissing;
  return found->up ? "" : "the interface is down";
}

}  // namespace

LinkWatch::LinkWatch(boost::asio::io_context& control, base::Reporter report)
    : report_(std::move(report)),
      socket_(ring::open_lookup_socket()),
      event_(control, events_.fd()) {}

LinkWatch::~LinkWatch() { (void)event_.release(); }

void LinkWatch::add(const std::string& interface) {
  const auto [link, is_new] = links_.try_emplace(interface);
  if (is_new) link->second.found = ring::look_up_interface(socket_.get(), interface);
}

void LinkWatch::keep_only(const std::set<std::string>& interfaces) {
  std::erase_if(links_, [&](const auto& link) { return !interfaces.contains(link.first); });
}

void LinkWatch::look() {
  for (auto& [interface, link] : links_) update(interface, link);
}

void LinkWatch::update(const std::string& interface, Link& link) {
  const auto before = std::exchange(link.found, ring::look_up_interface(socket_.get(), interface));
  if (before && link.found && before->index != link.found->index) {
    report_(base::Severity::kWarning,
            interface + ": the interface was replaced by another of its name");
  }
  std::string problem = problem_of(link.found);
  if (problem == link.problem) return;
  link.problem = std::move(problem);
  if (link.problem.empty())
    return report_(base::Severity::kInfo, interface + ": the interface is up");
  const char* outlook = link.found ? "" : "; recording begins when there is one";
  report_(base::Severity::kWarning, interface + ": " + link.problem + outlook);
}

void LinkWatch::start(std::function<void()> changed) {
  changed_ = std::move(changed);
  wait();
}

void LinkWatch::stop() {
  changed_ = nullptr;
  event_.cancel();
}

void LinkWatch::wait() {
  event_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                    [this](const boost::system::error_code& error) {
                      if (error || !changed_) return;
                      events_.drain();
                      changed_();
                      wait();
                    });
}

}  // namespace ringtail::capture
