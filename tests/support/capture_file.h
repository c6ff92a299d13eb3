#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>

namespace ringtail::support {

// Says which file is malformed, at which byte, and how.
class MalformedCapture : public std::runtime_error {
 public:
  MalformedCapture(const std::string& path, std::size_t offset, const std::string& reason)
      : std::runtime_error(path + ": at byte " + std::to_string(offset) + ": " + reason) {}
};

struct CaptureRecord {
  std::int64_t time_ns = 0;  // since 1970
  std::size_t wire_length = 0;
  std::span<const std::uint8_t> bytes;  // lives as long as the file
};

// A strict reader of classic pcap: micro- and nanoseconds, either byte order. It shares no code
// with the recorder and is stricter than tcpdump: whatever a recorder should not write is an error
// here. Maps the file, which must not shrink meanwhile. One thread.
class CaptureFile {
 public:
  // Throws std::system_error if the file cannot be read, MalformedCapture if its header is wrong.
  explicit CaptureFile(const std::string& path);
  CaptureFile(CaptureFile&& other) noexcept;
  CaptureFile& operator=(CaptureFile&& other) = delete;
  ~CaptureFile();

  // The next record, nothing at the end of the file; throws MalformedCapture.
  [[nodiscard]] std::optional<CaptureRecord> next();

  [[nodiscard]] std::uint32_t linktype() const { return linktype_; }
  [[nodiscard]] std::uint32_t snaplen() const { return snaplen_; }
  [[nodiscard]] bool nanoseconds() const { return nanoseconds_; }
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  // Where the record that next() gave last starts.
  [[nodiscard]] std::size_t record_offset() const { return record_offset_; }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  void read_header();
  [[nodiscard]] std::uint32_t load(std::size_t offset) const;
  [[nodiscard]] std::uint16_t load16(std::size_t offset) const;
  [[noreturn]] void fail(const std::string& reason) const;

  std::string path_;
  std::span<const std::uint8_t> bytes_;
  std::size_t record_offset_ = 0;
  std::size_t next_offset_ = 0;
  bool swapped_ = false;
  bool nanoseconds_ = false;
  std::uint32_t linktype_ = 0;
  std::uint32_t snaplen_ = 0;
};

}  // namespace ringtail::support
