#include "store/leftover.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstring>
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

// "<interface>_w<worker>" of a name that unnamed_file() gives; empty for any other name.
std::string owner_in(const std::string& name) {
  if (!name.starts_with(kPrefix)) return "";
  const std::size_t last = name.rfind('_');
  const std::string number = name.substr(last + 1);
  if (last < kPrefix.size() || number.empty() ||
      number.find_first_not_of("0123456789") != number.npos) {
    return "";
  }
  const std::string owner = name.substr(kPrefix.size(), last - kPrefix.size());
  // The part that finished files have in common with it must be one that they can have.
  const std::string any_start =
      FileName{.start = {}, .interface = "x", .worker = 0, .partial = false}.text();
  const std::string as_finished = any_start.substr(0, any_start.find('_') + 1) + owner + ".pcap";
  return FileName::parse(as_finished) ? owner : "";
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
  if (magic != pcapfile::kNanosecondMagic || record.seconds == 0) return Content::kNoPacket;
  first = PacketTime(std::chrono::seconds(record.seconds) +
                     std::chrono::nanoseconds(record.nanoseconds));
  return Content::kPackets;
}

void adopt(const fs::path& path, const std::string& owner, const base::Reporter& report) {
  PacketTime first;
  const Content content = look_into(path, first);
  if (content == Content::kNoPacket) {
    (void)::unlink(path.c_str());
    return;
  }
  if (content == Content::kPackets) {
    const std::string name =
        FileName{.start = first, .interface = "x", .worker = 0, .partial = false}.text();
    const fs::path to =
        path.parent_path() / (name.substr(0, name.find('_') + 1) + owner + ".pcap.part");
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
  std::vector<std::pair<fs::path, std::string>> found;
  std::error_code ignored;  // a folder that cannot be read is not one of ours
  for (const fs::directory_entry& file : fs::directory_iterator(folder, ignored)) {
    const std::string owner = owner_in(file.path().filename().string());
    if (!owner.empty()) found.emplace_back(file.path(), owner);
  }
  for (const auto& [path, owner] : found) adopt(path, owner, report);
}

}  // namespace ringtail::store
