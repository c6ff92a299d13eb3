#include "store/mount_guard.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace ringtail::store {
namespace {

TEST(MountGuard, FindsTheMountThatADirectoryIsOn) {
  const MountGuard guard("/proc/self/fd");
  EXPECT_EQ(guard.mount_point(), "/proc");
  EXPECT_TRUE(guard.holds());
  EXPECT_NO_THROW(guard.check());
}

TEST(MountGuard, TakesADirectoryThatIsNotThereYet) {
  EXPECT_EQ(MountGuard("/proc/none/at/all").mount_point(), "/proc");
}

TEST(MountGuard, RefusesTheMountOfTheRootDirectory) {
  for (const char* directory : {"/", "/none-of-this-name", "/none-of-this-name/below/"}) {
    try {
      const MountGuard guard(directory);
      FAIL() << directory << " was taken to be on " << guard.mount_point();
    } catch (const std::runtime_error& error) {
      EXPECT_EQ(std::string(error.what()),
                std::string(directory) +
                    " is not on a mount of its own (storage.require_mount: mount its disk there)");
    }
  }
}

}  // namespace
}  // namespace ringtail::store
