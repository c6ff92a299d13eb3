#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "base/duration.h"
#include "settings/schema.h"
#include "settings/value.h"

// A capture's `on_close` and `on_close_timeout`.
namespace ringtail::settings {
namespace {

constexpr std::size_t kMaxWords = 64;
constexpr DurationRange kTimeout{std::chrono::seconds{1}, std::chrono::hours{24}};

void check_program(const Node& node, Report& report) {
  constexpr std::string_view kAllowed = "the absolute path of a program that this user may run";
  const std::filesystem::path program = node.text;
  std::error_code unreadable;
  if (!program.is_absolute()) return refuse(node, "is no absolute path", kAllowed, report);
  if (!std::filesystem::is_regular_file(program, unreadable))
    return refuse(node, "is no program", kAllowed, report);
  if (::access(program.c_str(), X_OK) != 0) refuse(node, "may not be executed", kAllowed, report);
}

}  // namespace

void read_on_close(const Node& node, Report& report, Target target) {
  constexpr std::string_view kAllowed =
      "a program and its arguments, such as [/usr/bin/zstd, -q], or [] for none";
  if (!expect(node, Node::Kind::kList, kAllowed, report)) return;
  if (node.items.size() > kMaxWords)
    return report.wrong(node.place, std::to_string(node.items.size()) + " words; at most " +
                                        std::to_string(kMaxWords) + " are allowed");
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    const auto step = report.enter(i, node.items[i].place);
    auto word = read_line(node.items[i], "a program or an argument", report);
    if (!word) continue;
    if (i == 0) check_program(node.items[i], report);
    target.capture->on_close.push_back(*std::move(word));
  }
}

Node write_on_close(Source source) {
  std::vector<Node> words;
  for (const std::string& word : source.capture->on_close) words.push_back(Node::scalar(word));
  return Node::list(std::move(words));
}

void read_on_close_timeout(const Node& node, Report& report, Target target) {
  if (const auto timeout = read_duration(node, kTimeout, report))
    target.capture->on_close_timeout = *timeout;
}

Node write_on_close_timeout(Source source) {
  return Node::scalar(base::exact_duration(source.capture->on_close_timeout));
}

}  // namespace ringtail::settings
