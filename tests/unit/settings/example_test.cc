#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "settings/document.h"
#include "settings/schema.h"
#include "unit/settings/parsing.h"

// config/ringtail.yaml is what a new operator reads: it must not lag behind the code.
namespace ringtail::settings {
namespace {

void collect_keys(const Node& node, const std::string& path, std::set<std::string>& paths) {
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    const Node& item = node.items[i];
    if (node.kind == Node::Kind::kMapping) {
      const std::string key = path.empty() ? node.keys[i].text : path + "." + node.keys[i].text;
      paths.insert(key);
      collect_keys(item, key, paths);
    } else if (item.kind == Node::Kind::kMapping) {
      collect_keys(item, path + "[]", paths);
    }
  }
}

std::set<std::string> keys_of(const std::string& text) {
  std::set<std::string> paths;
  const Document document = parse_document(text);
  EXPECT_TRUE(document.root.has_value());
  if (document.root) collect_keys(*document.root, "", paths);
  return paths;
}

TEST(ExampleFile, ShowsEveryKeyThatThereIs) {
  std::ifstream file(RINGTAIL_EXAMPLE);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto known = known_keys();
  EXPECT_EQ(keys_of(text), (std::set<std::string>{known.begin(), known.end()}));
}

TEST(ExampleFile, HoldsTheDefaults) {
  const Result example = load(RINGTAIL_EXAMPLE, kFourCpus);
  EXPECT_THAT(example.errors, testing::IsEmpty());
  EXPECT_EQ(example.settings, settings_of("captures: [{name: default, interfaces: [eth0]}]\n"));
}

}  // namespace
}  // namespace ringtail::settings
