#include "filter/expression_file.h"

#include <stdexcept>
#include <string>

#include "base/whole_file.h"
#include "filter/expression.h"

namespace ringtail::filter {
std::string read_expression_file(const std::filesystem::path& path) {
  std::string text = base::read_whole_file(path, kMaxExpressionBytes);
  if (text.size() > kMaxExpressionBytes) {
    throw std::length_error(path.string() + ": is larger than " +
                            std::to_string(kMaxExpressionBytes) +
                            " bytes, the most that is read of an expression");
  }
  bool comment = false;
  for (char& c : text) {
    if (c == '#') comment = true;
    if (c == '\n') comment = false;
    if (comment) c = ' ';
  }
  return text;
}

}  // namespace ringtail::filter
