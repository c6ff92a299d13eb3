#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "settings/load.h"

// What the settings tests share: parse on a machine with four CPUs, and look at what comes out.
namespace ringtail::settings {

inline const Host kFourCpus{{0, 1, 2, 3}};

inline Result parse_text(std::string_view text, const Host& host = kFourCpus) {
  return parse(text, "r.yaml", host);
}

// The whole file around what one test is about.
inline std::string with_storage(const std::string& lines) {
  return "storage:\n" + lines + "captures:\n- {name: web, interfaces: [eth0]}\n";
}
inline std::string with_capture(const std::string& lines) {
  return "captures:\n- name: web\n  interfaces: [eth0]\n" + lines;
}

// Settings of a text that must be right.
inline Settings settings_of(std::string_view text, const Host& host = kFourCpus) {
  Result result = parse_text(text, host);
  EXPECT_THAT(result.errors, testing::IsEmpty()) << text;
  EXPECT_TRUE(result.settings.has_value()) << text;
  return result.settings.value_or(Settings{});
}
inline Capture capture_of(const std::string& lines, const Host& host = kFourCpus) {
  Settings settings = settings_of(with_capture(lines), host);
  return settings.captures.empty() ? Capture{} : settings.captures[0];
}

// The one error of a text that must be wrong in one way.
inline std::string error_of(std::string_view text, const Host& host = kFourCpus) {
  const Result result = parse_text(text, host);
  EXPECT_FALSE(result.settings.has_value()) << text;
  EXPECT_THAT(result.errors, testing::SizeIs(1)) << text;
  return result.errors.empty() ? "" : result.errors[0];
}

}  // namespace ringtail::settings
