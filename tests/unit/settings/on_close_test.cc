#include <fstream>
#include <vector>

#include "support/temp_folder.h"
#include "unit/settings/parsing.h"

// What is run for a closed file.
namespace ringtail::settings {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

std::string error_with(const std::string& value) {
  return error_of(with_capture("  on_close: " + value + "\n"));
}

TEST(OnClose, IsAProgramWithItsArguments) {
  EXPECT_THAT(capture_of("  on_close: [/bin/sh, -c, 'exit 1']\n").on_close,
              ElementsAre("/bin/sh", "-c", "exit 1"));
  EXPECT_THAT(capture_of("  on_close: []\n").on_close, IsEmpty());
  EXPECT_THAT(capture_of("").on_close, IsEmpty());
}

TEST(OnClose, NamesAProgramThatCanBeRun) {
  const support::TempFolder folder;
  const std::string plain = folder.path() / "plain";
  std::ofstream(plain) << "x" << std::flush;
  EXPECT_THAT(error_with("[zstd, -q]"),
              StartsWith("r.yaml:4:14: captures[0].on_close[0]: 'zstd' is no absolute path; "
                         "allowed is the absolute path of a program"));
  EXPECT_THAT(error_with("[/none/such]"), HasSubstr("'/none/such' is no program"));
  EXPECT_THAT(error_with("[" + folder.path().string() + "]"), HasSubstr("is no program"));
  EXPECT_THAT(error_with("[" + plain + "]"), HasSubstr("may not be executed"));
  EXPECT_THAT(error_with("['']"), HasSubstr("is no absolute path"));
}

TEST(OnClose, IsNoShellCommand) {
  EXPECT_THAT(error_with("/bin/true x"), HasSubstr("; allowed is a program and its arguments"));
  EXPECT_THAT(error_with("{a: b}"), HasSubstr("; allowed is a program and its arguments"));
  EXPECT_THAT(error_with("[/bin/true, [x]]"), HasSubstr("captures[0].on_close[1]: "));
  EXPECT_THAT(error_with("[/bin/true, \"a\\0b\"]"), HasSubstr("control character"));
  std::string long_list = "[/bin/true";
  for (int i = 0; i < 64; ++i) long_list += ", x";
  EXPECT_THAT(error_with(long_list + "]"), HasSubstr("65 words; at most 64 are allowed"));
}

TEST(OnClose, HasATimeout) {
  using std::chrono::seconds;
  EXPECT_EQ(capture_of("").on_close_timeout, seconds(60));
  EXPECT_EQ(capture_of("  on_close_timeout: 1s\n").on_close_timeout, seconds(1));
  for (const char* wrong : {"0s", "999ms", "25h", "60", "none"})
    EXPECT_THAT(error_of(with_capture("  on_close_timeout: " + std::string(wrong) + "\n")),
                HasSubstr("; allowed is"))
        << wrong;
}

}  // namespace
}  // namespace ringtail::settings
