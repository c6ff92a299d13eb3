#include "store/leftover.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <optional>
#include <string_view>
#include <system_error>
#include <vector>

#include "base/unique_fd.h"
#include "pcapfile/pcap_format.h"
#include "store/file_name.h"

namespace ringtail::store {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kPrefix = ".next_";

// The time of the first packet in the file, if there is one.
std::optional<PacketTime> first_packet_time(const fs::path& path) {
  const base::UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  std::array<std::byte, pcapfile::kFileHeaderBytes + sizeof(pcapfile::RecordHeader)> bytes;
  if (!file || ::pread(file.get(), bytes.data(), bytes.size(), 0) != ssize_t{bytes.size()})
    return {};
  std::uint32_t magic = 0;
  pcapfile::RecordHeader record{};
  std::memcpy(&magic, bytes.data(), sizeof magic);
  std::memcpy(&record, bytes.data() + pcapfile::kFileHeaderBytes, sizeof record);
  if (magic != pcapfile::kNanosecondMagic || record.seconds == 0) return {};
  return PacketTime(std::chrono::seconds(record.seconds) +
                    std::chrono::nanoseconds(record.nanoseconds));
}

void adopt(const fs::path& path, const base::Reporter& report) {
  const std::optional<PacketTime> start = first_packet_time(path);
  if (!start) {
    (void)::unlink(path.c_str());
    return;
  }
  // `.next_<interface>_w<worker>_<number>` with the number in place of the suffix.
  const std::string name = path.filename().string();
  const std::string owner = name.substr(kPrefix.size(), name.rfind('_') - kPrefix.size());
  const std::string text = FileName{.start = *start, .interface = "x"}.text();
  const std::string target = text.substr(0, text.find('_') + 1) + owner + ".pcap.part";
  if (!FileName::parse(target)) return;
  const fs::path to = path.parent_path() / target;
  if (::renameat2(AT_FDCWD, path.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) != 0) {
    report(base::Severity::kWarning, "rename of " + path.string() + ": " +
                                         std::generic_category().message(errno) + ", left alone");
  }
}

}  // namespace

std::string unnamed_file(const std::string& interface, unsigned worker, std::uint64_t number) {
  return std::string(kPrefix) + interface + "_w" + std::to_string(worker) + "_" +
         std::to_string(number);
}

void adopt_unnamed_files(const fs::path& folder, const base::Reporter& report) {
  std::vector<fs::path> found;
  for (const fs::directory_entry& file : fs::directory_iterator(folder)) {
    if (file.path().filename().string().starts_with(kPrefix)) found.push_back(file.path());
  }
  for (const fs::path& path : found) adopt(path, report);
}

}  // namespace ringtail::store
