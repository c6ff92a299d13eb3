#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// HTML of the landing page. All texts are given as they are and escaped here: names of interfaces,
// errors and filters are other people's, and none of them can become markup.
namespace ringtail::metrics {

// Whatever is neither printable ASCII nor a line's end is shown as \xNN, as in the log.
[[nodiscard]] std::string html_escaped(std::string_view text);

struct HtmlColumn {
  std::string title;
  bool is_number = false;  // flush right
};

struct HtmlCell {
  enum class Tone { kPlain, kQuiet, kCode, kAlert };

  std::string text;
  std::string title = {};  // shown while the pointer rests on it
  Tone tone = Tone::kPlain;
  std::optional<double> share = {};  // 0 to 1: a bar behind the text
};

// A section of the page with its heading and one table. The first cell of each row names the row.
class HtmlTable {
 public:
  HtmlTable(std::string heading, std::vector<HtmlColumn> columns);

  // A cell for each column.
  void add_row(const std::vector<HtmlCell>& cells);

  [[nodiscard]] std::string html() const;

 private:
  std::string heading_;
  std::vector<HtmlColumn> columns_;
  std::string rows_;
};

}  // namespace ringtail::metrics
