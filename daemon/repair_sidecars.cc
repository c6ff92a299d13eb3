#include "daemon/repair_sidecars.h"

#include <ostream>
#include <stdexcept>
#include <string>
#include <system_error>

#include "store/sidecar_file.h"
#include "store/sidecar_rebuild.h"

namespace ringtail::daemon {

namespace fs = std::filesystem;

namespace {

// False if it is left alone; `err` says why.
bool repair_sidecar(const store::NamedFile& file, bool dry_run, std::ostream& out,
                    std::ostream& err) {
  if (!store::lacks_sidecar(file.path)) return true;
  const std::string sidecar = store::sidecar_path(file.path).string();
  if (dry_run) {
    out << "would rebuild " << sidecar << '\n';
    return true;
  }
  try {
    store::SidecarRebuild rebuild(file);
    while (rebuild.step()) {
    }
    if (!store::lacks_sidecar(file.path)) out << "rebuilt " << sidecar << '\n';
    return true;
  } catch (const std::runtime_error& error) {
    err << error.what() << "; it is left alone\n";
    return false;
  }
}

}  // namespace

bool repair_sidecars(const fs::path& folder, bool dry_run, std::ostream& out, std::ostream& err) {
  const store::SidecarFolder found = store::list_sidecars(folder);
  bool complete = true;
  for (const std::string& name : found.orphans) {
    const fs::path orphan = folder / name;
    std::error_code error;
    if (!dry_run) fs::remove(orphan, error);
    if (error) {
      err << "removing " << orphan.string() << ": " << error.message() << '\n';
      complete = false;
    } else {
      out << (dry_run ? "would remove " : "removed ") << orphan.string()
          << ": no file belongs to it\n";
    }
  }
  for (const std::string& name : found.closed)
    if (!repair_sidecar({folder / name, *store::FileName::parse(name)}, dry_run, out, err))
      complete = false;
  return complete;
}

}  // namespace ringtail::daemon
