#include "settings/schema.h"
#include "settings/value.h"

// The key `user`.
namespace ringtail::settings {

void read_user(const Node& node, Report& report, Target target) {
  auto name = read_line(node, "the name of a user", report);
  if (name) target.settings.user = *std::move(name);
}

Node write_user(Source source) { return Node::scalar(source.settings.user); }

}  // namespace ringtail::settings
