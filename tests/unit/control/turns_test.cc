#include "control/turns.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <string>

namespace ringtail::control {
namespace {

TEST(Turns, LetOneGoOnInEachRoundOfTheLoop) {
  boost::asio::io_context io;
  const auto turns = std::make_shared<Turns>(io.get_executor());
  std::string order;
  std::function<void()> other = [&] {
    order += '.';
    if (order.size() < 12) boost::asio::post(io, other);
  };
  for (const char name : {'a', 'b', 'c'}) turns->wait([&order, name] { order += name; });
  boost::asio::post(io, other);
  io.run();
  EXPECT_THAT(order, testing::StartsWith("a.b.c."));
}

TEST(Turns, LetOneWaitAgainBehindTheOthers) {
  boost::asio::io_context io;
  const auto turns = std::make_shared<Turns>(io.get_executor());
  std::string order;
  turns->wait([&] {
    order += 'a';
    turns->wait([&] { order += 'c'; });
  });
  turns->wait([&] { order += 'b'; });
  EXPECT_EQ(order, "") << "called from within";
  io.run();
  EXPECT_EQ(order, "abc");
}

TEST(Turns, MayBeGivenUpWhileSomebodyWaits) {
  boost::asio::io_context io;
  int gone = 0;
  auto turns = std::make_shared<Turns>(io.get_executor());
  for (int waiting = 0; waiting < 3; ++waiting) turns->wait([&] { ++gone; });
  turns.reset();
  io.run();
  EXPECT_EQ(gone, 3);
}

}  // namespace
}  // namespace ringtail::control
