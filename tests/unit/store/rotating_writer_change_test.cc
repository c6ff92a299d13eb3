#include "unit/store/writer_fixture.h"

namespace ringtail::store {
namespace {

using namespace std::chrono_literals;

// Files of at most 2 MiB, until that is changed.
class RotatingWriterChangeTest : public RotatingWriterTest {
 protected:
  RotatingWriterChangeTest() {
    deliver();
    EXPECT_EQ(write(10, 1000), Room::kReady);
    complete_everything();
  }
  [[nodiscard]] std::size_t files() const { return supply_.finished.size(); }
};

TEST_F(RotatingWriterChangeTest, AnIntervalThatIsOverWhenItIsSetEndsTheFile) {
  now_ += 90s;
  writer_.set_interval(60s);
  writer_.rest(now_);
  complete_everything();
  EXPECT_EQ(files(), 1U);
}

TEST_F(RotatingWriterChangeTest, AnIntervalThatIsTakenAwayEndsNoFile) {
  writer_.set_interval(60s);
  writer_.set_interval(0s);
  now_ += 90s;
  packet_time_ += 90s;
  writer_.rest(now_);
  EXPECT_EQ(write(10, 1000), Room::kReady);
  complete_everything();
  EXPECT_EQ(files(), 0U);
}

TEST_F(RotatingWriterChangeTest, ASizeThatTheFileIsGrantedKeepsItUntilItIsFull) {
  deliver();  // the next one, for more
  supply_.first_grant_bytes = kMiB;
  writer_.set_max_file_bytes(16 * kMiB);
  EXPECT_EQ(files(), 0U);
  EXPECT_EQ(write(10, 1000), Room::kReady);
}

TEST_F(RotatingWriterChangeTest, ASizeBelowWhatTheFileIsGrantedEndsItAndReplacesTheNext) {
  deliver();  // made ahead, for 2 MiB
  EXPECT_EQ(supply_.requested, 0);
  writer_.set_max_file_bytes(kMiB);
  complete_everything();
  ASSERT_EQ(files(), 2U);
  EXPECT_EQ(supply_.finished[0].as.packets, 0U) << "the one that was made ahead";
  EXPECT_EQ(supply_.finished[1].as.packets, 10U);
  EXPECT_EQ(supply_.requested, 1);
}

}  // namespace
}  // namespace ringtail::store
