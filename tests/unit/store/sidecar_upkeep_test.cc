#include "store/sidecar_upkeep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "base/byte_size.h"
#include "store/sidecar_file.h"
#include "store/storage.h"
#include "support/temp_folder.h"
#include "unit/support/crafted_capture.h"

namespace ringtail::store {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using base::kMiB;
constexpr std::int64_t kSecond = 1'000'000'000;

std::string text_of(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// A storage directory whose sidecars are as an earlier run, or somebody else, left them.
class SidecarUpkeepTest : public testing::Test {
 protected:
  SidecarUpkeepTest() { fs::create_directories(data_ / "web"); }

  [[nodiscard]] fs::path path_at(std::int64_t second, const std::string& capture = "web") const {
    const FileName name{.start = PacketTime(std::chrono::seconds(second)),
                        .interface = "eth0",
                        .worker = 2,
                        .partial = false};
    return data_ / capture / name.text();
  }
  // A closed file of two packets, a second apart.
  fs::path close(std::int64_t second, const std::string& capture = "web") const {
    support::CraftedCapture content;
    content.add_frame(second * kSecond + 7, 1);
    content.add_frame((second + 1) * kSecond + 8, 2);
    fs::create_directories(data_ / capture);
    std::ofstream(path_at(second, capture), std::ios::binary)
        .write(reinterpret_cast<const char*>(content.bytes().data()),
               static_cast<std::streamsize>(content.bytes().size()));
    return path_at(second, capture);
  }
  void keep_up(std::uint64_t max_bytes = 1000 * kMiB) {
    storage_.emplace(StorageOptions{.directory = data_,
                                    .max_bytes = max_bytes,
                                    .captures = {{.capture = "web", .limit_bytes = max_bytes}}},
                     [this](base::Severity, const std::string& text) { said_.push_back(text); });
    while (storage_->recover_step()) {
    }
  }

  support::TempFolder folder_;
  fs::path data_ = folder_.path() / "data";
  std::vector<std::string> said_;
  std::optional<Storage> storage_;
};

TEST_F(SidecarUpkeepTest, RebuildsAMissingOneWithAllButTheLosses) {
  const fs::path file = close(5);
  keep_up();
  EXPECT_EQ(parse_sidecar(text_of(sidecar_path(file))).sidecar,
            (Sidecar{.origin = Sidecar::Origin::kRebuilt,
                     .capture = "web",
                     .interface = "eth0",
                     .worker = 2,
                     .linktype = 1,
                     .first = PacketTime(std::chrono::nanoseconds(5 * kSecond + 7)),
                     .last = PacketTime(std::chrono::nanoseconds(6 * kSecond + 8)),
                     .packets = 2,
                     .bytes = fs::file_size(file),
                     .window = {}}));
  EXPECT_THAT(said_, IsEmpty());
  EXPECT_EQ(storage_->usage()[0]->used_bytes.load(),
            allocated_bytes(file) + allocated_bytes(sidecar_path(file)));
}

TEST_F(SidecarUpkeepTest, RebuildsADamagedOneAndLeavesThoseThatAreInOrder) {
  const fs::path damaged = sidecar_path(close(5));
  const fs::path other = sidecar_path(close(6));
  std::ofstream(damaged) << "{\"version\":1" << std::flush;
  std::ofstream(other) << "{\"version\":2}" << std::flush;
  keep_up();
  EXPECT_THAT(text_of(damaged), HasSubstr("rebuilt"));
  EXPECT_EQ(text_of(other), "{\"version\":2}") << "of a version that this one cannot judge";
  storage_.reset();
  const std::string before = text_of(damaged);
  keep_up();
  EXPECT_EQ(text_of(damaged), before);
}

TEST_F(SidecarUpkeepTest, RemovesThoseWithoutTheirFilesAndNothingElse) {
  const fs::path orphan = sidecar_path(path_at(1));
  const fs::path half = sidecar_path(close(2)).string() + ".part";
  const fs::path elsewhere = sidecar_path(path_at(3, "no longer configured"));
  const fs::path foreign = data_ / "web" / "important.pcap.json";
  const fs::path no_sidecar = path_at(4).string() + ".zst";
  const fs::path folder = sidecar_path(path_at(5));
  fs::create_directories(elsewhere.parent_path());
  fs::create_directory(folder);
  for (const fs::path& path : {orphan, half, elsewhere, foreign, no_sidecar})
    std::ofstream(path) << "x" << std::flush;
  keep_up();
  for (const fs::path& path : {orphan, half, elsewhere}) EXPECT_FALSE(fs::exists(path)) << path;
  for (const fs::path& path : {foreign, no_sidecar, folder}) EXPECT_TRUE(fs::exists(path)) << path;
}

TEST_F(SidecarUpkeepTest, DoesNotReadFilesOfCapturesThatAreNoLongerRecorded) {
  const fs::path file = close(5, "no longer configured");
  keep_up();
  EXPECT_FALSE(fs::exists(sidecar_path(file)));
}

TEST_F(SidecarUpkeepTest, ReportsAClosedFileThatIsNoneOfOurs) {
  std::ofstream(path_at(5)) << "important" << std::flush;
  keep_up();
  EXPECT_THAT(said_, ElementsAre(path_at(5).string() +
                                 " does not hold what Ringtail writes; it is left alone"));
  EXPECT_FALSE(fs::exists(sidecar_path(path_at(5))));
}

TEST_F(SidecarUpkeepTest, MakesRoomInTheBudgetFirst) {
  const fs::path oldest = close(5);
  const fs::path newest = close(7);
  keep_up(allocated_bytes(oldest) + allocated_bytes(newest) + 1024);
  EXPECT_FALSE(fs::exists(oldest));
  EXPECT_TRUE(fs::exists(sidecar_path(newest)));
}

}  // namespace
}  // namespace ringtail::store
