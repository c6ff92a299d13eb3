#include "daemon/user.h"

#include <pwd.h>

#include <cerrno>
#include <vector>

#include "base/check.h"

namespace ringtail::daemon {

User find_user(const std::string& name) {
  std::vector<char> texts(1024);
  passwd entry{};
  passwd* found = nullptr;
  int error = 0;
  while ((error = ::getpwnam_r(name.c_str(), &entry, texts.data(), texts.size(), &found)) == ERANGE)
    texts.resize(texts.size() * 2);
  if (found != nullptr) return {name, found->pw_uid, found->pw_gid};
  // Databases also say that there is none of the name by these (getpwnam(3)).
  if (error == 0 || error == ENOENT || error == ESRCH)
    throw UnknownUser("user: there is no user '" + name + "' (make it: useradd --system " + name +
                      ")");
  errno = error;
  base::throw_errno("getpwnam_r", name);
}

}  // namespace ringtail::daemon
