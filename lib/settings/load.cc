#include "settings/load.h"

#include <system_error>
#include <utility>

#include "base/byte_size.h"
#include "base/whole_file.h"
#include "settings/document.h"
#include "settings/report.h"
#include "settings/resolve.h"
#include "settings/schema.h"

namespace ringtail::settings {
namespace {

Result refused(std::string_view name, std::string text) {
  Report report;
  report.wrong({}, std::move(text));
  return {std::nullopt, report.lines(name)};
}

// As absolute paths: they, and what is printed of them, mean the same wherever they are used.
void locate_filter_files(Settings& settings, std::string_view name) {
  std::error_code no_working_directory;
  const auto file = std::filesystem::absolute(name, no_working_directory);
  if (no_working_directory) return;
  for (Capture& capture : settings.captures)
    if (!capture.filter_file.empty())
      capture.filter_file = file.parent_path() / capture.filter_file;
}

void check_filters(const Settings& settings, const FilterCheck& check, Report& report) {
  for (std::size_t i = 0; i < settings.captures.size(); ++i) {
    const Capture& capture = settings.captures[i];
    if (capture.filter.empty() && capture.filter_file.empty()) continue;
    const std::string path = "captures[" + std::to_string(i) + "]." +
                             (capture.filter_file.empty() ? "filter" : "filter_file");
    if (report.has_problem_with(path)) continue;
    for (std::string& fault : check(capture)) report.wrong_at(path, std::move(fault));
  }
}

}  // namespace

Result load(const std::filesystem::path& path, const Host& host, const FilterCheck& check_filter) {
  std::string text;
  try {
    text = base::read_whole_file(path, kMaxFileBytes);
  } catch (const std::system_error& error) {
    return {std::nullopt, {error.what()}};
  }
  return parse(text, path.string(), host, check_filter);
}

Result parse(std::string_view text, std::string_view name, const Host& host,
             const FilterCheck& check_filter) {
  if (text.size() > kMaxFileBytes)
    return refused(
        name, "is larger than " + base::exact_byte_size(kMaxFileBytes) + ", the most that is read");
  Report report;
  Document document = parse_document(text);
  if (!document.root) {
    report.wrong(document.problem->place, document.problem->text);
    return {std::nullopt, report.lines(name)};
  }

  Settings settings;
  read_settings(*document.root, report, settings);
  locate_filter_files(settings, name);
  for (Conflict& conflict : resolve(settings, host)) {
    bool follows_from_another = false;
    for (const std::string& input : conflict.inputs)
      follows_from_another = follows_from_another || report.has_problem_with(input);
    if (!follows_from_another) report.wrong_at(conflict.path, std::move(conflict.text));
  }
  if (check_filter) check_filters(settings, check_filter, report);

  std::vector<std::string> errors = report.lines(name);
  if (!errors.empty()) return {std::nullopt, std::move(errors)};
  return {std::move(settings), {}};
}

}  // namespace ringtail::settings
