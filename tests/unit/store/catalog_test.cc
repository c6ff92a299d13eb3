#include "store/catalog.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "support/temp_folder.h"

namespace ringtail::store {
namespace {

namespace fs = std::filesystem;

void make_file(const fs::path& path, std::size_t bytes) {
  fs::create_directories(path.parent_path());
  std::ofstream(path) << std::string(bytes, 'x') << std::flush;
}

constexpr const char* kFirstName = "20250101T000000.000000Z_eth0_w0.pcap";
constexpr const char* kSecondName = "20250101T000000.000001Z_eth0_w1.pcap.part";
constexpr const char* kThirdName = "20250102T000000.000000Z_eth0_w0.pcap";

TEST(Catalog, TakesInTheFilesOfOurPatternAndNoOthers) {
  const support::TempFolder folder;
  make_file(folder.path() / "web" / kFirstName, 5000);
  make_file(folder.path() / "web" / kSecondName, 5000);
  make_file(folder.path() / "web" / "notes.pcap", 5000);
  make_file(folder.path() / "web" / "deeper" / kThirdName, 5000);
  make_file(folder.path() / kThirdName, 5000);
  fs::create_symlink(folder.path() / "web" / kFirstName, folder.path() / "web" / kThirdName);
  fs::create_directory_symlink(folder.path() / "web", folder.path() / "alias");
  Catalog catalog;
  catalog.scan(folder.path());
  EXPECT_EQ(catalog.captures(), std::vector<std::string>{"web"});
  EXPECT_EQ(catalog.used_bytes("web"), allocated_bytes(folder.path() / "web" / kFirstName) +
                                           allocated_bytes(folder.path() / "web" / kSecondName));
  EXPECT_GE(catalog.used_bytes(), 10'000U);
}

TEST(Catalog, NamesTheOldest) {
  Catalog catalog;
  for (const char* name : {kThirdName, kFirstName, kSecondName}) {
    catalog.add("web", {name, FileName::parse(name)->start, 4096});
  }
  for (const char* name : {kFirstName, kSecondName}) {
    const auto oldest = catalog.oldest("web");
    ASSERT_TRUE(oldest);
    EXPECT_EQ(oldest->file, name);
    catalog.remove("web", *oldest);
  }
  EXPECT_EQ(catalog.oldest("web")->file, kThirdName);
  EXPECT_EQ(catalog.used_bytes("web"), 4096U);
  EXPECT_FALSE(catalog.oldest("mail"));
}

TEST(Catalog, KeepsFilesOfDifferentWorkersWithTheSameStartApart) {
  Catalog catalog;
  for (const char* name :
       {"20250101T000000.000000Z_eth0_w0.pcap", "20250101T000000.000000Z_eth0_w1.pcap"}) {
    catalog.add("web", {name, FileName::parse(name)->start, 1});
  }
  EXPECT_EQ(catalog.used_bytes("web"), 2U);
}

TEST(Catalog, CountsTheBlocksOnDiskAndNotTheSize) {
  const support::TempFolder folder;
  const fs::path path = folder.path() / "sparse";
  std::ofstream(path) << "x" << std::flush;
  fs::resize_file(path, 100U << 20);
  EXPECT_LT(allocated_bytes(path), 1U << 20);
  EXPECT_EQ(allocated_bytes(folder.path() / "none"), 0U);
}

}  // namespace
}  // namespace ringtail::store
