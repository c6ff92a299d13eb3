#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "capture/limit.h"
#include "filter/program.h"
#include "pcapfile/pcap_format.h"
#include "ring/fanout.h"
#include "ring/link_type.h"
#include "ring/rx_ring.h"

namespace ringtail::capture {

struct InterfaceOptions {
  std::string name;
  ring::LinkType link_type;
  filter::Program filter;  // for that link type; cuts to snaplen
};

// One capture, as the engine is to open it: a ring for each interface in each worker.
struct CaptureOptions {
  std::string name;
  std::vector<InterfaceOptions> interfaces;
  std::uint32_t snaplen = 0;
  bool promiscuous = true;
  ring::Clock clock = ring::Clock::kHost;
  pcapfile::Precision precision = pcapfile::Precision::kNano;
  std::vector<unsigned> cpus;  // of the workers, in the order in which their rings join the fanout
  ring::FanoutMode fanout = ring::FanoutMode::kHash;
  std::uint32_t blocks_per_ring = 0;
  std::uint64_t max_file_bytes = 0;
  std::chrono::nanoseconds file_interval{0};  // 0: files change by size alone
  LimitOptions limit = {};
  std::vector<std::string> on_close = {};  // the program for closed files; empty: none
  std::chrono::nanoseconds on_close_timeout{};
};

}  // namespace ringtail::capture
