#include "support/capture_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace ringtail::support {
namespace {

constexpr std::size_t kFileHeaderSize = 24;
constexpr std::size_t kRecordHeaderSize = 16;
constexpr std::uint32_t kLargestCaptured = 262'144;  // libpcap's readers refuse more
constexpr std::uint32_t kMicroMagic = 0xA1B2C3D4;
constexpr std::uint32_t kNanoMagic = 0xA1B23C4D;

std::span<const std::uint8_t> map_file(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat status {};
  if (fd < 0 || ::fstat(fd, &status) != 0) {
    const int error = errno;
    if (fd >= 0) ::close(fd);
    throw std::system_error(error, std::generic_category(), "open " + path);
  }
  const auto size = static_cast<std::size_t>(status.st_size);
  void* memory = nullptr;  // an empty file cannot be mapped
  if (size > 0) memory = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
  const int error = errno;
  ::close(fd);
  if (memory == MAP_FAILED) throw std::system_error(error, std::generic_category(), "mmap " + path);
  return {static_cast<const std::uint8_t*>(memory), size};
}

void unmap_file(std::span<const std::uint8_t> bytes) {
  // munmap takes a pointer to non-const, but only the mapping goes, not the bytes.
  if (!bytes.empty()) ::munmap(const_cast<std::uint8_t*>(bytes.data()), bytes.size());
}

}  // namespace

CaptureFile::CaptureFile(const std::string& path) : path_(path), bytes_(map_file(path)) {
  try {
    read_header();
  } catch (...) {
    unmap_file(bytes_);
    throw;
  }
}

CaptureFile::CaptureFile(CaptureFile&& other) noexcept
    : path_(std::move(other.path_)),
      bytes_(std::exchange(other.bytes_, {})),
      record_offset_(other.record_offset_),
      next_offset_(other.next_offset_),
      swapped_(other.swapped_),
      nanoseconds_(other.nanoseconds_),
      linktype_(other.linktype_),
      snaplen_(other.snaplen_) {}

CaptureFile::~CaptureFile() { unmap_file(bytes_); }

void CaptureFile::fail(const std::string& reason) const {
  throw MalformedCapture(path_, record_offset_, reason);
}

std::uint32_t CaptureFile::load(std::size_t offset) const {
  std::uint32_t value = 0;
  std::memcpy(&value, bytes_.data() + offset, sizeof value);
  return swapped_ ? __builtin_bswap32(value) : value;
}

std::uint16_t CaptureFile::load16(std::size_t offset) const {
  std::uint16_t value = 0;
  std::memcpy(&value, bytes_.data() + offset, sizeof value);
  return swapped_ ? __builtin_bswap16(value) : value;
}

void CaptureFile::read_header() {
  if (bytes_.size() < kFileHeaderSize) fail("the file ends within its header");
  const std::uint32_t magic = load(0);
  const std::uint32_t mirrored = __builtin_bswap32(magic);
  swapped_ = mirrored == kMicroMagic || mirrored == kNanoMagic;
  nanoseconds_ = load(0) == kNanoMagic;
  if (load(0) != kMicroMagic && !nanoseconds_) fail("this is no classic pcap file");
  if (load16(4) != 2 || load16(6) != 4) fail("the version is not 2.4");
  if (load(8) != 0 || load(12) != 0) fail("time zone or accuracy is not zero");
  snaplen_ = load(16);
  linktype_ = load(20);
  if (snaplen_ == 0) fail("the snaplen is zero");
  if (linktype_ > 0xFFFF) fail("the link type has unknown bits set");
  next_offset_ = kFileHeaderSize;
}

std::optional<CaptureRecord> CaptureFile::next() {
  record_offset_ = next_offset_;
  const std::size_t left = bytes_.size() - record_offset_;
  if (left == 0) return std::nullopt;
  if (left < kRecordHeaderSize) fail("the file ends within a record header");
  const std::uint32_t seconds = load(record_offset_);
  const std::uint32_t fraction = load(record_offset_ + 4);
  const std::uint32_t captured = load(record_offset_ + 8);
  const std::uint32_t wire_length = load(record_offset_ + 12);
  if (captured == 0 && wire_length == 0)
    fail("a record header of zero length, as in a preallocated tail");
  if (fraction >= (nanoseconds_ ? 1'000'000'000U : 1'000'000U))
    fail("the fraction is over a second");
  if (captured > wire_length) fail("captured more than the packet's length");
  if (captured > snaplen_) fail("captured more than the file's snaplen");
  if (captured > kLargestCaptured) fail("captured more than readers accept (262144)");
  if (captured > left - kRecordHeaderSize) fail("the file ends within a record");
  next_offset_ = record_offset_ + kRecordHeaderSize + captured;
  const std::int64_t fraction_ns = std::int64_t{fraction} * (nanoseconds_ ? 1 : 1000);
  return CaptureRecord{std::int64_t{seconds} * 1'000'000'000 + fraction_ns, wire_length,
                       bytes_.subspan(record_offset_ + kRecordHeaderSize, captured)};
}

}  // namespace ringtail::support
