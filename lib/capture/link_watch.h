#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "base/report.h"
#include "base/unique_fd.h"
#include "ring/interface.h"
#include "ring/link_events.h"

namespace ringtail::capture {

// What the recorded interfaces are, and whether they can deliver packets. Control thread, whose
// io_context must outlive it.
class LinkWatch {
 public:
  // Throws std::system_error.
  LinkWatch(boost::asio::io_context& control, base::Reporter report);
  ~LinkWatch();
  LinkWatch(const LinkWatch&) = delete;
  LinkWatch& operator=(const LinkWatch&) = delete;

  // An interface that is to be recorded; it need not exist, and may be known.
  void add(const std::string& interface);
  // Forgets the others.
  void keep_only(const std::set<std::string>& interfaces);
  // Looks at all of them; reports each change once.
  void look();
  // From now on calls `changed` whenever the kernel says that a look is worthwhile.
  void start(std::function<void()> changed);
  // Ends that, so that the io_context may run out of work.
  void stop();

  // As it was at the last look; empty if there is none of that name.
  [[nodiscard]] const std::optional<ring::Interface>& found(const std::string& interface) const {
    return links_.at(interface).found;
  }
  // Why the interface delivers nothing; empty if it can.
  [[nodiscard]] const std::string& problem(const std::string& interface) const {
    return links_.at(interface).problem;
  }

 private:
  struct Link {
    std::optional<ring::Interface> found;
    std::string problem;
  };
  void update(const std::string& interface, Link& link);
  void wait();

  base::Reporter report_;
  base::UniqueFd socket_;
  ring::LinkEvents events_;
  boost::asio::posix::stream_descriptor event_;  // borrows the descriptor of events_
  std::function<void()> changed_;
  std::map<std::string, Link> links_;
};

}  // namespace ringtail::capture
