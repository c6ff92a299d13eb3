#include "store/folder_remedy.h"

#include <unistd.h>

#include <cerrno>

namespace ringtail::store {

std::string folder_remedy(int error, const std::filesystem::path& folder) {
  switch (error) {
    case EACCES:
    case EPERM:
      return "user id " + std::to_string(::geteuid()) +
             " must own it and what is in it: chown -R " + std::to_string(::geteuid()) + " " +
             folder.string();
    case EROFS:
      return "in a unit with ProtectSystem=strict, as ringtail.service: ReadWritePaths=" +
             folder.string();
    default:
      return "";
  }
}

}  // namespace ringtail::store
