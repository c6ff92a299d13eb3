#include "support/temp_folder.h"

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

namespace ringtail::support {
namespace {

std::filesystem::path parent_folder() {
  for (const char* variable : {"RINGTAIL_TEST_DIR", "TMPDIR"}) {
    const char* value = std::getenv(variable);
    if (value != nullptr && *value != '\0') return value;
  }
  return "/var/tmp";
}

}  // namespace

TempFolder::TempFolder(std::string_view prefix) {
  std::string pattern = (parent_folder() / prefix).string() + ".XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) {
    throw std::system_error(errno, std::generic_category(), "mkdtemp " + pattern);
  }
  path_ = pattern;
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace ringtail::support
