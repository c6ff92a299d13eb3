#include "settings/quick_start.h"

#include <utility>

#include "settings/resolve.h"

namespace ringtail::settings {

Settings quick_start(std::string interface, const Host& host, Format format) {
  Settings settings;
  settings.storage.directory = "./ringtail-data";
  settings.storage.max_size_bytes = base::kGiB;
  Capture& capture = settings.captures.emplace_back();
  capture.name = "default";
  capture.interfaces = {std::move(interface)};
  capture.format = format;
  // 1 GiB holds what at most 8 automatic workers need, so only an empty name is a conflict here.
  (void)resolve(settings, host);
  return settings;
}

}  // namespace ringtail::settings
