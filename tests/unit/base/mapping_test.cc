#include "base/mapping.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "base/unique_fd.h"

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

TEST(Mapping, OfAFileBeginsWhereItIsAskedTo) {
  const UniqueFd file(::memfd_create("file", MFD_CLOEXEC));
  ASSERT_EQ(::ftruncate(file.get(), 3 * 4096), 0);
  std::vector<Mapping> mappings;
  for (std::size_t alignment = 4096; alignment <= (std::size_t{64} << 20); alignment *= 2) {
    mappings.push_back(Mapping::of_file(file.get(), std::size_t{3} * 4096, alignment, "a file"));
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(mappings.back().data()) % alignment, 0U);
    mappings.back().data()[0] = static_cast<std::byte>(mappings.size());
    mappings.back().data()[3 * 4096 - 1] = std::byte{1};
  }
  for (const Mapping& mapping : mappings)
    EXPECT_EQ(mapping.data()[0], static_cast<std::byte>(mappings.size())) << "of the same file";
}

TEST(Mapping, OfABadFileNamesWhatWasToBeMapped) {
  try {
    (void)Mapping::of_file(-1, 4096, 4096, "the ring of eth9");
    FAIL() << "did not throw";
  } catch (const std::system_error& error) {
    EXPECT_EQ(std::string(error.what()), "mmap the ring of eth9: Bad file descriptor");
  }
}

}  // namespace
}  // namespace ringtail::base
