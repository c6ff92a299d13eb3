#include "base/thread.h"

#include <gtest/gtest.h>

#include <array>
#include <future>

namespace ringtail::base {
namespace {

TEST(StartThread, RunsTheFunctionUnderTheName) {
  std::array<char, 16> name{};
  std::promise<void> looked;
  std::thread thread =
      start_thread("a-name-of-more-than-15-bytes", [end = looked.get_future()] { end.wait(); });
  const bool named = ::pthread_getname_np(thread.native_handle(), name.data(), name.size()) == 0;
  looked.set_value();
  thread.join();
  ASSERT_TRUE(named);
  EXPECT_STREQ(name.data(), "a-name-of-more-");
}

TEST(StartThread, SaysWhichCouldNotBeStartedAndWhatMayAllowIt) {
  EXPECT_EXIT(
      {
        pthread_attr_t attributes;
        (void)::pthread_attr_init(&attributes);
        (void)::pthread_attr_setstacksize(&attributes, std::size_t{1} << 50);  // nobody has so much
        (void)::pthread_setattr_default_np(&attributes);
        try {
          start_thread("worker-7", [] {}).join();
        } catch (const std::system_error& error) {
          const std::string text = error.what();
          std::_Exit(text.find("starting the thread worker-7") == 0 ? 7 : 1);
        }
        std::_Exit(0);
      },
      testing::ExitedWithCode(7), "");
}

}  // namespace
}  // namespace ringtail::base
