#include "daemon/check_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>

#include "daemon/exit_code.h"
#include "filter/expression.h"
#include "support/temp_folder.h"

namespace ringtail::daemon {
namespace {

const settings::Host kTwoCpus{{0, 1}};

TEST(CheckCommand, SaysThatAFileIsInOrder) {
  std::ostringstream out;
  std::ostringstream err;
  EXPECT_EQ(check_command({RINGTAIL_EXAMPLE, false, kTwoCpus}, out, err), kOk);
  EXPECT_EQ(out.str(), std::string{RINGTAIL_EXAMPLE} + ": ok\n");
  EXPECT_EQ(err.str(), "");
}

TEST(CheckCommand, PrintsTheEffectiveSettings) {
  std::ostringstream out;
  std::ostringstream err;
  EXPECT_EQ(check_command({RINGTAIL_EXAMPLE, true, kTwoCpus}, out, err), kOk);
  EXPECT_THAT(out.str(), testing::HasSubstr("workers: 2\n"));
}

TEST(CheckCommand, PrintsErrorsAndReturnsBadConfiguration) {
  std::ostringstream out;
  std::ostringstream err;
  EXPECT_EQ(check_command({"/none.yaml", true, kTwoCpus}, out, err), kBadConfiguration);
  EXPECT_EQ(out.str(), "");
  EXPECT_EQ(err.str(), "/none.yaml: cannot be opened: No such file or directory\n");
}

TEST(CheckCommand, PrintsABadFilterWithItsLine) {
  const support::TempFolder folder;
  const std::filesystem::path file = folder.path() / "r.yaml";
  std::ofstream(file) << "captures:\n- name: a\n  interfaces: [lo]\n  filter: tcp and and\n";
  std::ostringstream out;
  std::ostringstream err;
  EXPECT_EQ(check_command({file, false, kTwoCpus}, out, err), kBadConfiguration);
  EXPECT_EQ(out.str(), "");
  EXPECT_THAT(err.str(), testing::StartsWith(file.string() + ":4:"));
  EXPECT_THAT(err.str(), testing::HasSubstr("syntax error at 'and' (character 9)"));
}

// What `check` says of one capture whose lines these are.
class CheckedFilter : public testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path file(const std::string& text) const {
    std::filesystem::path path = folder_.path() / "web.filter";
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }

  [[nodiscard]] std::string said(const std::string& lines) const {
    const std::filesystem::path settings = folder_.path() / "r.yaml";
    std::ofstream(settings) << "captures:\n- name: a\n" << lines;
    std::ostringstream out;
    std::ostringstream err;
    const int status = check_command({settings, false, kTwoCpus}, out, err);
    EXPECT_EQ(status == kOk, out.str() == settings.string() + ": ok\n");
    return status == kOk ? "ok" : err.str();
  }

  // The same, of a capture with the filter file.
  [[nodiscard]] std::string said_of_file() const {
    return said("  interfaces: [lo]\n  filter_file: web.filter\n");
  }

  support::TempFolder folder_;
};

TEST_F(CheckedFilter, MayBeInAFileBesideTheSettings) {
  (void)file("# web\ntcp port 443\nor udp # quic\n");
  EXPECT_EQ(said_of_file(), "ok");
}

TEST_F(CheckedFilter, InAFileIsRefusedAtItsKeyWithTheFilesName) {
  const std::pair<std::string, const char*> cases[] = {
      {"tcp\nand and\n", "syntax error at 'and'"},
      {"tcp and # udp\n", "syntax error at its end"},
      {"tcp\x01or udp", "there is a control character in it"},
      {std::string("tcp\0or udp", 10), "there is a control character in it"},
      {std::string(filter::kMaxExpressionBytes + 1, ' '), "is larger than 65536 bytes"},
      {"", "holds no expression; leave filter_file out"},
      {" \n# tcp\n", "holds no expression"},
  };
  for (const auto& [text, reason] : cases) {
    const std::string path = file(text).string();
    EXPECT_THAT(said_of_file(),
                testing::AllOf(testing::StartsWith((folder_.path() / "r.yaml").string() +
                                                   ":4:16: captures[0].filter_file: "),
                               testing::HasSubstr(path), testing::HasSubstr(reason)));
  }
}

TEST_F(CheckedFilter, InAFileThatIsMissingIsRefusedWithItsName) {
  EXPECT_THAT(said_of_file(),
              testing::AllOf(testing::HasSubstr(":4:16: captures[0].filter_file: "),
                             testing::HasSubstr((folder_.path() / "web.filter").string()),
                             testing::HasSubstr("No such file or directory")));
}

TEST_F(CheckedFilter, IsRefusedOnceHoweverManyTheInterfaces) {
  const std::string text = said("  interfaces: [lo, nosuch0, nosuch1]\n  filter: tcp and and\n");
  EXPECT_THAT(text, testing::HasSubstr(":4:11: captures[0].filter: filter 'tcp and and'"));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1) << text;
}

TEST_F(CheckedFilter, IsRefusedWhereInterfacesAreMissing) {
  EXPECT_THAT(said("  filter: tcp and and\n"),
              testing::AllOf(testing::HasSubstr("captures[0].interfaces: is missing"),
                             testing::HasSubstr("captures[0].filter: filter 'tcp and and'")));
}

TEST_F(CheckedFilter, NeedsRoomForTheTestOfTheDirection) {
  // 4095 instructions, of the 4096 that the kernel takes. A loopback interface always has the test.
  std::string filter = "len = 0";
  for (int i = 1; i < 2174; ++i) filter += " or len = " + std::to_string(i);
  (void)file(filter);
  const auto said_of = [this](const char* interfaces, const char* direction) {
    return said(std::string("  interfaces: ") + interfaces + "\n  direction: " + direction +
                "\n  filter_file: web.filter\n");
  };
  const std::string without = said_of("[nosuch0]", "both");
  if (without.find("net.core.optmem_max") != std::string::npos) GTEST_SKIP() << without;
  EXPECT_EQ(without, "ok");
  EXPECT_THAT(
      said_of("[nosuch0]", "in"),
      testing::HasSubstr("the filter has 4098 instructions with the test of the direction"));
  EXPECT_THAT(said_of("[nosuch0, lo]", "both"),
              testing::HasSubstr("captures[0].filter_file: on lo: " + folder_.path().string()));
}

TEST(CheckCommand, DoesNotSucceedWhenItsOutputIsLost) {
  std::ostringstream out;
  out.setstate(std::ios::badbit);
  std::ostringstream err;
  EXPECT_EQ(check_command({RINGTAIL_EXAMPLE, true, kTwoCpus}, out, err), kFailure);
  EXPECT_THAT(err.str(), testing::HasSubstr("cannot be written"));
}

}  // namespace
}  // namespace ringtail::daemon
