#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>
#include <map>
#include <string>

#include "daemon/check_command.h"
#include "daemon/exit_code.h"
#include "daemon/filter_command.h"
#include "daemon/interfaces_command.h"
#include "daemon/repair_command.h"
#include "daemon/run_command.h"

namespace {

using ringtail::daemon::CheckOptions;
using ringtail::daemon::FilterOptions;
using ringtail::daemon::InterfacesOptions;
using ringtail::daemon::RepairOptions;
using ringtail::daemon::RunOptions;

void add_check(CLI::App& app, CheckOptions& options) {
  CLI::App* check = app.add_subcommand("check", "Say what is wrong with a settings file");
  check->add_option("FILE", options.file, "the settings file")->required();
  check->add_flag("--print", options.print, "print all settings, with defaults");
}

// The flags are tcpdump's.
void add_filter(CLI::App& app, FilterOptions& options) {
  CLI::App* filter = app.add_subcommand("filter", "Compile a filter expression, and print it");
  filter->add_flag("-d", options.listing,
                   "print the program; -dd as a C array, -ddd as decimal numbers");
  filter->add_flag("!-O,!--no-optimize", options.optimize, "do not optimise the program");
  filter->add_option("-i,--interface", options.interface,
                     "compile for its link type; without it for Ethernet");
  filter->add_option("-s,--snaplen", options.snaplen, "keep so much of a packet; 0 is all of it")
      ->check(CLI::Range(0U, ringtail::filter::kMaxSnaplen));
  CLI::Option* file = filter->add_option("-F,--file", options.file, "read the expression from it");
  filter->add_option("EXPR", options.words, "the expression")->excludes(file);
}

void add_interfaces(CLI::App& app, InterfacesOptions& options) {
  CLI::App* interfaces = app.add_subcommand("interfaces", "List what can be recorded");
  interfaces->add_flag("--stats", options.stats, "the counters of `netstat -i`");
  interfaces->add_flag("--json", options.json, "one JSON document with everything that is known");
  interfaces->footer(
      "LINKTYPE is what the records start with; LINUX_SLL2 stands in for the link's own header.\n"
      "Where GRO, GRO-HW, LRO or TSO is on, packets of a flow are recorded merged, larger than on\n"
      "the wire; `ethtool -K NAME gro off tso off` ends that, at a price in CPU. RX-VLAN takes "
      "VLAN\n"
      "tags out of received packets; a recording puts them back. '-': the device does not say.");
}

void add_repair(CLI::App& app, RepairOptions& options) {
  CLI::App* repair =
      app.add_subcommand("repair", "Finish the files that a Ringtail which was killed has left");
  repair
      ->add_option("PATH", options.path,
                   "a storage directory, a capture's folder or one .part file")
      ->required();
  repair->add_flag("--dry-run", options.dry_run, "say what would be done, and change nothing");
}

void add_run(CLI::App& app, RunOptions& options) {
  CLI::App* run = app.add_subcommand("run", "Record until SIGINT or SIGTERM");
  CLI::Option* config =
      run->add_option("--config", options.config,
                      "the settings file; without it the interface of the default route is "
                      "recorded to ./ringtail-data, at most 1 GiB");
  const std::map<std::string, ringtail::settings::Format> formats = {
      {"pcap", ringtail::settings::Format::kPcap}, {"pcapng", ringtail::settings::Format::kPcapng}};
  run->add_option("--format", options.format, "of the files, without a settings file")
      ->transform(CLI::CheckedTransformer(formats))
      ->option_text("pcap|pcapng")
      ->excludes(config);
}

int run(int argc, char** argv) {
  CLI::App app{"Ringtail, a packet flight recorder", "ringtail"};
  app.set_version_flag("--version", std::string{"ringtail "} + RINGTAIL_VERSION);
  app.require_subcommand(1);
  CheckOptions check;
  FilterOptions filter;
  InterfacesOptions interfaces;
  RepairOptions repair;
  RunOptions record;
  add_run(app, record);
  add_check(app, check);
  add_filter(app, filter);
  add_interfaces(app, interfaces);
  add_repair(app, repair);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // Help and version arrive here too: CLI11 prints them on standard output and returns 0.
    return app.exit(error) == 0 ? ringtail::daemon::kOk : ringtail::daemon::kUsage;
  }

  if (app.got_subcommand("run")) {
    record.host = ringtail::settings::this_host();
    return ringtail::daemon::run_command(record);
  }
  if (app.got_subcommand("check")) {
    check.host = ringtail::settings::this_host();
    return ringtail::daemon::check_command(check, std::cout, std::cerr);
  }
  if (app.got_subcommand("filter")) {
    return ringtail::daemon::filter_command(filter, std::cout, std::cerr);
  }
  if (app.got_subcommand("interfaces")) {
    return ringtail::daemon::interfaces_command(interfaces, std::cout, std::cerr);
  }
  if (app.got_subcommand("repair")) {
    return ringtail::daemon::repair_command(repair, std::cout, std::cerr);
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
