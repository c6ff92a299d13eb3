#include "unit/settings/parsing.h"

// The values below `storage`.
namespace ringtail::settings {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(StorageSettings, HaveDefaults) {
  const Storage storage = settings_of(with_capture("")).storage;
  EXPECT_EQ(storage.directory, "/var/lib/ringtail");
  EXPECT_EQ(storage.max_size_bytes, 20 * base::kGiB);
  EXPECT_EQ(storage.min_free, (MinFree{.bytes = 0, .percent = 5}));
  EXPECT_EQ(storage.max_write_rate_bytes, 0U);
  EXPECT_FALSE(storage.require_mount);
  EXPECT_EQ(storage.io, IoMode::kAuto);
}

TEST(StorageSettings, ReadEveryValue) {
  const Storage storage =
      settings_of(with_storage("  {directory: data/x, max_size: 2GiB, min_free: 10GiB, "
                               "max_write_rate: 500MiB/s, require_mount: true, io: buffered}\n"))
          .storage;
  EXPECT_EQ(storage.directory, "data/x");
  EXPECT_EQ(storage.max_size_bytes, 2 * base::kGiB);
  EXPECT_EQ(storage.min_free, (MinFree{.bytes = 10 * base::kGiB, .percent = 0}));
  EXPECT_EQ(storage.max_write_rate_bytes, 500 * base::kMiB);
  EXPECT_TRUE(storage.require_mount);
  EXPECT_EQ(storage.io, IoMode::kBuffered);
}

TEST(StorageSettings, TakeASharedOrAnAbsoluteMinFree) {
  const auto min_free = [](const std::string& text) {
    return settings_of(with_storage("  min_free: " + text + "\n")).storage.min_free;
  };
  EXPECT_EQ(min_free("0%"), (MinFree{.bytes = 0, .percent = 0}));
  EXPECT_EQ(min_free("99%"), (MinFree{.bytes = 0, .percent = 99}));
  EXPECT_EQ(min_free("0"), (MinFree{.bytes = 0, .percent = 0}));
  EXPECT_EQ(min_free("1.5GiB"), (MinFree{.bytes = 1536 * base::kMiB, .percent = 0}));
}

TEST(StorageSettings, RefuseABadMinFree) {
  for (const char* text : {"100%", "-1%", "'%'", "5.5%", "5 %", "5%%", "five", "10G", "2EiB", "''"})
    EXPECT_THAT(error_of(with_storage("  min_free: " + std::string{text} + "\n")),
                HasSubstr("r.yaml:2:13: storage.min_free: '"))
        << text;
}

TEST(StorageSettings, RefuseABadSize) {
  for (const char* text : {"-1", "20 GB/s", "lots", "1e9", "0x10", "20GiB x", "\"20GiB\\t\"", "''"})
    EXPECT_THAT(error_of(with_storage("  max_size: " + std::string{text} + "\n")),
                AllOf(HasSubstr("storage.max_size: "), HasSubstr("is not a size")))
        << text;
  for (const char* text : {"0", "1023KiB", "2EiB", "1048577TiB"})
    EXPECT_THAT(error_of(with_storage("  max_size: " + std::string{text} + "\n")),
                HasSubstr("is out of range"))
        << text;
}

TEST(StorageSettings, RefuseABadDirectory) {
  EXPECT_THAT(error_of(with_storage("  directory: ''\n")), HasSubstr("is empty"));
  EXPECT_THAT(error_of(with_storage("  directory: \"a\\nb\"\n")), HasSubstr("a line end"));
  EXPECT_THAT(error_of(with_storage("  directory: \"a\\0b\"\n")), HasSubstr("'a\\x00b'"));
}

TEST(StorageSettings, TakeAWriteRateWithAndWithoutItsSecond) {
  const auto rate = [](const std::string& text) {
    return settings_of(with_storage("  max_write_rate: " + text + "\n"))
        .storage.max_write_rate_bytes;
  };
  EXPECT_EQ(rate("none"), 0U);
  EXPECT_EQ(rate("10MB/s"), 10'000'000U);
  EXPECT_EQ(rate("10 MB/s"), 10'000'000U);
  EXPECT_EQ(rate("64KiB"), 64 * base::kKiB);
}

TEST(StorageSettings, RefuseABadWriteRate) {
  EXPECT_THAT(error_of(with_storage("  max_write_rate: 10Mbit/s\n")),
              AllOf(HasSubstr("r.yaml:2:19: storage.max_write_rate: '10Mbit/s' is no write rate; "
                              "allowed is none, or a number with B, "),
                    HasSubstr("each second, such as 500MiB/s")));
  for (const char* text : {"/s", "10MiB/m", "10MiB/s/s", "fast", "-1", "0", "0/s", "''"})
    EXPECT_THAT(error_of(with_storage("  max_write_rate: " + std::string{text} + "\n")),
                HasSubstr("storage.max_write_rate: '"));
}

TEST(StorageSettings, RefuseAnUnknownWayToWrite) {
  EXPECT_EQ(error_of(with_storage("  io: direct\n")),
            "r.yaml:2:7: storage.io: 'direct' is not a way to write; allowed is auto, uring, "
            "blocking or buffered");
  for (const char* text : {"Auto", "io_uring", "''", "1"})
    EXPECT_THAT(error_of(with_storage("  io: " + std::string{text} + "\n")),
                HasSubstr("is not a way to write"));
}

}  // namespace
}  // namespace ringtail::settings
