#pragma once

#include <string>

#include "filter/answer.h"

namespace ringtail::filter {

// The work of the compiling child: compiles, and writes an Answer to `pipe`. May leave the process
// in namespaces of its own. A reason is written before its place is looked for, which takes longer.
void answer_to(int pipe, const std::string& expression, const Target& target);

}  // namespace ringtail::filter
