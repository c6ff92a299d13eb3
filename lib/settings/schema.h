#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "settings/document.h"
#include "settings/report.h"
#include "settings/settings.h"

namespace ringtail::settings {

// What a key acts on. `capture` is null outside `captures`.
struct Target {
  Settings& settings;
  Capture* capture;
};
struct Source {
  const Settings& settings;
  const Capture* capture;
};

// One key of the file. The tables of these are all that is known about the file's shape: they drive
// reading, printing, the keys that an error names, and the test that the example file is complete.
// A key with neither `read` nor `keys` is known but not supported yet.
struct Key {
  std::string_view name;
  // A value: reads it into its target, or reports what is wrong; and writes it back.
  void (*read)(const Node&, Report&, Target) = nullptr;
  Node (*write)(Source) = nullptr;
  // A mapping, or a list of mappings: one for each capture.
  std::span<const Key> keys{};
  bool is_capture_list = false;

  [[nodiscard]] bool supported() const { return read != nullptr || !keys.empty(); }
};

[[nodiscard]] std::span<const Key> root_keys();
[[nodiscard]] std::span<const Key> storage_keys();
[[nodiscard]] std::span<const Key> capture_keys();
[[nodiscard]] std::span<const Key> timestamps_keys();
[[nodiscard]] std::span<const Key> keep_keys();
[[nodiscard]] std::span<const Key> limit_keys();
[[nodiscard]] std::span<const Key> metrics_keys();
[[nodiscard]] std::span<const Key> tcp_watch_keys();

// The two keys of a capture's on_close.
void read_on_close(const Node& node, Report& report, Target target);
[[nodiscard]] Node write_on_close(Source source);
void read_on_close_timeout(const Node& node, Report& report, Target target);
[[nodiscard]] Node write_on_close_timeout(Source source);

// The key `user`.
void read_user(const Node& node, Report& report, Target target);
[[nodiscard]] Node write_user(Source source);

// Reads the whole document into `settings`; what is wrong goes to `report`.
void read_settings(const Node& root, Report& report, Settings& settings);
[[nodiscard]] Node write_settings(const Settings& settings);

// Every supported key: "storage", "storage.directory", "captures[].name", ...
[[nodiscard]] std::vector<std::string> known_keys();

}  // namespace ringtail::settings
