#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>
#include <string>

#include "daemon/check_command.h"
#include "daemon/exit_code.h"

namespace {

using ringtail::daemon::CheckOptions;

void add_check(CLI::App& app, CheckOptions& options) {
  CLI::App* check = app.add_subcommand("check", "Say what is wrong with a settings file");
  check->add_option("FILE", options.file, "the settings file")->required();
  check->add_flag("--print", options.print, "print all settings, with defaults");
}

int run(int argc, char** argv) {
  CLI::App app{"Ringtail, a packet flight recorder", "ringtail"};
  app.set_version_flag("--version", std::string{"ringtail "} + RINGTAIL_VERSION);
  app.require_subcommand(1);
  CheckOptions check;
  add_check(app, check);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // Help and version arrive here too: CLI11 prints them on standard output and returns 0.
    return app.exit(error) == 0 ? ringtail::daemon::kOk : ringtail::daemon::kUsage;
  }

  if (app.got_subcommand("check")) {
    check.host = ringtail::settings::this_host();
    return ringtail::daemon::check_command(check, std::cout, std::cerr);
  }
  return ringtail::daemon::kUsage;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "ringtail: " << error.what() << '\n';
    return ringtail::daemon::kFailure;
  }
}
