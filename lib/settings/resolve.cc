#include "settings/resolve.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>
#include <utility>

#include "base/byte_size.h"

namespace ringtail::settings {
namespace {

using base::exact_byte_size;

constexpr std::uint64_t kRingMemoryPerWorkerBytes = 32 * base::kMiB;
constexpr std::uint64_t kMaxAutoWorkers = 8;
constexpr std::uint64_t kMaxAutoRotateSizeBytes = 256 * base::kMiB;
// An automatic rotate.size leaves each ring room for this many files.
constexpr std::uint64_t kFilesPerRing = 4;

using Conflicts = std::vector<Conflict>;

std::string path_of(std::size_t capture, std::string_view key = {}) {
  std::string path = "captures[" + std::to_string(capture) + "]";
  if (!key.empty()) path.append(".").append(key);
  return path;
}

std::string counted(std::uint64_t count, std::string_view noun) {
  std::string text = std::to_string(count).append(" ").append(noun);
  return count == 1 ? text : text + "s";
}

std::uint64_t rounded_down(std::uint64_t value, std::uint64_t unit) { return value / unit * unit; }
std::uint64_t rounded_up(std::uint64_t value, std::uint64_t unit) {
  return (value + unit - 1) / unit * unit;
}

// "0-3, 6": ascending numbers as ranges.
std::string ranges(const std::vector<unsigned>& numbers) {
  std::string text;
  for (std::size_t i = 0; i < numbers.size();) {
    std::size_t last = i;
    while (last + 1 < numbers.size() && numbers[last + 1] == numbers[last] + 1) ++last;
    if (!text.empty()) text.append(", ");
    text.append(std::to_string(numbers[i]));
    if (last > i) text.append("-").append(std::to_string(numbers[last]));
    i = last + 1;
  }
  return text;
}

void check_identity(const Settings& settings, std::size_t index, Conflicts& conflicts) {
  const Capture& capture = settings.captures[index];
  const std::string name = path_of(index, "name");
  const std::string interfaces = path_of(index, "interfaces");
  if (capture.interface.empty())
    conflicts.push_back(
        {interfaces, "is missing; name one interface, such as [eth0]", {interfaces}});
  if (capture.name.empty()) {
    conflicts.push_back({name, "is missing; every capture needs a name of its own", {name}});
    return;
  }
  for (std::size_t other = 0; other < index; ++other)
    if (settings.captures[other].name == capture.name)
      conflicts.push_back({name,
                           "'" + capture.name + "' is the name of " + path_of(other) +
                               " already; every capture needs a name of its own",
                           {name}});
}

void check_cpus(const Capture& capture, std::size_t index, const Host& host, Conflicts& conflicts) {
  const std::vector<unsigned>& allowed = host.allowed_cpus;
  for (std::size_t i = 0; i < capture.cpus.size(); ++i) {
    if (std::find(allowed.begin(), allowed.end(), capture.cpus[i]) != allowed.end()) continue;
    const std::string path = path_of(index, "cpus[" + std::to_string(i) + "]");
    conflicts.push_back({path,
                         "this process may not use CPU " + std::to_string(capture.cpus[i]) +
                             "; allowed are " + ranges(allowed),
                         {path}});
  }
}

void resolve_workers(Capture& capture, std::size_t index, const Host& host, Conflicts& conflicts) {
  const std::string path = path_of(index, "workers");
  if (!capture.cpus.empty()) {
    check_cpus(capture, index, host, conflicts);
    if (capture.workers != 0 && capture.workers != capture.cpus.size())
      conflicts.push_back({path,
                           counted(capture.workers, "worker") + " on " +
                               counted(capture.cpus.size(), "CPU") +
                               "; cpus pins one worker to each, so leave workers out or make them "
                               "equal",
                           {path, path_of(index, "cpus")}});
    capture.workers = static_cast<unsigned>(capture.cpus.size());
  }
  if (capture.workers != 0) return;
  const std::array<std::uint64_t, 3> limits = {
      host.allowed_cpus.size(), capture.ring_memory_bytes / kRingMemoryPerWorkerBytes,
      kMaxAutoWorkers};
  const std::uint64_t smallest = *std::min_element(limits.begin(), limits.end());
  capture.workers = static_cast<unsigned>(std::max<std::uint64_t>(smallest, 1));
}

void resolve_ring(Capture& capture, std::size_t index, Conflicts& conflicts) {
  const std::uint64_t rings = ring_count(capture);
  const std::uint64_t blocks = capture.ring_memory_bytes / kBlockSizeBytes / rings;
  if (blocks < kMinBlocksPerRing) {
    const std::string path = path_of(index, "ring.memory");
    const std::uint64_t needed = rings * kMinBlocksPerRing * kBlockSizeBytes;
    conflicts.push_back({path,
                         exact_byte_size(capture.ring_memory_bytes) + " / (1 interface x " +
                             counted(capture.workers, "worker") +
                             ") = " + counted(blocks, "block") + " of " +
                             exact_byte_size(kBlockSizeBytes) + " for each ring; at least " +
                             std::to_string(kMinBlocksPerRing) + " are needed: use " +
                             exact_byte_size(needed) + " or more, or fewer workers",
                         {path, path_of(index, "workers"), path_of(index, "cpus")}});
  }
  capture.ring_memory_bytes = blocks * rings * kBlockSizeBytes;
}

// What the budget depends on.
std::vector<std::string> budget_inputs(const Settings& settings) {
  std::vector<std::string> inputs = {"storage.max_size"};
  for (std::size_t i = 0; i < settings.captures.size(); ++i)
    for (const char* key : {"workers", "cpus", "ring.memory", "rotate.size"})
      inputs.push_back(path_of(i, key));
  return inputs;
}

// The share of the budget that an automatic rotate.size may take.
void resolve_rotate_sizes(Settings& settings, Conflicts& conflicts) {
  const auto add_rings = [](std::uint64_t sum, const Capture& capture) {
    return sum + ring_count(capture);
  };
  const auto& captures = settings.captures;
  const std::uint64_t rings = std::accumulate(captures.begin(), captures.end(), 0ULL, add_rings);
  const std::uint64_t max_size = settings.storage.max_size_bytes;
  const std::uint64_t share =
      rounded_down(max_size / (kFilesPerRing * std::max<std::uint64_t>(rings, 1)), base::kMiB);
  bool reported = false;
  for (Capture& capture : settings.captures) {
    if (capture.rotate_size_bytes != 0) continue;
    capture.rotate_size_bytes = std::clamp(share, kMinRotateSizeBytes, kMaxAutoRotateSizeBytes);
    if (share >= kMinRotateSizeBytes || std::exchange(reported, true)) continue;
    conflicts.push_back({"storage.max_size",
                         exact_byte_size(max_size) + " / (" + std::to_string(kFilesPerRing) +
                             " x " + counted(rings, "ring") + ") = " + exact_byte_size(share) +
                             " in whole MiB for an automatic rotate.size; at least " +
                             exact_byte_size(kMinRotateSizeBytes) + " is needed: use " +
                             exact_byte_size(kFilesPerRing * rings * kMinRotateSizeBytes) +
                             " or more, or fewer workers",
                         budget_inputs(settings)});
  }
}

// A ring has one file being written, keeps its predecessor, and has the first step of the next one
// preallocated.
void check_budget(const Settings& settings, Conflicts& conflicts) {
  std::uint64_t sum = 0;
  std::string terms;
  for (const Capture& capture : settings.captures) {
    const std::uint64_t size = capture.rotate_size_bytes;
    const std::uint64_t step = std::min(kPreallocationStepBytes, size);
    sum += ring_count(capture) * (2 * size + step);
    terms.append(terms.empty() ? "" : " + ")
        .append(counted(ring_count(capture), "ring") + " x (2 x " + exact_byte_size(size) + " + " +
                exact_byte_size(step) + ")");
  }
  if (sum <= settings.storage.max_size_bytes) return;
  conflicts.push_back({"storage.max_size",
                       "the captures need " + terms + " = " + exact_byte_size(sum) +
                           ", more than " + exact_byte_size(settings.storage.max_size_bytes) +
                           " (two files and the start of a third for each ring): use " +
                           exact_byte_size(rounded_up(sum, base::kMiB)) +
                           " or more, or a smaller rotate.size, or fewer workers",
                       budget_inputs(settings)});
}

}  // namespace

std::vector<Conflict> resolve(Settings& settings, const Host& host) {
  Conflicts conflicts;
  if (settings.captures.empty())
    conflicts.push_back({"captures", "is missing; name at least one capture", {"captures"}});
  for (std::size_t i = 0; i < settings.captures.size(); ++i) {
    check_identity(settings, i, conflicts);
    resolve_workers(settings.captures[i], i, host, conflicts);
    resolve_ring(settings.captures[i], i, conflicts);
  }
  const std::size_t before_budget = conflicts.size();
  resolve_rotate_sizes(settings, conflicts);
  if (conflicts.size() == before_budget) check_budget(settings, conflicts);
  return conflicts;
}

}  // namespace ringtail::settings
