#include "filter/expression_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <stdexcept>

#include "base/check.h"
#include "base/unique_fd.h"
#include "filter/expression.h"

namespace ringtail::filter {
namespace {

// Of a file that is too large, one byte more than is allowed. A pipe is as good as a file.
std::string read_all(const std::filesystem::path& path) {
  const base::UniqueFd file(
      base::check(::open(path.c_str(), O_RDONLY | O_CLOEXEC), "open", path.native()));
  std::string text(kMaxExpressionBytes + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t got = ::read(file.get(), text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    base::check(got, "read", path.native());
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  text.resize(size);
  return text;
}

}  // namespace

std::string read_expression_file(const std::filesystem::path& path) {
  std::string text = read_all(path);
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
