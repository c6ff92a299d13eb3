#include "settings/schema.h"

#include <array>
#include <map>
#include <utility>

#include "settings/nearest.h"
#include "settings/value.h"

namespace ringtail::settings {
namespace {

constexpr std::size_t kMaxCaptures = 64;

const Key* find(std::span<const Key> keys, std::string_view name) {
  for (const Key& key : keys)
    if (key.name == name) return &key;
  return nullptr;
}

std::string allowed_names(std::span<const Key> keys) {
  std::string names;
  for (const Key& key : keys) {
    if (!key.supported()) continue;
    names.append(names.empty() ? "" : ", ").append(key.name);
  }
  return names;
}

std::string unknown_key(std::string_view name, std::span<const Key> keys) {
  std::string text = "unknown key; allowed are " + allowed_names(keys);
  std::vector<std::string_view> names;
  for (const Key& key : keys) names.push_back(key.name);
  const auto nearest = nearest_word(name, names);
  if (!nearest) return text;
  text.append("; nearest known key '").append(*nearest).append("'");
  if (!find(keys, *nearest)->supported()) text.append(" (not supported yet)");
  return text;
}

void read_mapping(const Node& node, std::span<const Key> keys, Report& report, Target target);

void read_captures(const Node& list, std::span<const Key> keys, Report& report, Target target) {
  if (!expect(list, Node::Kind::kList, "a list of captures", report)) return;
  if (list.items.size() > kMaxCaptures)
    return report.wrong(list.place, std::to_string(list.items.size()) + " captures; at most " +
                                        std::to_string(kMaxCaptures) + " are allowed");
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    const auto step = report.enter(i, list.items[i].place);
    Capture& capture = target.settings.captures.emplace_back();
    read_mapping(list.items[i], keys, report, {target.settings, &capture});
  }
}

void read_key(const Key* key, const Node& name, const Node& value, std::span<const Key> siblings,
              Report& report, Target target) {
  if (key == nullptr) return report.wrong(name.place, unknown_key(name.text, siblings));
  if (!key->supported())
    return report.wrong(name.place, "not supported yet; supported are " + allowed_names(siblings));
  if (value.kind == Node::Kind::kNull)
    return report.wrong(name.place, "has no value; give it one, or leave the key out");
  if (key->read != nullptr) return key->read(value, report, target);
  if (key->is_capture_list) return read_captures(value, key->keys, report, target);
  read_mapping(value, key->keys, report, target);
}

void read_mapping(const Node& node, std::span<const Key> keys, Report& report, Target target) {
  if (!expect(node, Node::Kind::kMapping, "a mapping with the keys " + allowed_names(keys), report))
    return;
  std::map<std::string_view, int> line_of;
  for (std::size_t i = 0; i < node.keys.size(); ++i) {
    const Node& name = node.keys[i];
    const Node& value = node.items[i];
    if (!expect(name, Node::Kind::kScalar, "a plain word as key", report)) continue;
    // The place of a missing value is wherever the next thing stands: no help.
    const bool has_place = value.kind != Node::Kind::kNull;
    const auto step = report.enter(name.text, has_place ? value.place : name.place);
    const auto [first, is_new] = line_of.emplace(name.text, name.place.line);
    if (is_new)
      read_key(find(keys, name.text), name, value, keys, report, target);
    else
      report.wrong(name.place, "is given twice; the first is on line " +
                                   std::to_string(first->second) + ", leave one of them out");
  }
}

Node write_mapping(std::span<const Key> keys, Source source) {
  Node node;
  node.kind = Node::Kind::kMapping;
  for (const Key& key : keys) {
    if (!key.supported()) continue;
    node.keys.push_back(Node::scalar(std::string{key.name}));
    if (key.write != nullptr) {
      node.items.push_back(key.write(source));
    } else if (key.is_capture_list) {
      std::vector<Node> captures;
      for (const Capture& capture : source.settings.captures)
        captures.push_back(write_mapping(key.keys, {source.settings, &capture}));
      node.items.push_back(Node::list(std::move(captures)));
    } else {
      node.items.push_back(write_mapping(key.keys, source));
    }
  }
  return node;
}

void list_keys(std::span<const Key> keys, const std::string& prefix,
               std::vector<std::string>& paths) {
  for (const Key& key : keys) {
    if (!key.supported()) continue;
    paths.push_back(prefix + std::string{key.name});
    list_keys(key.keys, paths.back() + (key.is_capture_list ? "[]." : "."), paths);
  }
}

}  // namespace

std::span<const Key> root_keys() {
  static const std::array kKeys = {
      Key{.name = "storage", .keys = storage_keys()},
      Key{.name = "captures", .keys = capture_keys(), .is_capture_list = true},
      Key{.name = "tcp_watch", .keys = tcp_watch_keys()},
      Key{.name = "metrics", .keys = metrics_keys()},
      Key{.name = "control"},
      Key{.name = "user", .read = read_user, .write = write_user},
  };
  return kKeys;
}

void read_settings(const Node& root, Report& report, Settings& settings) {
  if (root.kind == Node::Kind::kNull)
    return report.wrong({}, "the file is empty; it must name at least one capture");
  read_mapping(root, root_keys(), report, {settings, nullptr});
}

Node write_settings(const Settings& settings) {
  return write_mapping(root_keys(), {settings, nullptr});
}

std::vector<std::string> known_keys() {
  std::vector<std::string> paths;
  list_keys(root_keys(), "", paths);
  return paths;
}

}  // namespace ringtail::settings
