#include "settings/resolve.h"

#include <algorithm>
#include <array>
#include <cstdint>
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
constexpr std::uint64_t kFileSystemBytesPerRing = base::kMiB;

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
  if (capture.interfaces.empty())
    conflicts.push_back(
        {interfaces, "is missing; name at least one interface, such as [eth0]", {interfaces}});
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
  if (capture.workers > host.allowed_cpus.size() && !host.allowed_cpus.empty())
    conflicts.push_back({path,
                         counted(capture.workers, "worker") + " on " +
                             counted(host.allowed_cpus.size(), "CPU") +
                             "; each worker has one to itself, so use " +
                             std::to_string(host.allowed_cpus.size()) + " at most",
                         {path, path_of(index, "cpus")}});
  if (capture.workers != 0) return;
  const std::uint64_t interfaces = std::max<std::uint64_t>(capture.interfaces.size(), 1);
  const std::array<std::uint64_t, 3> limits = {
      host.allowed_cpus.size(), capture.ring_memory_bytes / interfaces / kRingMemoryPerWorkerBytes,
      kMaxAutoWorkers};
  const std::uint64_t smallest = *std::min_element(limits.begin(), limits.end());
  capture.workers = static_cast<unsigned>(std::max<std::uint64_t>(smallest, 1));
}

// What helps where there are too many rings.
std::string_view fewer(const Capture& capture) {
  return capture.interfaces.size() > 1 ? "fewer workers or interfaces" : "fewer workers";
}

void resolve_ring(Capture& capture, std::size_t index, Conflicts& conflicts) {
  const std::uint64_t rings = ring_count(capture);
  const std::uint64_t blocks = capture.ring_memory_bytes / kBlockSizeBytes / rings;
  if (blocks < kMinBlocksPerRing) {
    const std::string path = path_of(index, "ring.memory");
    const std::uint64_t needed = rings * kMinBlocksPerRing * kBlockSizeBytes;
    conflicts.push_back(
        {path,
         exact_byte_size(capture.ring_memory_bytes) + " / (" +
             counted(capture.interfaces.size(), "interface") + " x " +
             counted(capture.workers, "worker") + ") = " + counted(blocks, "block") + " of " +
             exact_byte_size(kBlockSizeBytes) + " for each ring; at least " +
             std::to_string(kMinBlocksPerRing) + " are needed: use " + exact_byte_size(needed) +
             " or more, or " + std::string{fewer(capture)},
         {path, path_of(index, "interfaces"), path_of(index, "workers"), path_of(index, "cpus")}});
  }
  capture.ring_memory_bytes = blocks * rings * kBlockSizeBytes;
}

// What a capture may keep, and how to say that it is too little.
struct Share {
  std::uint64_t bytes;
  std::string text;  // "20GiB / 2 captures", how the bytes come about
  std::string path;  // what to raise...
  std::uint64_t others_bytes;
  std::uint64_t sharers;  // ...which then holds so many times the share and what others keep

  [[nodiscard]] std::uint64_t raised_to(std::uint64_t needed) const {
    return others_bytes + needed * sharers;
  }
};

std::uint64_t explicit_bytes(const Settings& settings) {
  std::uint64_t sum = 0;
  for (const Capture& capture : settings.captures) sum += capture.keep.size_bytes;
  return sum;
}

// The captures that have no keep.size get equal shares of what the others leave.
Share share_of_rest(const Settings& settings) {
  const std::uint64_t max_size = settings.storage.max_size_bytes;
  const std::uint64_t kept = explicit_bytes(settings);
  const auto sharers = static_cast<std::uint64_t>(std::ranges::count(
      settings.captures, 0U, [](const Capture& c) { return c.keep.size_bytes; }));
  std::string text = exact_byte_size(max_size);
  if (kept > 0) text = "(" + text + " - " + exact_byte_size(kept) + ")";
  if (sharers > 1) text += " / " + counted(sharers, "capture");
  return {(max_size - kept) / std::max<std::uint64_t>(sharers, 1), std::move(text),
          "storage.max_size", kept, sharers};
}

// Nothing if the explicit ones do not fit.
std::vector<Share> resolve_keep_sizes(Settings& settings, Conflicts& conflicts) {
  const std::uint64_t max_size = settings.storage.max_size_bytes;
  if (const std::uint64_t sum = explicit_bytes(settings); sum > max_size) {
    std::string terms;
    std::vector<std::string> inputs = {"storage.max_size"};
    for (std::size_t i = 0; i < settings.captures.size(); ++i) {
      inputs.push_back(path_of(i, "keep.size"));
      const std::uint64_t bytes = settings.captures[i].keep.size_bytes;
      if (bytes == 0) continue;
      terms += (terms.empty() ? "" : " + ") + exact_byte_size(bytes) + " of " + path_of(i);
    }
    conflicts.push_back({"storage.max_size",
                         "the captures' keep.size make " + terms + " = " + exact_byte_size(sum) +
                             ", more than " + exact_byte_size(max_size) + ": use " +
                             exact_byte_size(sum) + " or more, or a smaller keep.size",
                         std::move(inputs)});
    return {};
  }
  const Share rest = share_of_rest(settings);
  std::vector<Share> shares;
  for (std::size_t i = 0; i < settings.captures.size(); ++i) {
    std::uint64_t& bytes = settings.captures[i].keep.size_bytes;
    shares.push_back(
        bytes == 0 ? rest : Share{bytes, exact_byte_size(bytes), path_of(i, "keep.size"), 0, 1});
    bytes = shares.back().bytes;
  }
  return shares;
}

// What a capture's share depends on.
std::vector<std::string> share_inputs(const Settings& settings, std::size_t index) {
  std::vector<std::string> inputs = {"storage.max_size"};
  for (std::size_t i = 0; i < settings.captures.size(); ++i)
    inputs.push_back(path_of(i, "keep.size"));
  for (const char* key : {"interfaces", "workers", "cpus", "ring.memory", "rotate.size"})
    inputs.push_back(path_of(index, key));
  return inputs;
}

// An automatic rotate.size is a part of the capture's share of the budget.
void resolve_rotate_size(Settings& settings, std::size_t index, const Share& share,
                         Conflicts& conflicts) {
  Capture& capture = settings.captures[index];
  if (capture.rotate_size_bytes != 0) return;
  const std::uint64_t rings = ring_count(capture);
  const std::uint64_t size = rounded_down(share.bytes / (kFilesPerRing * rings), base::kMiB);
  capture.rotate_size_bytes = std::clamp(size, kMinRotateSizeBytes, kMaxAutoRotateSizeBytes);
  if (size >= kMinRotateSizeBytes) return;
  const std::uint64_t needed = share.raised_to(kFilesPerRing * rings * kMinRotateSizeBytes);
  conflicts.push_back({share.path,
                       share.text + " / (" + std::to_string(kFilesPerRing) + " x " +
                           counted(rings, "ring") + ") = " + exact_byte_size(size) +
                           " in whole MiB for an automatic rotate.size of " + path_of(index) +
                           "; at least " + exact_byte_size(kMinRotateSizeBytes) +
                           " is needed: use " + exact_byte_size(needed) + " or more, or " +
                           std::string{fewer(capture)},
                       share_inputs(settings, index)});
}

// A ring has one file being written, keeps its predecessor, and has the first step of the next one
// preallocated; the file system may need a little more to keep account of them.
void check_share(const Settings& settings, std::size_t index, const Share& share,
                 Conflicts& conflicts) {
  const Capture& capture = settings.captures[index];
  const std::uint64_t size = capture.rotate_size_bytes;
  const std::uint64_t step = std::min(kPreallocationStepBytes, size);
  const std::uint64_t needed = ring_count(capture) * (2 * size + step + kFileSystemBytesPerRing);
  if (needed <= share.bytes) return;
  conflicts.push_back({share.path,
                       path_of(index) + " needs " + counted(ring_count(capture), "ring") +
                           " x (2 x " + exact_byte_size(size) + " + " + exact_byte_size(step) +
                           " + " + exact_byte_size(kFileSystemBytesPerRing) + ") = " +
                           exact_byte_size(needed) + ", more than its share of " + share.text +
                           " (two files and the start of a third for each ring): use " +
                           exact_byte_size(share.raised_to(rounded_up(needed, base::kMiB))) +
                           " or more, or a smaller rotate.size, or " + std::string{fewer(capture)},
                       share_inputs(settings, index)});
}

// The recorded interfaces, each once; `any` has all of them.
void resolve_tcp_watch(Settings& settings) {
  if (settings.tcp_watch.interfaces) return;
  std::vector<std::string>& watched = settings.tcp_watch.interfaces.emplace();
  for (const Capture& capture : settings.captures) {
    for (const std::string& interface : capture.interfaces) {
      if (std::ranges::find(watched, interface) == watched.end()) watched.push_back(interface);
    }
  }
  if (std::ranges::find(watched, kAnyInterface) != watched.end())
    watched = {std::string{kAnyInterface}};
}

}  // namespace

std::vector<Conflict> resolve(Settings& settings, const Host& host) {
  Conflicts conflicts;
  if (settings.captures.empty())
    conflicts.push_back({"captures", "is missing; name at least one capture", {"captures"}});
  for (std::size_t i = 0; i < settings.captures.size(); ++i) {
    check_identity(settings, i, conflicts);
    resolve_workers(settings.captures[i], i, host, conflicts);
  }
  resolve_tcp_watch(settings);
  const std::vector<Share> shares = resolve_keep_sizes(settings, conflicts);
  for (std::size_t i = 0; i < settings.captures.size(); ++i) {
    // Refused above: nothing can be said about its rings.
    if (settings.captures[i].interfaces.empty()) continue;
    resolve_ring(settings.captures[i], i, conflicts);
    if (shares.empty()) continue;
    const std::size_t before = conflicts.size();
    resolve_rotate_size(settings, i, shares[i], conflicts);
    if (conflicts.size() == before) check_share(settings, i, shares[i], conflicts);
  }
  return conflicts;
}

}  // namespace ringtail::settings
