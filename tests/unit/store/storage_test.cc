#include "store/storage.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "base/byte_size.h"
#include "store/sidecar_file.h"
#include "support/temp_folder.h"

namespace ringtail::store {
namespace {

namespace fs = std::filesystem;

using base::kMiB;

void no_report(base::Severity, const std::string&) {}

class StorageTest : public testing::Test {
 protected:
  [[nodiscard]] StorageOptions options(std::uint64_t max_bytes = 1000 * kMiB) const {
    return {.directory = folder_.path() / "data",
            .max_bytes = max_bytes,
            .captures = {{.capture = "web", .limit_bytes = max_bytes}}};
  }
  // Without sidecars, of which each closed file has one.
  [[nodiscard]] std::set<std::string> names(const std::string& capture = "web") const {
    std::set<std::string> found;
    std::set<std::string> sidecars;
    for (const auto& file : fs::directory_iterator(folder_.path() / "data" / capture)) {
      const bool is_sidecar = file.path().extension() == ".json";
      (is_sidecar ? sidecars : found).insert(file.path().filename());
    }
    for (const std::string& sidecar : sidecars)
      EXPECT_TRUE(found.contains(fs::path(sidecar).stem())) << sidecar;
    return found;
  }
  // Records a file of so many bytes that starts at this second.
  static std::shared_ptr<OpenFile> record(Storage& storage, std::int64_t second,
                                          std::uint64_t bytes) {
    auto file = storage.create("web", "eth0", 0, 64 * kMiB);
    while (file->granted_bytes < bytes) storage.grow(*file);
    storage.begin(*file, PacketTime(std::chrono::seconds(second)));
    storage.finish(*file, {.size_bytes = bytes, .packets = 1, .error = {}});
    return file;
  }
  static std::string name_at(std::int64_t second) {
    return FileName{.start = PacketTime(std::chrono::seconds(second)),
                    .interface = "eth0",
                    .worker = 0,
                    .partial = false}
        .text();
  }
  [[nodiscard]] std::uint64_t on_disk() const {
    std::uint64_t sum = 0;
    for (const auto& file : fs::recursive_directory_iterator(folder_.path() / "data")) {
      if (file.is_regular_file()) sum += allocated_bytes(file.path());
    }
    return sum;
  }

  support::TempFolder folder_;
};

TEST_F(StorageTest, PreallocatesAStepBeforeTheFirstPacketNamesTheFile) {
  Storage storage(options(), no_report);
  const auto file = storage.create("web", "eth0", 0, 64 * kMiB);
  EXPECT_EQ(file->granted_bytes, 16 * kMiB);
  EXPECT_GE(on_disk(), 16 * kMiB);
  EXPECT_EQ(names().size(), 1U);
  EXPECT_TRUE(names().begin()->starts_with("."));
  storage.begin(*file, PacketTime(std::chrono::seconds(1'700'000'000)));
  EXPECT_EQ(names(), std::set<std::string>{name_at(1'700'000'000) + ".part"});
}

TEST_F(StorageTest, GrantsNoMoreThanTheFileMayHold) {
  Storage storage(options(), no_report);
  const auto file = storage.create("web", "eth0", 0, 20 * kMiB);
  storage.grow(*file);
  storage.grow(*file);
  EXPECT_EQ(file->granted_bytes, 20 * kMiB);
}

TEST_F(StorageTest, CutsAFinishedFileToItsRecordsAndGivesItItsName) {
  Storage storage(options(), no_report);
  record(storage, 1'700'000'000, 1234);
  EXPECT_EQ(names(), std::set<std::string>{name_at(1'700'000'000)});
  EXPECT_EQ(fs::file_size(folder_.path() / "data" / "web" / name_at(1'700'000'000)), 1234U);
  EXPECT_LT(on_disk(), kMiB) << "the preallocated rest is given back";
  EXPECT_EQ(storage.finished_files(), 1U);
  EXPECT_EQ(storage.usage()[0]->oldest_microseconds.load(), 1'700'000'000'000'000);
}

TEST_F(StorageTest, WritesDownBesideAFinishedFileWhatIsInItAndWhatIsMissing) {
  Storage storage(options(), no_report);
  auto file = storage.create("web", "eth0", 3, 64 * kMiB);
  const PacketTime first(std::chrono::nanoseconds(1'700'000'000'000'000'001));
  const PacketTime last = first + std::chrono::hours(1);
  const RingCounts window{.received = 12, .dropped = {1, 2}};
  storage.begin(*file, first);
  storage.finish(
      *file, {.size_bytes = 1234, .packets = 9, .linktype = 113, .last = last, .window = window});
  const fs::path path = folder_.path() / "data" / "web" / file->name;
  std::ifstream text(sidecar_path(path));
  EXPECT_EQ(parse_sidecar(std::string(std::istreambuf_iterator<char>(text), {})).sidecar,
            (Sidecar{.capture = "web",
                     .interface = "eth0",
                     .worker = 3,
                     .linktype = 113,
                     .first = first,
                     .last = last,
                     .packets = 9,
                     .bytes = 1234,
                     .window = window}));
  EXPECT_EQ(storage.usage()[0]->used_bytes.load(), on_disk());
}

TEST_F(StorageTest, FinishesAFileWhoseSidecarCannotBeWrittenAndSaysSoOnce) {
  std::vector<std::string> said;
  Storage storage(options(),
                  [&](base::Severity, const std::string& text) { said.push_back(text); });
  // A folder that is not empty, which nothing replaces.
  for (const std::int64_t second : {1, 2})
    fs::create_directories(sidecar_path(folder_.path() / "data" / "web" / name_at(second)) / "x");
  for (const std::int64_t second : {1, 2, 3}) record(storage, second, 1000);
  for (const std::int64_t second : {1, 2, 3})
    EXPECT_TRUE(fs::exists(folder_.path() / "data" / "web" / name_at(second)));
  ASSERT_EQ(said.size(), 2U);
  EXPECT_NE(said[0].find("its file has no sidecar"), std::string::npos);
  EXPECT_EQ(said[1], "sidecars can be written again");
}

TEST_F(StorageTest, AFinishedFileKeepsTheTimeOfItsLastWrite) {
  Storage storage(options(), no_report);
  const auto file = storage.create("web", "eth0", 0, 64 * kMiB);
  storage.begin(*file, PacketTime(std::chrono::seconds(1'700'000'000)));
  const timespec last_write{.tv_sec = 1'700'000'060, .tv_nsec = 0};
  const timespec times[] = {last_write, last_write};
  ASSERT_EQ(::futimens(file->fd.get(), times), 0);
  storage.finish(*file, {.size_bytes = 1000, .packets = 1, .error = {}});
  struct stat status {};
  ASSERT_EQ(::stat((folder_.path() / "data" / "web" / name_at(1'700'000'000)).c_str(), &status), 0);
  EXPECT_EQ(status.st_mtim.tv_sec, last_write.tv_sec);
}

TEST_F(StorageTest, RemovesAFileWithoutAPacket) {
  Storage storage(options(), no_report);
  const auto unbegun = storage.create("web", "eth0", 0, 64 * kMiB);
  const auto begun = storage.create("web", "eth0", 0, 64 * kMiB);
  storage.begin(*begun, PacketTime(std::chrono::seconds(1)));
  storage.finish(*unbegun, {});
  storage.finish(*begun, {});
  EXPECT_TRUE(names().empty());
  EXPECT_EQ(storage.usage()[0]->used_bytes.load(), 0U);
}

TEST_F(StorageTest, NeverReplacesAFileOfTheSameName) {
  Storage storage(options(), no_report);
  for (int i = 0; i < 3; ++i) record(storage, 1'700'000'000, 1000 + static_cast<std::uint64_t>(i));
  EXPECT_EQ(names().size(), 3U);
}

TEST_F(StorageTest, DeletesTheOldestBeforeTheBudgetIsExceeded) {
  Storage storage(options(100 * kMiB), no_report);
  for (std::int64_t second = 1; second <= 12; ++second) {
    record(storage, second, 20 * kMiB);
    EXPECT_LE(on_disk(), 100 * kMiB);
    EXPECT_LE(storage.usage()[0]->used_bytes.load(), 100 * kMiB);
  }
  EXPECT_EQ(names(), (std::set<std::string>{name_at(9), name_at(10), name_at(11), name_at(12)}));
}

TEST_F(StorageTest, RefusesWhatTheBudgetCannotHoldAndKeepsTheNewestFile) {
  Storage storage(options(40 * kMiB), no_report);
  record(storage, 1, 19 * kMiB);
  const auto open = storage.create("web", "eth0", 0, 64 * kMiB);
  try {
    storage.grow(*open);
    FAIL() << "did not throw";
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code().value(), ENOSPC);
    EXPECT_NE(std::string(error.what()).find("web"), std::string::npos);
  }
  EXPECT_TRUE(names().contains(name_at(1)));
}

TEST_F(StorageTest, HasTheLockOfEachFileThatIsWrittenSoThatNobodyRepairsIt) {
  Storage storage(options(), no_report);
  const auto open = storage.create("web", "eth0", 0, 64 * kMiB);
  for (const bool begun : {false, true}) {
    if (begun) storage.begin(*open, PacketTime(std::chrono::seconds(5)));
    EXPECT_THROW(UnfinishedFile(open->folder / open->name, UnfinishedFile::Access::kRead),
                 std::runtime_error);
  }
}

TEST_F(StorageTest, PassesOverALinkThatLeadsNowhere) {
  fs::create_directories(folder_.path() / "data");
  fs::create_symlink("loop", folder_.path() / "data" / "loop");
  EXPECT_NO_THROW(Storage(options(), no_report));
}

TEST_F(StorageTest, CountsAndDeletesWhatAnEarlierRunLeft) {
  {
    Storage storage(options(), no_report);
    for (std::int64_t second = 1; second <= 4; ++second) record(storage, second, 20 * kMiB);
    const auto cut_off = storage.create("web", "eth0", 0, 64 * kMiB);
    storage.begin(*cut_off, PacketTime(std::chrono::seconds(5)));
    (void)storage.create("web", "eth0", 0, 64 * kMiB);
  }  // as after a crash: neither is finished
  Storage storage(options(100 * kMiB), no_report);
  EXPECT_EQ(names().size(), 5U) << "the one without a packet is removed";
  EXPECT_GE(storage.usage()[0]->used_bytes.load(), 96 * kMiB);
  record(storage, 6, 20 * kMiB);
  EXPECT_LE(on_disk(), 100 * kMiB);
  EXPECT_EQ(names(),
            (std::set<std::string>{name_at(3), name_at(4), name_at(5) + ".part", name_at(6)}));
}

TEST_F(StorageTest, DeletesTheOldestFileBeyondWhatMemoryIsSpentOnAndSaysSoOnce) {
  StorageOptions few = options();
  few.max_files = 2;
  std::vector<std::string> said;
  Storage storage(few, [&](base::Severity, const std::string& text) { said.push_back(text); });
  for (int second = 0; second < 5; ++second) {
    record(storage, 1'700'000'000 + second, 4096);
    while (storage.retain_step(TrustedClock::read_host())) {
    }
  }
  EXPECT_EQ(names(), (std::set<std::string>{name_at(1'700'000'003), name_at(1'700'000'004)}));
  ASSERT_EQ(said.size(), 1U);
  EXPECT_EQ(said[0].find("there are more than 2 files"), 0U) << said[0];
}

TEST_F(StorageTest, FoldersOfCapturesNoLongerConfiguredGoFirst) {
  {
    StorageOptions old = options();
    old.captures = {{.capture = "old", .limit_bytes = 1000 * kMiB}};
    Storage storage(old, no_report);
    for (std::int64_t second = 100; second < 103; ++second) {
      auto file = storage.create("old", "eth0", 0, 16 * kMiB);
      storage.begin(*file, PacketTime(std::chrono::seconds(second)));
      storage.finish(*file, {.size_bytes = 16 * kMiB, .packets = 1, .error = {}});
    }
  }
  Storage storage(options(100 * kMiB), no_report);
  for (std::int64_t second = 1; second <= 3; ++second) record(storage, second, 20 * kMiB);
  EXPECT_EQ(names().size(), 3U) << "although they are older";
  EXPECT_LT(names("old").size(), 3U);
  record(storage, 4, 20 * kMiB);
  EXPECT_TRUE(names("old").empty());
}

TEST_F(StorageTest, GoesOnWithTheNextFileWhenOneCannotBeDeletedAndSaysSo) {
  std::string said;
  Storage storage(options(100 * kMiB),
                  [&](base::Severity, const std::string& text) { said += text; });
  record(storage, 1, 20 * kMiB);
  // Where the oldest file was there is a folder, which unlink refuses, also to root.
  const fs::path stubborn = folder_.path() / "data" / "web" / name_at(1);
  fs::remove(stubborn);
  fs::create_directory(stubborn);
  for (std::int64_t second = 2; second <= 8; ++second) record(storage, second, 20 * kMiB);
  EXPECT_EQ(names(), (std::set<std::string>{name_at(1), name_at(6), name_at(7), name_at(8)}))
      << "its bytes go on counting";
  EXPECT_EQ(said, "unlink " + stubborn.string() +
                      ": Is a directory; it goes on counting against the budget");
}

TEST_F(StorageTest, RefusesACapturesFolderThatIsASymbolicLink) {
  fs::create_directories(folder_.path() / "elsewhere");
  fs::create_directories(folder_.path() / "data");
  fs::create_directory_symlink(folder_.path() / "elsewhere", folder_.path() / "data" / "web");
  EXPECT_THROW(Storage(options(), no_report), std::runtime_error);
}

TEST_F(StorageTest, LeavesFilesOfOthersAloneWhateverTheirNames) {
  fs::create_directories(folder_.path() / "data" / "web");
  const fs::path foreign = folder_.path() / "data" / "web" / "important.pcap";
  std::ofstream(foreign) << std::string(30 * kMiB, 'x') << std::flush;
  Storage storage(options(60 * kMiB), no_report);
  for (std::int64_t second = 1; second <= 5; ++second) record(storage, second, 20 * kMiB);
  EXPECT_TRUE(fs::exists(foreign));
}

TEST_F(StorageTest, KeepsTheMinimumOfFreeSpaceEvenIfItMustStop) {
  struct statvfs status {};
  ASSERT_EQ(::statvfs(folder_.path().c_str(), &status), 0);
  const std::uint64_t free = std::uint64_t{status.f_bavail} * status.f_frsize;
  StorageOptions wanted = options();
  wanted.min_free_bytes = free + (1ULL << 40);
  Storage storage(wanted, no_report);
  try {
    (void)storage.create("web", "eth0", 0, 64 * kMiB);
    FAIL() << "did not throw";
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code().value(), ENOSPC);
    EXPECT_NE(std::string(error.what()).find("min_free"), std::string::npos);
  }
  EXPECT_TRUE(names().empty());
}

TEST_F(StorageTest, IsRefusedToASecondOwner) {
  const Storage first(options(), no_report);
  try {
    const Storage second(options(), no_report);
    FAIL() << "did not throw";
  } catch (const DirectoryInUse& error) {
    EXPECT_NE(std::string(error.what()).find((folder_.path() / "data").string()),
              std::string::npos);
  }
}

TEST_F(StorageTest, MakesItsFolderAgainWhenSomebodyRemovedIt) {
  Storage storage(options(), no_report);
  fs::remove_all(folder_.path() / "data" / "web");
  record(storage, 1, 1000);
  EXPECT_EQ(names(), std::set<std::string>{name_at(1)});
}

TEST_F(StorageTest, KeepsAFileThatCannotBeFinishedUnderItsPartialName) {
  Storage storage(options(), no_report);
  auto file = storage.create("web", "eth0", 0, 64 * kMiB);
  storage.begin(*file, PacketTime(std::chrono::seconds(7)));
  file->fd.reset();  // stands for a disk that refuses: every call on it fails
  EXPECT_THROW(storage.finish(*file, {.size_bytes = 1000, .packets = 1, .error = {}}),
               std::system_error);
  EXPECT_EQ(names(), std::set<std::string>{name_at(7) + ".part"});
  EXPECT_GT(storage.usage()[0]->used_bytes.load(), 0U) << "it counts against the budget";
}

}  // namespace
}  // namespace ringtail::store
