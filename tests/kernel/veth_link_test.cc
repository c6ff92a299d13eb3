#include "support/veth_link.h"

#include <gtest/gtest.h>
#include <net/if.h>

#include <system_error>

#include "support/frame_sender.h"
#include "support/frame_socket.h"
#include "support/numbered_frame_decoder.h"
#include "support/temp_folder.h"

namespace ringtail::support {
namespace {

using Direction = FrameSocket::Direction;

constexpr std::chrono::milliseconds kDeadline{5000};
constexpr std::chrono::milliseconds kSilence{100};

TEST(VethLink, CarriesAFrameUnchanged) {
  const VethLink link;
  FrameSocket receiver(link.peer(), Direction::kSendAndReceive);
  std::vector<std::uint8_t> frame(80, 0xAB);
  frame[0] = 0x02;  // a locally administered address: no bits that mean multicast
  FrameSocket(link.name()).send(frame);
  EXPECT_EQ(receiver.receive(kDeadline), frame);
}

TEST(VethLink, IsSilentWhenItComesUp) {
  VethLink link;
  link.bring_down();
  FrameSocket receiver(link.peer(), Direction::kSendAndReceive);
  link.bring_up();
  // The first wait reports that the link was down; what counts is that no frame comes.
  try {
    EXPECT_EQ(receiver.receive(kSilence), std::nullopt);
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code().value(), ENETDOWN);
  }
  EXPECT_EQ(receiver.receive(kSilence), std::nullopt);
}

TEST(VethLink, RefusesFramesWhileItIsDown) {
  VethLink link;
  link.bring_down();
  EXPECT_THROW(FrameSocket(link.name()).send(std::vector<std::uint8_t>(60)), std::system_error);
}

TEST(VethLink, ComesBackUnderItsNameAfterRemoval) {
  VethLink link("left0", "right0");
  link.remove();
  EXPECT_EQ(::if_nametoindex("left0"), 0U);
  link.create();
  EXPECT_NE(::if_nametoindex("left0"), 0U);
}

TEST(VethLink, CarriesJumboFramesOnceItsMtuAllowsThem) {
  VethLink link;
  const std::vector<std::uint8_t> frame(9014, 0x02);
  FrameSocket sender(link.name());
  EXPECT_THROW(sender.send(frame), std::system_error);
  link.set_mtu(9000);
  FrameSocket receiver(link.peer(), Direction::kSendAndReceive);
  sender.send(frame);
  EXPECT_EQ(receiver.receive(kDeadline), frame);
}

TEST(FrameSender, SendsWhatTheOtherEndDecodes) {
  const VethLink link;
  FrameSocket receiver(link.peer(), Direction::kSendAndReceive);
  FrameSender sender(link.name(), {60, 1514, false, 0, 4});
  sender.send_all(100);
  for (std::uint64_t number = 0; number < 100; ++number) {
    const auto frame = receiver.receive(kDeadline);
    ASSERT_TRUE(frame) << number;
    const auto decoded = decode_numbered_frame(kLinktypeEthernet, *frame, frame->size());
    EXPECT_EQ(decoded.verdict, FrameVerdict::kNumbered);
    EXPECT_EQ(decoded.number, number);
  }
}

TEST(TempFolder, IsThereForAScopeOnly) {
  std::filesystem::path path;
  {
    const TempFolder folder;
    path = folder.path();
    EXPECT_TRUE(std::filesystem::is_directory(path));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace ringtail::support
