// bench_generator: sends as fast as this kernel lets, or at a rate, and says how many frames.
//
//   bench_generator --interface IF --count N [--size BYTES|imix] [--carries udp|ack|syn]
//                   [--rate PPS] [--way xdp|socket]
//
// It does not pin itself: taskset does. Prints "sent=N", "seconds=S" and "cpu_seconds=S"; on a veth
// these include receiving, as far as the kernel does not leave that to ksoftirqd.

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <iostream>
#include <map>
#include <string>

#include "bench/socket_sender.h"
#include "bench/traffic.h"
#include "bench/xdp_sender.h"

namespace {

using ringtail::bench::Carried;
using ringtail::bench::FrameSizes;
using ringtail::bench::SocketSender;
using ringtail::bench::XdpSender;

struct Options {
  std::string interface;
  std::uint32_t count = 0;
  double rate = 0;
  std::string way = "xdp";
  FrameSizes sizes;
  Carried carried = Carried::kUdp;
};

const std::map<std::string, Carried> kCarried{
    {"udp", Carried::kUdp}, {"ack", Carried::kTcpAck}, {"syn", Carried::kTcpSyn}};

void add_options(CLI::App& app, Options& options) {
  app.add_option("--interface", options.interface, "sends on this one")->required();
  app.add_option("--count", options.count, "how many frames")->required();
  app.add_option("--rate", options.rate, "frames a second; 0: full speed")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--way", options.way, "how they are sent")
      ->check(CLI::IsMember({"xdp", "socket"}));
  app.add_option_function<std::string>(
      "--size",
      [&options](const std::string& text) {
        try {
          options.sizes = ringtail::bench::read_sizes(text);
        } catch (const std::invalid_argument& error) {
          throw CLI::ValidationError("--size", error.what());
        }
      },
      "frame size: BYTES or imix");
  app.add_option("--carries", options.carried, "UDP, or TCP segments with one of these flags")
      ->transform(CLI::CheckedTransformer(kCarried));
}

void send_all(const Options& options, auto sender) {
  const auto begin = std::chrono::steady_clock::now();
  const std::clock_t cpu_begin = std::clock();
  sender.send(options.count);
  const double cpu_seconds = static_cast<double>(std::clock() - cpu_begin) / CLOCKS_PER_SEC;
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  std::cout << "sent=" << options.count << "\nseconds=" << seconds.count()
            << "\ncpu_seconds=" << cpu_seconds << std::endl;
}

void send(const Options& options) {
  if (options.way == "socket") {
    send_all(options,
             SocketSender(options.interface, options.sizes, options.carried, options.rate));
  } else {
    send_all(options, XdpSender(options.interface, options.sizes, options.carried, options.rate));
  }
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("Sends frames for a benchmark");
  add_options(app, options);
  CLI11_PARSE(app, argc, argv);
  try {
    send(options);
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
  return 0;
}
