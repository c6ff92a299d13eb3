#include "daemon/text_table.h"

#include <algorithm>
#include <cstddef>

namespace ringtail::daemon {
namespace {

constexpr std::size_t kGap = 2;

std::size_t width_of(const std::vector<std::vector<std::string>>& lines, std::size_t column) {
  std::size_t width = 0;
  for (const std::vector<std::string>& line : lines) width = std::max(width, line[column].size());
  return width;
}

}  // namespace

std::string text_table(const std::vector<TextColumn>& columns,
                       const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::vector<std::string>> lines(1);
  for (const TextColumn& column : columns) lines.front().push_back(column.title);
  lines.insert(lines.end(), rows.begin(), rows.end());

  std::vector<std::string> texts(lines.size());
  for (std::size_t column = 0; column < columns.size(); ++column) {
    const std::size_t width = width_of(lines, column);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const std::string& cell = lines[i][column];
      const std::string padding(width - cell.size(), ' ');
      if (column > 0) texts[i].append(kGap, ' ');
      texts[i] += columns[column].is_number ? padding + cell : cell + padding;
    }
  }

  std::string table;
  for (const std::string& text : texts)
    table.append(text, 0, text.find_last_not_of(' ') + 1).append("\n");
  return table;
}

}  // namespace ringtail::daemon
