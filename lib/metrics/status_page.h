#pragma once

#include <chrono>
#include <string>

#include "capture/snapshot.h"
#include "metrics/drop_history.h"

namespace ringtail::metrics {

// What the page tells beside the snapshot.
struct StatusFacts {
  std::string host;
  std::string version;
  std::chrono::steady_clock::time_point started;
  std::chrono::steady_clock::time_point now;
  std::chrono::system_clock::time_point wall_time;  // at `now`
};

inline constexpr const char* kHtmlContentType = "text/html; charset=utf-8";

// The landing page at `/`: how the recorder is, for a person. A whole HTML document that needs
// nothing else, no script either; its style is the one that kStatusStyleSource allows. Pure.
[[nodiscard]] std::string status_page(const capture::Snapshot& snapshot, const DropHistory& drops,
                                      const StatusFacts& facts);

}  // namespace ringtail::metrics
