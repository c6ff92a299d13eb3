#include "settings/interface_names.h"

#include <algorithm>

#include "settings/settings.h"
#include "settings/value.h"

namespace ringtail::settings {
namespace {

constexpr std::size_t kMaxInterfaceLength = 15;  // IFNAMSIZ without the NUL
constexpr std::size_t kMaxInterfaces = 64;

// What the kernel accepts (dev_valid_name), without control characters.
bool is_interface(std::string_view text) {
  if (text.empty() || text.size() > kMaxInterfaceLength || text == "." || text == "..")
    return false;
  return std::none_of(text.begin(), text.end(), [](char c) {
    return c == '/' || c == ':' || static_cast<unsigned char>(c) <= ' ' || c == 0x7F;
  });
}

void read_name(const Node& node, Report& report, std::vector<std::string>& names) {
  constexpr std::string_view kAllowed =
      "1 to 15 bytes without '/', ':' or blanks, and neither '.' nor '..'";
  if (!expect(node, Node::Kind::kScalar, "the name of an interface", report)) return;
  if (!is_interface(node.text)) return refuse(node, "is no interface name", kAllowed, report);
  if (std::find(names.begin(), names.end(), node.text) != names.end())
    return report.wrong(node.place,
                        in_quotes(node.text) + " is given twice; leave one of them out");
  names.push_back(node.text);
}

}  // namespace

std::vector<std::string> read_interface_names(const Node& node, std::string_view allowed,
                                              Report& report) {
  std::vector<std::string> names;
  if (!expect(node, Node::Kind::kList, allowed, report)) return names;
  if (node.items.size() > kMaxInterfaces) {
    report.wrong(node.place, std::to_string(node.items.size()) + " interfaces; at most " +
                                 std::to_string(kMaxInterfaces) + " are allowed");
    return names;
  }
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    const auto step = report.enter(i, node.items[i].place);
    read_name(node.items[i], report, names);
  }
  const auto any = std::find_if(node.items.begin(), node.items.end(),
                                [](const Node& item) { return item.text == kAnyInterface; });
  if (any != node.items.end() && node.items.size() > 1)
    report.wrong(any->place, "'any' has all interfaces already; leave the others out, or 'any'");
  return names;
}

Node write_interface_names(const std::vector<std::string>& names) {
  std::vector<Node> items;
  items.reserve(names.size());
  for (const std::string& name : names) items.push_back(Node::scalar(name));
  return Node::list(std::move(items));
}

}  // namespace ringtail::settings
