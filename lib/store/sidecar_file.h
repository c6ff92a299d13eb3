#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "store/sidecar.h"

namespace ringtail::store {

// The sidecar of the file `<name>.pcap` is `<name>.pcap.json` beside it, that of `<name>.pcapng`
// likewise; while it is being written
// `.part` is appended. Only these names, of files whose names are ours, are ours to delete.
//
// Used by the disk thread, or by `ringtail repair`.
[[nodiscard]] std::filesystem::path sidecar_path(const std::filesystem::path& file);

// Writes it under its name in one step and makes it durable, but for its name: sync_folder() does
// that. Replaces an older one. Throws std::system_error; then nothing is left of it.
void write_sidecar(const std::filesystem::path& file, const Sidecar& sidecar);
// Of a file that was deleted. One that cannot be removed has no file any more: the next run tries
// again, and says so.
void remove_sidecar(const std::filesystem::path& file);

// The names that are in a folder; sorted, and no paths, of which so many would take much memory.
// Throws std::filesystem::filesystem_error if it cannot be read.
struct SidecarFolder {
  std::vector<std::string> closed;   // the files that have a sidecar, or should
  std::vector<std::string> orphans;  // sidecars without their file, or half written
};
[[nodiscard]] SidecarFolder list_sidecars(const std::filesystem::path& folder);

// Whether the file has no sidecar that says anything: none, or a damaged one. One of another
// version is some other Ringtail's to read.
[[nodiscard]] bool lacks_sidecar(const std::filesystem::path& file);

}  // namespace ringtail::store
