#pragma once

#include <functional>
#include <string>

namespace ringtail::base {

// How a library tells the program about a change of state that somebody should read: libraries
// never log. The program's function must be callable from any thread and must not throw.
enum class Severity { kInfo, kWarning, kError };
using Reporter = std::function<void(Severity, const std::string&)>;

}  // namespace ringtail::base
