#include "daemon/engine_options.h"

#include <algorithm>
#include <cassert>
#include <memory>

#include "daemon/capture_filter.h"
#include "daemon/descriptor_limit.h"
#include "daemon/host_origin.h"
#include "daemon/interface_filter.h"
#include "daemon/tcp_watch_options.h"
#include "filter/cooked.h"
#include "pcapfile/cooked_header.h"

namespace ringtail::daemon {
namespace {

store::ModeChoice mode_choice(settings::IoMode io) {
  switch (io) {
    case settings::IoMode::kAuto:
      return store::ModeChoice::kAuto;
    case settings::IoMode::kUring:
      return store::ModeChoice::kUringOnly;
    case settings::IoMode::kBlocking:
      return store::ModeChoice::kDirectOnly;
    case settings::IoMode::kBuffered:
      return store::ModeChoice::kBufferedOnly;
  }
  return store::ModeChoice::kAuto;
}

// Gives workers their CPUs where nobody chose: from the last one down, as interrupts are mostly
// served by the first, and each capture behind the one before, so that one which waits for its disk
// holds up others as late as can be.
class CpuChoice {
 public:
  explicit CpuChoice(const settings::Host& host) : allowed_(host.allowed_cpus) {}

  [[nodiscard]] std::vector<unsigned> for_capture(const settings::Capture& capture) {
    if (!capture.cpus.empty()) return capture.cpus;
    std::vector<unsigned> cpus;
    for (std::size_t worker = 0; worker < capture.workers; ++worker, ++given_)
      cpus.push_back(allowed_[allowed_.size() - 1 - given_ % allowed_.size()]);
    return cpus;
  }

 private:
  const std::vector<unsigned>& allowed_;
  std::size_t given_ = 0;
};

// With fanout by CPU, member n of N has the packets of the CPUs that are n modulo N: where that can
// be, it runs on one of them, and the packet is still in the cache.
void order_for_fanout_by_cpu(std::vector<unsigned>& cpus) {
  for (std::size_t member = 0; member < cpus.size(); ++member) {
    const auto begin = cpus.begin() + static_cast<std::ptrdiff_t>(member);
    const auto theirs =
        std::find_if(begin, cpus.end(), [&](unsigned cpu) { return cpu % cpus.size() == member; });
    if (theirs != cpus.end()) std::iter_swap(begin, theirs);
  }
}

ring::FanoutMode fanout_mode(settings::Fanout fanout) {
  switch (fanout) {
    case settings::Fanout::kHash:
      return ring::FanoutMode::kHash;
    case settings::Fanout::kCpu:
      return ring::FanoutMode::kCpu;
    case settings::Fanout::kQueue:
      return ring::FanoutMode::kQueue;
  }
  return ring::FanoutMode::kHash;
}

capture::LimitOptions limit_options(const settings::Limit& limit) {
  capture::LimitOptions options;
  if (limit.packets != 0) options.packets = limit.packets;
  if (limit.bytes != 0) options.bytes = limit.bytes;
  if (limit.duration.count() != 0) options.duration = limit.duration;
  return options;
}

std::vector<capture::InterfaceOptions> interface_options(const settings::Capture& capture,
                                                         const std::string& expression,
                                                         const base::Reporter& report) {
  std::vector<capture::InterfaceOptions> interfaces;
  std::vector<filter::ResolvedName> names;
  for (const std::string& interface : capture.interfaces) {
    const auto filter = std::make_shared<InterfaceFilter>(capture, expression, interface);
    if (names.empty()) names = filter->names();
    interfaces.push_back(
        {interface, [filter](int hardware_type) { return filter->program_for(hardware_type); }});
  }
  for (const filter::ResolvedName& name : names)
    report(base::Severity::kInfo, "filter of capture " + capture.name + ": " + to_text(name));
  return interfaces;
}

pcapfile::FileOrigin file_origin(const std::string& expression) {
  pcapfile::FileOrigin origin = host_origin();
  origin.application = std::string{"ringtail "} + RINGTAIL_VERSION;
  origin.filter = expression;
  return origin;
}

capture::CaptureOptions capture_options(const settings::Capture& capture, CpuChoice& cpu_choice,
                                        const base::Reporter& report) {
  assert(settings::ring_count(capture) > 0);  // settings that were resolved have workers
  const std::uint64_t blocks = capture.ring_memory_bytes / settings::kBlockSizeBytes;
  const std::string expression = expression_of(capture);
  std::vector<unsigned> cpus = cpu_choice.for_capture(capture);
  if (capture.fanout == settings::Fanout::kCpu) order_for_fanout_by_cpu(cpus);
  return {.name = capture.name,
          .filter = expression,
          .interfaces = interface_options(capture, expression, report),
          .snaplen = capture.snaplen,
          .promiscuous = capture.promiscuous,
          .clock = capture.timestamps.source == settings::TimestampSource::kAdapter
                       ? ring::Clock::kAdapter
                       : ring::Clock::kHost,
          .precision = capture.timestamps.precision == settings::TimestampPrecision::kMicro
                           ? pcapfile::Precision::kMicro
                           : pcapfile::Precision::kNano,
          .format = capture.format == settings::Format::kPcapng ? pcapfile::Format::kPcapng
                                                                : pcapfile::Format::kPcap,
          .origin = file_origin(expression),
          .cpus = std::move(cpus),
          .any_cpus = capture.cpus.empty(),
          .fanout = fanout_mode(capture.fanout),
          .blocks_per_ring = static_cast<std::uint32_t>(blocks / settings::ring_count(capture)),
          // Whole pages: what is granted and written is.
          .max_file_bytes = capture.rotate_size_bytes / ring::kPageBytes * ring::kPageBytes,
          .file_interval = capture.rotate_interval,
          .limit = limit_options(capture.limit),
          .on_close = capture.on_close,
          .on_close_timeout = capture.on_close_timeout};
}

}  // namespace

static_assert(settings::kBlockSizeBytes == ring::kBlockSizeBytes);
static_assert(settings::kMinBlocksPerRing == ring::kMinBlockCount);
static_assert(settings::kPreallocationStepBytes == store::Storage::kGrowStepBytes);
static_assert(settings::kMaxKeptFiles == store::kMaxFiles);
static_assert(settings::kAnyInterface == ring::kAnyInterface);
static_assert(settings::kMaxSnaplen == pcapfile::kMaxSnaplen);
static_assert(filter::kMaxSnaplen == pcapfile::kMaxSnaplen);
static_assert(filter::kCookedLinkType == ring::kCookedLinkType.name);
static_assert(filter::kCookedHeaderBytes == sizeof(pcapfile::CookedHeader));
static_assert(pcapfile::kLinktypeLinuxSll2 == ring::kCookedLinkType.number);

capture::EngineOptions engine_options(const settings::Settings& settings,
                                      const settings::Host& host, const base::Reporter& report) {
  capture::EngineOptions options;
  options.storage = {.directory = settings.storage.directory,
                     .max_bytes = settings.storage.max_size_bytes,
                     .min_free_bytes = settings.storage.min_free.bytes,
                     .min_free_percent = settings.storage.min_free.percent,
                     .require_mount = settings.storage.require_mount,
                     .mode = mode_choice(settings.storage.io)};
  options.max_write_bytes_per_second = settings.storage.max_write_rate_bytes;
  CpuChoice cpu_choice(host);
  for (const settings::Capture& capture : settings.captures) {
    options.storage.captures.push_back({.capture = capture.name,
                                        .limit_bytes = capture.keep.size_bytes,
                                        .max_age = capture.keep.age,
                                        .max_files = capture.keep.files});
    options.captures.push_back(capture_options(capture, cpu_choice, report));
  }
  options.tcp_watch = tcp_watch_options(settings.tcp_watch, options.captures, report);
  check_descriptors(options, descriptor_limit());
  return options;
}

}  // namespace ringtail::daemon
