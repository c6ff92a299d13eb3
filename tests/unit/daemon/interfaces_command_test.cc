#include "daemon/interfaces_command.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "daemon/exit_code.h"

namespace ringtail::daemon {
namespace {

std::string first_word(const std::string& text) { return text.substr(0, text.find(' ')); }

TEST(InterfacesCommand, PrintsNothingButTheListing) {
  for (const bool stats : {false, true}) {
    std::ostringstream out;
    std::ostringstream err;
    EXPECT_EQ(interfaces_command({stats, false}, out, err), kOk);
    EXPECT_EQ(first_word(out.str()), "NAME");
    EXPECT_EQ(out.str().find("RX-OK") != std::string::npos, stats);
    EXPECT_EQ(err.str(), "");
  }
}

TEST(InterfacesCommand, FailsIfTheListingCannotBeWritten) {
  std::ofstream full("/dev/full");
  std::ostringstream err;
  EXPECT_EQ(interfaces_command({false, true}, full, err), kFailure);
  EXPECT_EQ(err.str(), "the list of interfaces cannot be written\n");
}

}  // namespace
}  // namespace ringtail::daemon
