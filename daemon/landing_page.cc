#include "daemon/landing_page.h"

#include <unistd.h>

#include <array>

#include "metrics/status_page.h"
#include "metrics/status_style.h"

namespace ringtail::daemon {
namespace {

std::string host_name() {
  std::array<char, 256> name{};  // zero-terminated also when a name is cut
  if (::gethostname(name.data(), name.size() - 1) != 0) return "this host";
  return name.data();
}

}  // namespace

LandingPage::LandingPage(boost::asio::io_context& io, capture::Engine& engine)
    : second_(io), engine_(engine), host_(host_name()) {
  await_second();
}

control::Response LandingPage::response() const {
  const metrics::StatusFacts facts{.host = host_,
                                   .version = RINGTAIL_VERSION,
                                   .started = started_,
                                   .now = std::chrono::steady_clock::now(),
                                   .wall_time = std::chrono::system_clock::now()};
  return {.content_type = metrics::kHtmlContentType,
          .body = metrics::status_page(engine_.snapshot(), drops_, facts),
          .style_source = metrics::kStatusStyleSource};
}

void LandingPage::stop() {
  stopped_ = true;
  second_.cancel();
}

void LandingPage::await_second() {
  second_.expires_after(std::chrono::seconds(1));
  second_.async_wait([this](const boost::system::error_code&) {
    if (stopped_) return;
    drops_.observe(engine_.snapshot(), std::chrono::steady_clock::now());
    await_second();
  });
}

}  // namespace ringtail::daemon
