#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ringtail::store {

// A file that is complete and durable under its final name.
struct ClosedFile {
  std::filesystem::path path;
  std::string capture;
  std::string interface;
};

// The program that a capture runs for each of its closed files.
struct OnCloseOptions {
  std::string capture;
  std::vector<std::string> command;  // an absolute path and arguments; the file's path comes behind
  std::chrono::nanoseconds timeout{};
  bool operator==(const OnCloseOptions&) const = default;
};

// How a run ended: by exit code 0; otherwise (it could not be started, another code, a signal); at
// its deadline; or before it began, because too many files waited or the recorder stopped.
enum class OnCloseResult : unsigned { kOk, kFailed, kTimeout, kDropped };
inline constexpr std::size_t kOnCloseResultCount = 4;

constexpr std::string_view name_of(OnCloseResult result) {
  switch (result) {
    case OnCloseResult::kOk:
      return "ok";
    case OnCloseResult::kFailed:
      return "failed";
    case OnCloseResult::kTimeout:
      return "timeout";
    case OnCloseResult::kDropped:
      return "dropped";
  }
  return "unknown";
}

// Of one capture. Any thread reads and adds.
struct OnCloseTotals {
  std::string capture;
  std::array<std::atomic<std::uint64_t>, kOnCloseResultCount> runs{};  // by OnCloseResult
};
using OnCloseTotalsList = std::vector<std::shared_ptr<const OnCloseTotals>>;

}  // namespace ringtail::store
