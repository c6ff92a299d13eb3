#include "daemon/engine_options.h"

#include <cassert>
#include <stdexcept>
#include <utility>

#include "daemon/filter_target.h"
#include "filter/expression.h"

namespace ringtail::daemon {
namespace {

store::ModeChoice mode_choice(settings::IoMode io) {
  switch (io) {
    case settings::IoMode::kAuto:
      return store::ModeChoice::kAuto;
    case settings::IoMode::kBlocking:
      return store::ModeChoice::kDirectOnly;
    case settings::IoMode::kBuffered:
      return store::ModeChoice::kBufferedOnly;
  }
  return store::ModeChoice::kAuto;
}

// Where nobody chose: from the last CPU down, as interrupts are mostly served by the first.
std::vector<unsigned> cpus_for(const settings::Capture& capture, const settings::Host& host) {
  if (!capture.cpus.empty()) return capture.cpus;
  std::vector<unsigned> cpus;
  const std::size_t count = host.allowed_cpus.size();
  for (std::size_t worker = 0; worker < capture.workers; ++worker) {
    cpus.push_back(host.allowed_cpus[count - 1 - worker % count]);
  }
  return cpus;
}

filter::Program program_for(const settings::Capture& capture, const base::Reporter& report) {
  const filter::Target target = filter_target(capture.interfaces[0], capture.snaplen);
  filter::Compiled compiled = filter::compile(capture.filter, target);
  // A program that may be wrong would leave out packets without a word. The expression is not at
  // fault, this host is.
  if (!compiled.unchecked.empty()) {
    throw std::runtime_error(filter::FilterError(capture.filter, compiled.unchecked).one_line());
  }
  for (const filter::ResolvedName& name : compiled.names) {
    report(base::Severity::kInfo, "filter of capture " + capture.name + ": " + to_text(name));
  }
  return std::move(compiled.program);
}

capture::CaptureOptions capture_options(const settings::Capture& capture,
                                        const settings::Host& host, const base::Reporter& report) {
  assert(settings::ring_count(capture) > 0);  // settings that were resolved have workers
  const std::uint64_t blocks = capture.ring_memory_bytes / settings::kBlockSizeBytes;
  return {.name = capture.name,
          .interface = capture.interfaces[0],
          .filter = program_for(capture, report),
          .snaplen = capture.snaplen,
          .cpus = cpus_for(capture, host),
          .blocks_per_ring = static_cast<std::uint32_t>(blocks / settings::ring_count(capture)),
          // Whole pages: what is granted and written is.
          .max_file_bytes = capture.rotate_size_bytes / ring::kPageBytes * ring::kPageBytes};
}

}  // namespace

static_assert(settings::kBlockSizeBytes == ring::kBlockSizeBytes);
static_assert(settings::kMinBlocksPerRing == ring::kMinBlockCount);
static_assert(settings::kPreallocationStepBytes == store::Storage::kGrowStepBytes);
static_assert(settings::kMaxSnaplen == pcapfile::kMaxSnaplen);

capture::EngineOptions engine_options(const settings::Settings& settings,
                                      const settings::Host& host, const base::Reporter& report) {
  capture::EngineOptions options;
  options.storage = {.directory = settings.storage.directory,
                     .max_bytes = settings.storage.max_size_bytes,
                     .min_free_bytes = settings.storage.min_free.bytes,
                     .min_free_percent = settings.storage.min_free.percent,
                     .mode = mode_choice(settings.storage.io)};
  const std::uint64_t share = settings.storage.max_size_bytes / settings.captures.size();
  for (const settings::Capture& capture : settings.captures) {
    options.storage.captures.push_back({capture.name, share});
    options.captures.push_back(capture_options(capture, host, report));
  }
  return options;
}

}  // namespace ringtail::daemon
