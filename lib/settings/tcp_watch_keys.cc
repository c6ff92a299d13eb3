#include <array>

#include "settings/interface_names.h"
#include "settings/schema.h"
#include "settings/value.h"

// The keys below `tcp_watch`.
namespace ringtail::settings {
namespace {

void read_watched(const Node& node, Report& report, Target target) {
  if (is_word(node, kAutomatic)) return;
  target.settings.tcp_watch.interfaces = read_interface_names(
      node, "auto, or a list of interfaces, such as [eth0], [any], or [] for none", report);
}

Node write_watched(Source source) {
  const auto& interfaces = source.settings.tcp_watch.interfaces;
  return interfaces ? write_interface_names(*interfaces) : Node::scalar(std::string{kAutomatic});
}

constexpr std::array kTcpWatchKeys = {
    Key{.name = "interfaces", .read = read_watched, .write = write_watched},
};

}  // namespace

std::span<const Key> tcp_watch_keys() { return kTcpWatchKeys; }

}  // namespace ringtail::settings
