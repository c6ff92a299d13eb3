// verify_capture: says what capture files hold, without any code of the recorder.
//
//   verify_capture [--max-step-back-us N] [--expect FIRST-LAST] [--list-missing] FILE...
//   verify_capture --compare [--strip-vlan] FILE... -- FILE...
//
// Prints "key=value" lines on stdout. Exit status: 0, also when numbers are missing; 1 when a file
// cannot be read or is malformed (stderr names the byte); 2 for wrong arguments; 3 when the two
// sides of --compare hold different frames.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <iostream>
#include <string>
#include <vector>

#include "support/capture_comparison.h"
#include "support/capture_totals.h"

namespace {

using ringtail::support::CaptureTotals;
using ringtail::support::NumberRange;
using ringtail::support::VlanTags;

constexpr int kMalformed = 1;
constexpr int kWrongArguments = 2;
constexpr int kDifferent = 3;

struct Options {
  std::int64_t max_step_back_us = 1000;
  std::optional<NumberRange> expected;
  bool list_missing = false;
  bool compare = false;
  VlanTags tags = VlanTags::kCompared;
  std::vector<std::string> files;
};

NumberRange read_range(const std::string& text) {
  const auto dash = text.find('-');
  if (dash == std::string::npos) throw CLI::ValidationError("--expect", "give FIRST-LAST");
  const NumberRange range{std::stoull(text.substr(0, dash)), std::stoull(text.substr(dash + 1))};
  if (range.last < range.first) throw CLI::ValidationError("--expect", "FIRST is over LAST");
  return range;
}

int compare(const Options& options, const std::vector<std::string>& right) {
  const auto result = ringtail::support::compare_captures(options.files, right, options.tags);
  std::cout << "left_packets=" << result.left_packets << "\nright_packets=" << result.right_packets
            << "\ncommon=" << result.common << "\nonly_left=" << result.only_left
            << "\nonly_right=" << result.only_right
            << "\nlargest_time_difference_ns=" << result.largest_time_difference.count() << '\n';
  return result.same_frames() ? 0 : kDifferent;
}

int count(const Options& options) {
  CaptureTotals totals{std::chrono::microseconds(options.max_step_back_us)};
  int status = 0;
  for (const auto& file : options.files) {
    try {
      totals.add_file(file);
    } catch (const std::exception& error) {
      std::cerr << error.what() << '\n';
      status = kMalformed;
    }
  }
  totals.print(std::cout, options.expected);
  if (options.list_missing) totals.print_gaps(std::cout, options.expected);
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> arguments(argv + 1, argv + argc);
  const auto divider = std::find(arguments.begin(), arguments.end(), "--");
  std::vector<std::string> right;
  if (divider != arguments.end()) right.assign(divider + 1, arguments.end());
  arguments.erase(divider, arguments.end());
  std::reverse(arguments.begin(), arguments.end());  // as CLI11 wants them

  Options options;
  CLI::App app("Says what capture files hold");
  app.add_option("--max-step-back-us", options.max_step_back_us, "tolerated within one file");
  app.add_option_function<std::string>(
      "--expect", [&options](const std::string& text) { options.expected = read_range(text); },
      "FIRST-LAST: the numbers that were sent");
  app.add_flag("--list-missing", options.list_missing, "print each gap");
  auto* compares =
      app.add_flag("--compare", options.compare, "compare FILE... with those after --");
  app.add_flag_callback(
         "--strip-vlan", [&options] { options.tags = VlanTags::kStripped; },
         "compare without VLAN tags")
      ->needs(compares);
  app.add_option("files", options.files, "pcap files")->required();
  try {
    app.parse(arguments);
    if (options.compare == right.empty()) throw CLI::RequiredError("--compare FILE... -- FILE...");
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kWrongArguments;
  } catch (const std::exception& error) {
    std::cerr << "--expect: not a number: " << error.what() << '\n';
    return kWrongArguments;
  }
  try {
    return options.compare ? compare(options, right) : count(options);
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return kMalformed;
  }
}
