
#include <filesystem>
#include <fstream>
#include <string>

#include "unit/settings/parsing.h"

// Files that are missing, unreadable or no files. The reader's work on their text is tested
// elsewhere.
namespace ringtail::settings {
namespace {

using testing::ElementsAre;

class Load : public testing::Test {
 public:
  Load() {
    std::string pattern = testing::TempDir() + "ringtail-settings-XXXXXX";
    if (::mkdtemp(pattern.data()) != nullptr) folder_ = pattern;
  }
  ~Load() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

 protected:
  [[nodiscard]] std::filesystem::path file(const std::string& text) const {
    std::filesystem::path path = folder_ / "r.yaml";
    std::ofstream(path) << text;
    return path;
  }

  std::filesystem::path folder_;
};

TEST_F(Load, ReadsAFile) {
  const Result result = load(file(with_capture("")), kFourCpus);
  EXPECT_THAT(result.errors, ElementsAre());
  EXPECT_TRUE(result.settings.has_value());
}

TEST_F(Load, NamesTheFileInErrors) {
  const auto path = file("storge: {}\n");
  const Result result = load(path, kFourCpus);
  EXPECT_THAT(result.errors,
              ElementsAre(testing::StartsWith(path.string() + ":1:1: storge: unknown key"),
                          testing::StartsWith(path.string() + ":1:1: captures: is missing")));
}

TEST_F(Load, SaysThatAFileIsMissing) {
  const auto path = folder_ / "none.yaml";
  EXPECT_THAT(load(path, kFourCpus).errors,
              ElementsAre(path.string() + ": cannot be opened: No such file or directory"));
  EXPECT_THAT(load("", kFourCpus).errors,
              ElementsAre(": cannot be opened: No such file or directory"));
}

TEST_F(Load, SaysThatADirectoryIsNoFile) {
  EXPECT_THAT(load(folder_, kFourCpus).errors,
              ElementsAre(folder_.string() + ": cannot be read: Is a directory"));
}

TEST_F(Load, SaysWhatKeepsAFileFromBeingOpened) {
  // A link to itself: unlike permissions, this stops root as well.
  const auto path = std::filesystem::path(file("x")).parent_path() / "loop";
  std::filesystem::create_symlink(path, path);
  EXPECT_THAT(load(path, kFourCpus).errors,
              ElementsAre(path.string() + ": cannot be opened: Too many levels of symbolic links"));
}

TEST_F(Load, StopsReadingAHugeFileAtTheLimit) {
  EXPECT_THAT(load("/dev/zero", kFourCpus).errors,
              ElementsAre("/dev/zero: is larger than 1MiB, the most that is read"));
}

TEST_F(Load, KnowsTheCpusOfThisProcess) { EXPECT_FALSE(this_host().allowed_cpus.empty()); }

}  // namespace
}  // namespace ringtail::settings
