#include "settings/print.h"

#include <string>

#include "unit/settings/parsing.h"

namespace ringtail::settings {
namespace {

TEST(Print, ShowsDefaultsAndDerivedValues) {
  EXPECT_EQ(print(settings_of(with_capture("  cpus: [2, 3]\n"))),
            "storage:\n"
            "  directory: /var/lib/ringtail\n"
            "  max_size: 20GiB\n"
            "  min_free: 5%\n"
            "  io: auto\n"
            "captures:\n"
            "  - name: web\n"
            "    interfaces: [eth0]\n"
            "    filter: \"\"\n"
            "    snaplen: 262144\n"
            "    workers: 2\n"
            "    cpus: [2, 3]\n"
            "    ring:\n"
            "      memory: 256MiB\n"
            "    rotate:\n"
            "      size: 256MiB\n"
            "metrics:\n"
            "  listen: 127.0.0.1:9477\n");
}

TEST(Print, ReadsBackToTheSameSettings) {
  for (const char* text :
       {"captures: [{name: web, interfaces: [eth0]}]\n",
        "storage: {directory: './a: b # c', max_size: 123456789, min_free: 0, io: blocking}\n"
        "captures:\n"
        "- {name: '1', interfaces: ['-'], filter: 'tcp[13] & 2 != 0', snaplen: 5, workers: 3}\n"
        "- {name: 'null', interfaces: ['~'], cpus: [3], ring: {memory: 9.7MiB}}\n"
        "metrics: {listen: '[2001:db8::1]:0'}\n"}) {
    const Settings settings = settings_of(text);
    EXPECT_EQ(settings_of(print(settings)), settings) << print(settings);
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
