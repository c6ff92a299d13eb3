#pragma once

#include <string>
#include <vector>

namespace ringtail::daemon {

struct TextColumn {
  std::string title;
  bool is_number = false;  // flush right
};

// Lines with a title each, two spaces between columns, nothing behind the last. Cells are printable
// ASCII; a row has a cell for each column.
[[nodiscard]] std::string text_table(const std::vector<TextColumn>& columns,
                                     const std::vector<std::vector<std::string>>& rows);

}  // namespace ringtail::daemon
