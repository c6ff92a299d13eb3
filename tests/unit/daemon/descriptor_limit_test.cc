#include "daemon/descriptor_limit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace ringtail::daemon {
namespace {

// Two captures on CPU 1, one of which records two interfaces on two CPUs: 5 rings and 2 workers;
// and a watch on one of these.
capture::EngineOptions options() {
  capture::EngineOptions options;
  std::vector<capture::CaptureOptions>& captures = options.captures;
  captures.resize(2);
  captures[0].interfaces.resize(2);
  captures[0].cpus = {0, 1};
  captures[1].interfaces.resize(1);
  captures[1].cpus = {1};
  options.tcp_watch.resize(1);
  options.tcp_watch[0].cpus = {1};
  return options;
}

TEST(DescriptorLimit, IsRefusedWithTheArithmeticWhenItIsOneTooLow) {
  const std::uint64_t needed = 5 * 3 + 1 + 2 * 6 + 64 + 34;
  EXPECT_NO_THROW(check_descriptors(options(), needed));
  try {
    check_descriptors(options(), needed - 1);
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("5 rings x 3 + 1 TCP watch ring x 1 + 2 workers x "
                                                 "6 + 64 HTTP connections + 34 others = 126 "
                                                 "descriptors, more than the 125"
                                                 " of RLIMIT_NOFILE"));
  }
}

}  // namespace
}  // namespace ringtail::daemon
