#include "daemon/descriptor_limit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace ringtail::daemon {
namespace {

using capture::CaptureOptions;

// Two captures on CPU 1, one of which records two interfaces on two CPUs: 5 rings and 2 workers.
std::vector<CaptureOptions> captures() {
  std::vector<CaptureOptions> captures(2);
  captures[0].interfaces.resize(2);
  captures[0].cpus = {0, 1};
  captures[1].interfaces.resize(1);
  captures[1].cpus = {1};
  return captures;
}

TEST(DescriptorLimit, IsRefusedWithTheArithmeticWhenItIsOneTooLow) {
  const std::uint64_t needed = 5 * 3 + 2 * 4 + 64 + 33;
  EXPECT_NO_THROW(check_descriptors(captures(), needed));
  try {
    check_descriptors(captures(), needed - 1);
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("5 rings x 3 + 2 workers x 4 + 64 HTTP connections"
                                                 " + 33 others = 120 descriptors, more than the 119"
                                                 " of RLIMIT_NOFILE"));
  }
}

}  // namespace
}  // namespace ringtail::daemon
