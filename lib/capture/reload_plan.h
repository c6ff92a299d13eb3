#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "capture/capture_options.h"
#include "filter/program.h"
#include "store/storage_options.h"

namespace ringtail::capture {

// A filter for packets of interfaces of that ARPHRD_*.
struct TypedFilter {
  int hardware_type = 0;
  filter::Program program;

  [[nodiscard]] bool is_same(const TypedFilter& other) const {
    return hardware_type == other.hardware_type && filter::same_program(program, other.program);
  }
};

// What is recorded at present, as values.
struct RunningInterface {
  std::string name;
  std::optional<TypedFilter> filter;  // none while its rings are being replaced
};
struct RunningCapture {
  CaptureOptions options;
  bool has_ended = false;  // by its limit
  std::vector<RunningInterface> interfaces;
};
struct Running {
  store::StorageOptions storage;
  std::vector<RunningCapture> captures;
  std::vector<std::string> tcp_watch;  // interfaces
  std::uint64_t max_write_bytes_per_second = 0;
};

// What is to become of one interface of a capture: new rings; or nothing but, perhaps, a filter.
struct PlannedInterface {
  bool new_rings = false;
  std::optional<TypedFilter> filter;  // for the rings that it has, the one that it has included
};
struct PlannedCapture {
  CaptureOptions options;
  bool is_new = false;
  bool has_ended = false;  // by its limit, when the plan was made
  bool new_limit = false;
  std::vector<PlannedInterface> interfaces;  // as in the options
};
struct ReloadPlan {
  std::vector<std::string> refusals;  // what cannot change while recording, and what to do
  std::vector<std::string> changes;  // one line for each capture and for the storage; none: nothing
  store::StorageOptions storage;
  std::vector<PlannedCapture> captures;  // others are to leave
  std::vector<std::string> tcp_watch;    // the interfaces to be watched, others are to leave
  std::vector<WatchOptions> new_watches;
  std::uint64_t max_write_bytes_per_second = 0;
};

// How to come from what is recorded to what is wanted while losing as little as can be: rings stay
// where their options do, CPUs that nobody chose stay (as all of the TCP watch), a capture that has
// reached its limit stays ended unless the limit is another.
//
// Pure, but for the filters that are compiled; throws what that throws.
[[nodiscard]] ReloadPlan plan_reload(const Running& running, EngineOptions wanted);

// The memory of the rings that the plan asks for.
[[nodiscard]] std::uint64_t new_ring_bytes(const ReloadPlan& plan);

}  // namespace ringtail::capture
