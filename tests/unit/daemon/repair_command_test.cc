#include "daemon/repair_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "daemon/exit_code.h"
#include "store/directory_lock.h"
#include "support/temp_folder.h"
#include "unit/support/crafted_capture.h"

namespace ringtail::daemon {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr const char* kName = "20231114T221320.000000Z_eth0_w0.pcap";

// A copy of a storage directory with one packet in each unfinished file.
class RepairCommandTest : public testing::Test {
 protected:
  RepairCommandTest() {
    put(web_ / (kName + std::string(".part")));
    put(web_ / ".next_eth0_w1_7");
  }
  static void put(const fs::path& path) {
    support::CraftedCapture content;
    content.add_frame(1'700'000'000'000'000'000, 1);
    fs::create_directories(path.parent_path());
    std::ofstream file(path, std::ios::binary);
    file.write(reinterpret_cast<const char*>(content.bytes().data()),
               static_cast<std::streamsize>(content.bytes().size()));
    file << std::string(100, '\0') << std::flush;
  }
  int repair(const fs::path& path, bool dry_run = false) {
    out_.str("");
    err_.str("");
    return repair_command({.path = path, .dry_run = dry_run}, out_, err_);
  }
  [[nodiscard]] bool is_repaired() const {
    return fs::exists(web_ / kName) && fs::exists(web_ / "20231114T221320.000000Z_eth0_w1.pcap");
  }

  support::TempFolder folder_;
  fs::path data_ = folder_.path() / "data";
  fs::path web_ = data_ / "web";
  std::ostringstream out_;
  std::ostringstream err_;
};

TEST_F(RepairCommandTest, FinishesTheFilesOfAllCapturesOfADirectory) {
  EXPECT_EQ(repair(data_), kOk) << err_.str();
  EXPECT_TRUE(is_repaired());
  EXPECT_THAT(out_.str(), HasSubstr((web_ / kName).string() + ": 1 packet kept, 100 bytes cut"));
  EXPECT_EQ(repair(data_), kOk);
  EXPECT_THAT(out_.str(), HasSubstr("no unfinished file"));
}

TEST_F(RepairCommandTest, FinishesTheFilesOfOneCapturesFolder) {
  EXPECT_EQ(repair(web_ / "."), kOk) << err_.str();
  EXPECT_TRUE(is_repaired());
}

TEST_F(RepairCommandTest, FinishesOneFileAlone) {
  EXPECT_EQ(repair(web_ / (kName + std::string(".part"))), kOk) << err_.str();
  EXPECT_TRUE(fs::exists(web_ / kName));
  EXPECT_FALSE(is_repaired());
}

TEST_F(RepairCommandTest, ChangesNothingInADryRun) {
  EXPECT_EQ(repair(data_, true), kOk) << err_.str();
  EXPECT_THAT(out_.str(), HasSubstr("would recover"));
  EXPECT_EQ(std::distance(fs::directory_iterator(web_), {}), 2);
  EXPECT_TRUE(fs::exists(web_ / ".next_eth0_w1_7"));
}

TEST_F(RepairCommandTest, BringsSidecarsInOrder) {
  ASSERT_EQ(repair(data_), kOk);
  const fs::path missing = web_ / (kName + std::string(".json"));
  const fs::path orphan = web_ / "20231114T221319.000000Z_eth0_w0.pcap.json";
  ASSERT_TRUE(fs::exists(missing));
  fs::rename(missing, orphan);
  EXPECT_EQ(repair(data_, true), kOk);
  EXPECT_THAT(out_.str(), HasSubstr("would rebuild " + missing.string()));
  EXPECT_THAT(out_.str(), HasSubstr("would remove " + orphan.string()));
  EXPECT_TRUE(fs::exists(orphan) && !fs::exists(missing));
  EXPECT_EQ(repair(data_), kOk);
  EXPECT_THAT(out_.str(), HasSubstr("rebuilt " + missing.string()));
  EXPECT_THAT(out_.str(), HasSubstr("removed " + orphan.string()));
  EXPECT_TRUE(!fs::exists(orphan) && fs::exists(missing));
}

TEST_F(RepairCommandTest, RefusesWhatARunningRingtailRecordsTo) {
  const base::UniqueFd lock = store::lock_directory(data_);
  for (const fs::path& path : {data_, web_, web_ / (kName + std::string(".part"))}) {
    EXPECT_EQ(repair(path), kAlreadyRunning);
    EXPECT_THAT(err_.str(), HasSubstr(data_.string()));
  }
  EXPECT_FALSE(is_repaired());
}

TEST_F(RepairCommandTest, NamesWhatItLeavesAloneAndRepairsTheRest) {
  const fs::path foreign = web_ / "20231114T221319.000000Z_eth0_w0.pcap.part";
  std::ofstream(foreign) << "important" << std::flush;
  EXPECT_EQ(repair(data_), kFailure);
  EXPECT_EQ(err_.str(),
            foreign.string() + " does not hold what Ringtail writes; it is left alone\n");
  EXPECT_TRUE(is_repaired());
  EXPECT_EQ(fs::file_size(foreign), 9U);
}

TEST_F(RepairCommandTest, PassesOverSymbolicLinksWhereverTheyLead) {
  const fs::path elsewhere = folder_.path() / "elsewhere";
  put(elsewhere / (kName + std::string(".part")));
  fs::create_directory_symlink(elsewhere, data_ / "other");
  fs::create_symlink("loop", data_ / "loop");
  EXPECT_EQ(repair(data_), kOk) << err_.str();
  EXPECT_TRUE(is_repaired());
  EXPECT_TRUE(fs::exists(elsewhere / (kName + std::string(".part"))));
}

TEST_F(RepairCommandTest, PrintsNoControlCharacterOfANameThatSomebodyElseChose) {
  const std::string interface = "e\x1b[2J\n0";
  put(web_ / ("20231114T221320.000000Z_" + interface + "_w0.pcap.part"));
  std::ofstream(web_ / ("20231114T221321.000000Z_" + interface + "_w0.pcap.part")) << "foreign";
  EXPECT_EQ(repair(data_), kFailure);
  for (const std::string& printed : {out_.str(), err_.str()}) {
    EXPECT_THAT(printed, HasSubstr("_e\\x1b[2J\\x0a0_w0.pcap"));
    EXPECT_EQ(printed.find('\x1b'), std::string::npos) << printed;
  }
}

TEST_F(RepairCommandTest, SaysWhatIsWrongWithAPathThatItCannotTake) {
  EXPECT_EQ(repair(folder_.path() / "missing"), kFailure);
  EXPECT_THAT(err_.str(), HasSubstr("missing"));
  const fs::path finished = web_ / kName;
  put(finished);
  EXPECT_EQ(repair(finished), kFailure);
  EXPECT_THAT(err_.str(), HasSubstr(".pcap.part"));
}

}  // namespace
}  // namespace ringtail::daemon
