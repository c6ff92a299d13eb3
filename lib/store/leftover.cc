#include "store/leftover.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstring>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/unique_fd.h"
#include "pcapfile/pcap_format.h"
#include "store/file_name.h"

namespace ringtail::store {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kPrefix = ".next_";

// Whose file it is, from a name that unnamed_file() gives; nothing for any other name.
std::optional<FileName> owner_in(const std::string& name) {
  if (!name.starts_with(kPrefix)) return std::nullopt;
  const std::size_t last = name.rfind('_');
  const std::string number = name.substr(last + 1);
  if (last < kPrefix.size() || number.empty() ||
      number.find_first_not_of("0123456789") != number.npos) {
    return std::nullopt;
  }
  // "<interface>_w<worker>" is what it has in common with the name of a finished file.
  const std::string owner = name.substr(kPrefix.size(), last - kPrefix.size());
  return FileName::parse("19700101T000000.000000Z_" + owner + ".pcap");
}

enum class Content { kUnreadable, kNoPacket, kPackets };

// Whether the file holds a packet, and the time of the first.
Content look_into(const fs::path& path, PacketTime& first) {
  const base::UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode))
    return Content::kUnreadable;
  std::array<std::byte, pcapfile::kFileHeaderBytes + sizeof(pcapfile::RecordHeader)> bytes;
  const ssize_t size = ::pread(file.get(), bytes.data(), bytes.size(), 0);
  if (size < 0) return Content::kUnreadable;
  if (size < ssize_t{bytes.size()}) return Content::kNoPacket;
  std::uint32_t magic = 0;
  pcapfile::RecordHeader record{};
  std::memcpy(&magic, bytes.data(), sizeof magic);
  std::memcpy(&record, bytes.data() + pcapfile::kFileHeaderBytes, sizeof record);
  const auto precision = pcapfile::precision_of(magic);
  if (!precision || record.seconds == 0) return Content::kNoPacket;
  const std::chrono::nanoseconds unit(pcapfile::nanoseconds_per_unit(*precision));
  first = PacketTime(std::chrono::seconds(record.seconds) + record.subseconds * unit);
  return Content::kPackets;
}

void adopt(const fs::path& path, FileName name, const base::Reporter& report) {
  PacketTime first;
  const Content content = look_into(path, first);
  if (content == Content::kNoPacket) {
    (void)::unlink(path.c_str());
    return;
  }
  if (content == Content::kPackets) {
    name.start = std::chrono::floor<std::chrono::microseconds>(first);
    name.partial = true;
    const fs::path to = path.parent_path() / name.text();
    if (::renameat2(AT_FDCWD, path.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return;
  }
  report(base::Severity::kWarning, path.string() +
                                       ", which an earlier run was writing, is left alone: " +
                                       std::generic_category().message(errno));
}

}  // namespace

std::string unnamed_file(const std::string& interface, unsigned worker, std::uint64_t number) {
  return std::string(kPrefix) + interface + "_w" + std::to_string(worker) + "_" +
         std::to_string(number);
}

void adopt_unnamed_files(const fs::path& folder, const base::Reporter& report) {
  std::vector<std::pair<fs::path, FileName>> found;
  std::error_code ignored;  // a folder that cannot be read is not one of ours
  for (const fs::directory_entry& file : fs::directory_iterator(folder, ignored)) {
    if (auto owner = owner_in(file.path().filename().string())) {
      found.emplace_back(file.path(), *std::move(owner));
    }
  }
  for (const auto& [path, owner] : found) adopt(path, owner, report);
}

}  // namespace ringtail::store
