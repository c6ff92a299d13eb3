#pragma once

#include <string>
#include <vector>

#include "settings/host.h"
#include "settings/settings.h"

namespace ringtail::settings {

// Values that are right one by one and cannot work together.
struct Conflict {
  std::string path;  // "storage.max_size": what to change first
  std::string text;
  std::vector<std::string> inputs;  // the paths of all that it follows from
};

// Fills in what is derived (workers, ring memory in whole blocks, what each capture keeps, rotate
// sizes, where TCP is watched), and returns what cannot work; with no conflicts, every value of
// `settings` is final. Resolving twice changes nothing.
[[nodiscard]] std::vector<Conflict> resolve(Settings& settings, const Host& host);

}  // namespace ringtail::settings
