#include "base/check.h"

#include <string>

namespace ringtail::base {

void throw_errno(std::string_view call, std::string_view subject, std::string_view remedy) {
  const std::error_code error = last_error();
  std::string context{call};
  if (!subject.empty()) context.append(" ").append(subject);
  if (!remedy.empty()) context.append(" (").append(remedy).append(")");
  throw std::system_error(error, context);
}

}  // namespace ringtail::base
