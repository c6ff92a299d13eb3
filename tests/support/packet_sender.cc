// packet_sender: sends numbered test frames (see numbered_frame.h) and says how many were accepted.
//
//   packet_sender --interface IF [--count N] [--size BYTES|MIN-MAX|imix] [--rate PPS] [--first N]
//                 [--cpu N] [--vlan ID] [--flows N]
//
// What the device refuses for want of room is sent again, so "sent N" on stdout means that numbers
// FIRST to FIRST+N-1 were accepted, each once. `--count 0` sends until SIGINT or SIGTERM. The line
// is printed also when sending ends early because of an error, which goes to stderr with status 1.

#include <sched.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <iostream>
#include <string>
#include <system_error>
#include <thread>

#include "support/frame_sender.h"
#include "support/frame_shape.h"
#include "support/send_pace.h"

namespace {

using ringtail::support::FrameSender;
using ringtail::support::FrameShape;
using ringtail::support::SendPace;

constexpr std::chrono::milliseconds kLongestSleep{50};

volatile std::sig_atomic_t stop_requested = 0;

extern "C" void request_stop(int) { stop_requested = 1; }

struct Options {
  std::string interface;
  std::uint64_t count = 1;
  std::uint64_t first = 0;
  double rate = 0;
  int cpu = -1;
  FrameShape shape;
};

void add_options(CLI::App& app, Options& options) {
  app.add_option("--interface", options.interface, "sends on this one")->required();
  app.add_option("--count", options.count, "how many frames; 0: until a signal");
  app.add_option_function<std::string>(
      "--size",
      [&options](const std::string& text) { ringtail::support::set_sizes(options.shape, text); },
      "frame size: BYTES, MIN-MAX or imix");
  app.add_option("--rate", options.rate, "packets a second; 0: full speed")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--first", options.first, "number of the first frame");
  app.add_option("--cpu", options.cpu, "runs on this one only");
  app.add_option("--vlan", options.shape.vlan, "802.1Q identifier")->check(CLI::Range(1, 4094));
  app.add_option("--flows", options.shape.source_ports, "how many source ports")
      ->check(CLI::Range(1, 40'000));
}

void pin_to_cpu(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<unsigned>(cpu), &set);
  if (::sched_setaffinity(0, sizeof set, &set) != 0) {
    throw std::system_error(errno, std::generic_category(), "run on CPU " + std::to_string(cpu));
  }
}

// Adds to `sent`, which stays right if an error is thrown.
void send_all(const Options& options, std::uint64_t& sent) {
  FrameSender sender(options.interface, options.shape);
  const std::uint64_t count = options.count == 0 ? UINT64_MAX : options.count;
  const SendPace pace(options.rate, SendPace::Clock::now());
  while (sent < count && stop_requested == 0) {
    const std::uint64_t due = std::min(count, pace.due(SendPace::Clock::now()));
    if (due <= sent) {
      // In short steps, because the library resumes a sleep that a signal interrupted.
      std::this_thread::sleep_until(
          std::min(pace.due_at(sent), SendPace::Clock::now() + kLongestSleep));
      continue;
    }
    const std::size_t accepted = sender.send(options.first + sent, due - sent);
    sent += accepted;
    if (accepted == 0) std::this_thread::yield();  // the receiver may need this very CPU
  }
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("Sends numbered test frames");
  add_options(app, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error);
  } catch (const std::invalid_argument& error) {
    std::cerr << "--size: " << error.what() << '\n';
    return 2;
  }
  std::signal(SIGINT, request_stop);
  std::signal(SIGTERM, request_stop);
  std::uint64_t sent = 0;
  int status = 0;
  try {
    if (options.cpu >= 0) pin_to_cpu(options.cpu);
    send_all(options, sent);
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    status = 1;
  }
  std::cout << "sent " << sent << std::endl;
  return status;
}
