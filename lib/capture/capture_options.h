#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "capture/limit.h"
#include "filter/program.h"
#include "pcapfile/pcapng_format.h"
#include "pcapfile/record_shape.h"
#include "ring/fanout.h"
#include "ring/rx_ring.h"
#include "store/storage_options.h"

namespace ringtail::capture {

struct InterfaceOptions {
  std::string name;
  // The filter for packets of an interface of that ARPHRD_* (ring::link_type_of()); cuts to
  // snaplen. Asked for each time that rings are opened: on the control thread before the start,
  // then on the opener's, where it may take as long as libpcap needs. What it throws is why there
  // is no filter.
  std::function<filter::Program(int hardware_type)> filter_for;
};

// One capture, as the engine is to open it: a ring for each interface in each worker. Does not
// change once it is in force; others take its place.
struct CaptureOptions {
  std::string name;
  std::string filter = {};  // its expression, for people; empty: everything
  std::vector<InterfaceOptions> interfaces;
  std::uint32_t snaplen = 0;
  bool promiscuous = true;
  ring::Clock clock = ring::Clock::kHost;
  pcapfile::Precision precision = pcapfile::Precision::kNano;
  pcapfile::Format format = pcapfile::Format::kPcap;
  pcapfile::FileOrigin origin = {};  // what its files say of it; the recorders add whose they are
  std::vector<unsigned> cpus;  // of the workers, in the order in which their rings join the fanout
  bool any_cpus = false;       // nobody chose them: so many others would do as well
  ring::FanoutMode fanout = ring::FanoutMode::kHash;
  std::uint32_t blocks_per_ring = 0;
  std::uint64_t max_file_bytes = 0;
  std::chrono::nanoseconds file_interval{0};  // 0: files change by size alone
  LimitOptions limit = {};
  std::vector<std::string> on_close = {};  // the program for closed files; empty: none
  std::chrono::nanoseconds on_close_timeout{};
};

// The TCP watch of one interface, as the engine is to open it: a ring in each worker. The filter
// takes the packets that are to be counted, and no more of each than its headers.
struct WatchOptions {
  InterfaceOptions interface;
  std::vector<unsigned> cpus;  // of the workers
};

struct EngineOptions {
  store::StorageOptions storage;
  std::vector<CaptureOptions> captures;
  std::vector<WatchOptions> tcp_watch = {};
  std::uint64_t max_write_bytes_per_second = 0;  // of all captures together; 0: any
};

}  // namespace ringtail::capture
