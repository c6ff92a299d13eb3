#include "store/uring_sink.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "base/mapping.h"
#include "pcapfile/encoded_run.h"
#include "ring/block_lease.h"
#include "support/crafted_block.h"
#include "support/temp_folder.h"
#include "unit/store/fake_uring.h"

namespace ringtail::store {
namespace {

class UringSinkTest : public testing::Test {
 protected:
  using Lease = ring::BlockLease;
  using Sink = UringSink<Lease, FakeUring>;

  UringSinkTest() {
    file_.fd = base::UniqueFd(::open(path_.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    file_.mode = WriteMode::kUring;
    for (std::size_t i = 0; i < memory_.size(); ++i)
      memory_.data()[i] = static_cast<std::byte>('a' + i / pcapfile::kPageBytes);
  }

  // The nth pages of the memory go to the nth pages of the file.
  void submit(Sink& sink, std::uint32_t page, std::size_t pages = 1, Lease lease = {}) {
    sink.submit(
        {.ticket = {1, page},
         .file = &file_,
         .offset = page * pcapfile::kPageBytes,
         .data = memory_.bytes().subspan(page * pcapfile::kPageBytes, pages * pcapfile::kPageBytes),
         .lease = std::move(lease)});
  }
  [[nodiscard]] std::string on_disk() const {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  [[nodiscard]] std::string in_memory(std::size_t pages) const {
    return {reinterpret_cast<const char*>(memory_.data()), pages * pcapfile::kPageBytes};
  }

  support::TempFolder folder_;
  std::string path_ = folder_.path() / "file";
  base::Mapping memory_ = base::Mapping::anonymous(16 * pcapfile::kPageBytes, "data");
  OpenFile file_;
  FakeUring ring_;
};

TEST_F(UringSinkTest, TakesWritesUntilItsDepthAndTellsEachWhenItIsDone) {
  Sink sink(&ring_);
  for (std::uint32_t page = 0; page < Sink::capacity(); ++page) {
    ASSERT_TRUE(sink.has_room());
    submit(sink, page);
  }
  EXPECT_FALSE(sink.has_room());
  EXPECT_FALSE(sink.next_completion());
  for (std::uint32_t left = Sink::capacity(); left > 0; --left) {
    ring_.complete(left - 1);  // the last one first
    const auto completion = sink.next_completion();
    ASSERT_TRUE(completion);
    EXPECT_EQ(completion->ticket.slot, left - 1);
    EXPECT_FALSE(completion->error);
    EXPECT_TRUE(sink.has_room());
  }
  EXPECT_FALSE(sink.next_completion());
  EXPECT_EQ(on_disk(), in_memory(Sink::capacity()));
}

TEST_F(UringSinkTest, HoldsTheBlockUntilItsWriteIsThrough) {
  support::CraftedBlock block;
  block.retire();
  Sink sink(&ring_);
  submit(sink, 0, 1, Lease::try_acquire(block.data()));
  EXPECT_TRUE(Lease::is_held(block.data()));
  ring_.complete(0);
  EXPECT_TRUE(Lease::is_held(block.data())) << "its completion was not taken";
  (void)sink.next_completion();
  EXPECT_FALSE(Lease::is_held(block.data()));
}

TEST_F(UringSinkTest, GoesOnAfterAShortWriteWhereItEnded) {
  Sink sink(&ring_);
  submit(sink, 0, 4);
  ring_.complete(0, pcapfile::kPageBytes);
  EXPECT_FALSE(sink.next_completion());
  ASSERT_EQ(ring_.pending(), 1U);
  EXPECT_EQ(ring_.write(0).offset, pcapfile::kPageBytes);
  ring_.complete(0, 2 * pcapfile::kPageBytes);
  EXPECT_FALSE(sink.next_completion());
  ring_.complete(0);
  ASSERT_TRUE(sink.next_completion());
  EXPECT_EQ(on_disk(), in_memory(4));
}

TEST_F(UringSinkTest, TellsWhyAWriteFailed) {
  for (const int error : {EIO, ENOSPC, EDQUOT, EROFS, EFBIG, EINVAL}) {
    Sink sink(&ring_);
    submit(sink, 0, 2);
    ring_.complete(0, pcapfile::kPageBytes);  // the first half is there
    ring_.complete(0, 0, -error);
    const auto completion = sink.next_completion();
    ASSERT_TRUE(completion);
    EXPECT_EQ(completion->error.value(), error);
  }
}

TEST_F(UringSinkTest, TakesAWriteOfNothingForAnError) {
  Sink sink(&ring_);
  submit(sink, 0);
  ring_.complete(0, 0);
  EXPECT_EQ(sink.next_completion()->error, std::errc::io_error);
}

TEST_F(UringSinkTest, WritesAtOnceWhatTheKernelGaveBackUndone) {
  for (const int result : {-EAGAIN, -EINTR, -ECANCELED}) {
    Sink sink(&ring_);
    submit(sink, 0, 3);
    ring_.complete(0, pcapfile::kPageBytes);
    ring_.complete(0, 0, result);
    const auto completion = sink.next_completion();
    ASSERT_TRUE(completion);
    EXPECT_FALSE(completion->error);
    EXPECT_EQ(ring_.pending(), 0U);
    EXPECT_EQ(on_disk(), in_memory(3));
  }
}

TEST_F(UringSinkTest, WritesToAFileOfAnotherModeAtOnce) {
  file_.mode = WriteMode::kDropBehind;
  Sink sink(&ring_);
  submit(sink, 0);
  EXPECT_EQ(ring_.pending(), 0U);
  EXPECT_TRUE(sink.next_completion());
  EXPECT_EQ(on_disk(), in_memory(1));
}

TEST_F(UringSinkTest, WritesAtOnceWithoutARing) {
  file_.mode = WriteMode::kDropBehind;
  Sink sink;
  submit(sink, 0);
  EXPECT_FALSE(sink.next_completion()->error);
  EXPECT_EQ(on_disk(), in_memory(1));
}

TEST_F(UringSinkTest, UsesTheRegisteredMemoryWhileItIsRegistered) {
  Sink sink(&ring_);
  submit(sink, 0);
  sink.use_memory(memory_.bytes().subspan(pcapfile::kPageBytes));
  submit(sink, 0);
  submit(sink, 1);
  sink.use_memory({});
  submit(sink, 1);
  EXPECT_FALSE(ring_.write(0).buffer_slot);
  EXPECT_FALSE(ring_.write(1).buffer_slot) << "a page of its own, as the carry is";
  EXPECT_TRUE(ring_.write(2).buffer_slot);
  EXPECT_FALSE(ring_.write(3).buffer_slot);
}

TEST_F(UringSinkTest, KnowsSinceWhenItsOldestWriteIsInFlight) {
  Sink sink(&ring_);
  EXPECT_FALSE(sink.oldest_in_flight());
  submit(sink, 0);
  const auto first = sink.oldest_in_flight();
  ASSERT_TRUE(first);
  submit(sink, 1);
  EXPECT_EQ(sink.oldest_in_flight(), first);
  ring_.complete(0);
  EXPECT_GE(*sink.oldest_in_flight(), *first);
  ring_.complete(0);
  EXPECT_FALSE(sink.oldest_in_flight());
}

TEST_F(UringSinkTest, KeepsItsWritesWhenItIsMoved) {
  Sink before(&ring_);
  submit(before, 0);
  Sink sink(std::move(before));
  ring_.complete(0);
  EXPECT_TRUE(sink.next_completion());
}

}  // namespace
}  // namespace ringtail::store
