#include "settings/print.h"

#include <chrono>
#include <cstdint>
#include <random>
#include <string>

#include "settings/resolve.h"
#include "unit/settings/parsing.h"

namespace ringtail::settings {
namespace {

TEST(Print, ShowsDefaultsAndDerivedValues) {
  EXPECT_EQ(print(settings_of(with_capture("  cpus: [2, 3]\n"))),
            "storage:\n"
            "  directory: /var/lib/ringtail\n"
            "  max_size: 20GiB\n"
            "  min_free: 5%\n"
            "  max_write_rate: none\n"
            "  require_mount: false\n"
            "  io: auto\n"
            "captures:\n"
            "  - name: web\n"
            "    interfaces: [eth0]\n"
            "    filter: \"\"\n"
            "    filter_file: \"\"\n"
            "    snaplen: 262144\n"
            "    direction: both\n"
            "    promiscuous: true\n"
            "    timestamps:\n"
            "      source: host\n"
            "      precision: nano\n"
            "    workers: 2\n"
            "    cpus: [2, 3]\n"
            "    fanout: hash\n"
            "    ring:\n"
            "      memory: 256MiB\n"
            "      lock: false\n"
            "    rotate:\n"
            "      size: 256MiB\n"
            "      interval: none\n"
            "    keep:\n"
            "      size: 20GiB\n"
            "      age: none\n"
            "      files: none\n"
            "    limit:\n"
            "      packets: none\n"
            "      bytes: none\n"
            "      duration: none\n"
            "    format: pcap\n"
            "    on_close: []\n"
            "    on_close_timeout: 1m\n"
            "tcp_watch:\n"
            "  interfaces: [eth0]\n"
            "metrics:\n"
            "  listen: 127.0.0.1:9477\n"
            "user: \"\"\n");
}

TEST(Print, ReadsBackToTheSameSettings) {
  for (const char* text :
       {"captures: [{name: web, interfaces: [eth0]}]\n",
        "storage: {directory: './a: b # c', max_size: 123456789, min_free: 0, io: blocking, "
        "max_write_rate: 10MB/s, require_mount: true}\n"
        "captures:\n"
        "- {name: '1', interfaces: ['-'], filter: 'tcp[13] & 2 != 0', snaplen: 5, workers: 3}\n"
        "- {name: 'null', interfaces: ['~'], cpus: [3], ring: {memory: 9.7MiB}, rotate: {size: "
        "2MiB, interval: 1h}, "
        "keep: {size: 33MB, age: 90m, files: 3}}\n"
        "- {name: x, interfaces: [b, a], workers: 1, filter_file: '~/a: b', direction: out, "
        "promiscuous: "
        "false,\n"
        "   fanout: queue, timestamps: {source: adapter, precision: micro},\n"
        "   format: pcapng,\n"
        "   limit: {packets: 7, bytes: 1.5KiB, duration: 90s},\n"
        "   on_close: [/bin/sh, -c, 'a \"b\" # c', ''], on_close_timeout: 90s}\n"
        "metrics: {listen: '[2001:db8::1]:0'}\n"}) {
    const Settings settings = settings_of(text);
    EXPECT_EQ(settings_of(print(settings)), settings) << print(settings);
  }
}

Settings random_settings(std::mt19937_64& random) {
  const auto below = [&random](std::uint64_t limit) { return random() % limit; };
  const auto maybe = [&](std::uint64_t value) { return below(2) == 0 ? 0 : value; };
  Settings settings;
  settings.storage.max_size_bytes = base::kTiB + below(base::kTiB);
  settings.storage.max_write_rate_bytes = maybe(1 + below(base::kEiB));
  settings.storage.require_mount = below(2) == 0;
  for (std::size_t i = 0; i <= below(4); ++i) {
    Capture& capture = settings.captures.emplace_back();
    capture.name = "c" + std::to_string(i);
    for (std::size_t j = 0; j <= below(3); ++j)
      capture.interfaces.push_back("eth" + std::to_string(j));
    if (below(2) == 0) capture.filter = "port " + std::to_string(below(65'536));
    if (capture.filter.empty() && below(2) == 0) capture.filter_file = "/x/" + capture.name;
    capture.snaplen = 1 + static_cast<std::uint32_t>(below(kMaxSnaplen));
    capture.direction = static_cast<Direction>(below(3));
    capture.promiscuous = below(2) == 0;
    capture.ring_lock = below(2) == 0;
    capture.workers = static_cast<unsigned>(below(5));
    capture.fanout = static_cast<Fanout>(below(3));
    capture.ring_memory_bytes = 128 * base::kMiB + below(base::kGiB);
    capture.rotate_size_bytes = maybe(kMinRotateSizeBytes + below(base::kGiB));
    capture.rotate_interval = std::chrono::seconds{maybe(1 + below(86'400))};
    capture.keep = {maybe(base::kGiB * 100 + below(base::kTiB / 8)),
                    std::chrono::nanoseconds{maybe(1'000'000'000 + below(1'000'000'000'000'000))},
                    maybe(1 + below(kMaxKeptFiles))};
    capture.timestamps = {static_cast<TimestampSource>(below(2)),
                          static_cast<TimestampPrecision>(below(2))};
    capture.limit = {maybe(1 + below(1'000'000'000)), maybe(1 + below(base::kEiB)),
                     std::chrono::nanoseconds{maybe(1'000'000 + below(1'000'000'000'000'000))}};
  }
  return settings;
}

TEST(Print, ReadsBackWhateverTheValuesAre) {
  std::mt19937_64 random(2024);
  for (int round = 0; round < 100; ++round) {
    Settings settings = random_settings(random);
    ASSERT_THAT(resolve(settings, kFourCpus), testing::IsEmpty());
    ASSERT_EQ(settings_of(print(settings)), settings) << print(settings);
  }
}

TEST(Print, QuotesWhateverYamlWouldMisread) {
  for (const char* odd : {"~",
                          "null",
                          "NULL",
                          "- a",
                          "a: b",
                          "a # b",
                          "#",
                          "'",
                          "\"",
                          "\\",
                          " x",
                          "x ",
                          "!tag",
                          "&a",
                          "*a",
                          "|",
                          ">",
                          "%",
                          "@",
                          "`",
                          "{",
                          "}",
                          "[",
                          "]",
                          ",",
                          "?",
                          ":",
                          "-",
                          "---",
                          "...",
                          "<<",
                          "=",
                          "0x10",
                          "\xC3\xA4",
                          "\xC2\x85",
                          "\xE2\x80\xA8",
                          "\xEF\xBB\xBF",
                          "\xF0\x9F\x90\xBE",
                          "yes"}) {
    Settings settings = settings_of(with_capture(""));
    settings.storage.directory = odd;
    EXPECT_EQ(settings_of(print(settings)).storage.directory, odd) << print(settings);
  }
}

}  // namespace
}  // namespace ringtail::settings
