#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_size.h"

namespace ringtail::settings {

// Plain values with their defaults: no ownership, no thread rules. load.h makes them from YAML,
// quick_start.h without a file, and both leave every derived value filled in (resolve.h).

// Ring memory is given out in blocks of this size; lib/ring asks the kernel for the same.
inline constexpr std::uint64_t kBlockSizeBytes = base::kMiB;
inline constexpr std::uint64_t kMinBlocksPerRing = 8;
// A file is preallocated in steps of this size (or of rotate.size, when that is smaller).
inline constexpr std::uint64_t kPreallocationStepBytes = 16 * base::kMiB;
// What is known of each file takes memory.
inline constexpr std::uint64_t kMaxKeptFiles = 400'000;
inline constexpr std::uint64_t kMinRotateSizeBytes = 2 * base::kMiB;
// All interfaces at once.
inline constexpr std::string_view kAnyInterface = "any";
// Readers of pcap files refuse longer packets.
inline constexpr std::uint32_t kMaxSnaplen = 262'144;

enum class IoMode { kAuto, kUring, kBlocking, kBuffered };

// What recording leaves free on the file system: a share of it, or a number of bytes. The one that
// is not in use is 0.
struct MinFree {
  std::uint64_t bytes = 0;
  unsigned percent = 5;
  bool operator==(const MinFree&) const = default;
};

struct Storage {
  std::filesystem::path directory = "/var/lib/ringtail";
  std::uint64_t max_size_bytes = 20 * base::kGiB;
  MinFree min_free;
  std::uint64_t max_write_rate_bytes = 0;  // each second; 0: any
  bool require_mount = false;
  IoMode io = IoMode::kAuto;
  bool operator==(const Storage&) const = default;
};

// As seen by this host: what comes in, what goes out.
enum class Direction { kIn, kOut, kBoth };

// How an interface's packets are divided over the workers: by flow, by the CPU that received them,
// by the queue of the card.
enum class Fanout { kHash, kCpu, kQueue };

enum class TimestampSource { kHost, kAdapter };
enum class TimestampPrecision { kNano, kMicro };
struct Timestamps {
  TimestampSource source = TimestampSource::kHost;
  TimestampPrecision precision = TimestampPrecision::kNano;
  bool operator==(const Timestamps&) const = default;
};

// Of a capture's files.
enum class Format { kPcap, kPcapng };

// Where a capture ends by itself; what is 0 sets no limit.
struct Limit {
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
  std::chrono::nanoseconds duration{0};
  bool operator==(const Limit&) const = default;
};

// How much of a capture is kept; for age and files, 0 sets no limit.
struct Keep {
  std::uint64_t size_bytes = 0;  // before resolve: 0 is a share of max_size
  std::chrono::nanoseconds age{0};
  std::uint64_t files = 0;
  bool operator==(const Keep&) const = default;
};

struct Capture {
  std::string name;                     // a folder and a metric label
  std::vector<std::string> interfaces;  // at least one, each once; or "any" alone
  std::string filter;                   // empty: everything, or what is in filter_file
  std::filesystem::path filter_file;    // absolute; empty: none. At most one of the two is set
  std::uint32_t snaplen = kMaxSnaplen;
  Direction direction = Direction::kBoth;
  bool promiscuous = true;
  unsigned workers = 0;        // before resolve: 0 is auto
  std::vector<unsigned> cpus;  // one for each worker; empty: the last ones allowed
  Fanout fanout = Fanout::kHash;
  std::uint64_t ring_memory_bytes = 256 * base::kMiB;  // after resolve: whole blocks for each ring
  bool ring_lock = false;                              // all that the process uses stays in memory
  std::uint64_t rotate_size_bytes = 0;                 // before resolve: 0 is auto
  std::chrono::nanoseconds rotate_interval{0};         // 0: none
  Keep keep;
  Timestamps timestamps;
  Limit limit;
  Format format = Format::kPcap;
  std::vector<std::string> on_close;  // an absolute path and arguments; empty: none
  std::chrono::nanoseconds on_close_timeout{std::chrono::seconds{60}};
  bool operator==(const Capture&) const = default;
};

// Where TCP's SYN, FIN and RST packets are counted.
struct TcpWatch {
  // Before resolve: without a value it is auto. Each once; or "any" alone.
  std::optional<std::vector<std::string>> interfaces;
  bool operator==(const TcpWatch&) const = default;
};

struct Metrics {
  std::string address = "127.0.0.1";  // numeric, IPv6 without brackets
  std::uint16_t port = 9477;          // 0: any free one
  bool operator==(const Metrics&) const = default;
};

struct Settings {
  Storage storage;
  std::vector<Capture> captures;
  TcpWatch tcp_watch;
  Metrics metrics;
  std::string user;  // who root becomes to record; empty: nobody else
  bool operator==(const Settings&) const = default;
};

// A ring is one worker's view of one interface of a capture.
[[nodiscard]] inline std::uint64_t ring_count(const Capture& capture) {
  return std::uint64_t{capture.workers} * capture.interfaces.size();
}

}  // namespace ringtail::settings
