#include "base/mapping.h"

#include <gtest/gtest.h>

#include <system_error>

namespace ringtail::base {
namespace {

TEST(Mapping, AnonymousMemoryIsZeroAndWritable) {
  Mapping mapping = Mapping::anonymous(8192, "test memory");
  ASSERT_EQ(mapping.size(), 8192U);
  EXPECT_EQ(mapping.bytes()[8191], std::byte{0});
  mapping.bytes()[0] = std::byte{7};
  EXPECT_EQ(mapping.data()[0], std::byte{7});
}

TEST(Mapping, MovesItsMemoryAndLeavesTheSourceEmpty) {
  Mapping first = Mapping::anonymous(4096, "test memory");
  std::byte* memory = first.data();
  const Mapping second = std::move(first);
  EXPECT_EQ(second.data(), memory);
  // The state under test is that of the source.
  // NOLINTNEXTLINE(bugprone-use-after-move,clang-analyzer-cplusplus.Move)
  EXPECT_EQ(first.data(), nullptr);
}

TEST(Mapping, OfABadFileNamesWhatWasToBeMapped) {
  try {
    (void)Mapping::of_file(-1, 4096, "the ring of eth9");
    FAIL() << "did not throw";
  } catch (const std::system_error& error) {
    EXPECT_EQ(std::string(error.what()), "mmap the ring of eth9: Bad file descriptor");
  }
}

}  // namespace
}  // namespace ringtail::base
