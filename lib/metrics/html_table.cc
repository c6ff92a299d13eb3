#include "metrics/html_table.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "base/escaped.h"

namespace ringtail::metrics {
namespace {

void append_escaped(std::string& html, char c) {
  switch (c) {
    case '&':
      html += "&amp;";
      break;
    case '<':
      html += "&lt;";
      break;
    case '>':
      html += "&gt;";
      break;
    case '"':
      html += "&quot;";
      break;
    case '\'':
      html += "&#39;";
      break;
    case '\n':
      html += c;
      break;
    default:
      html += base::escaped({&c, 1});
  }
}

std::string_view class_of(const HtmlColumn& column, HtmlCell::Tone tone) {
  switch (tone) {
    case HtmlCell::Tone::kPlain:
      break;
    case HtmlCell::Tone::kQuiet:
      return column.is_number ? " class=\"number quiet\"" : " class=quiet";
    case HtmlCell::Tone::kCode:
      return " class=code";
    case HtmlCell::Tone::kAlert:
      return column.is_number ? " class=\"number alert\"" : " class=alert";
  }
  return column.is_number ? " class=number" : "";
}

std::string bar(double share) {
  const auto percent = static_cast<int>(std::clamp(share, 0.0, 1.0) * 100);
  return "<svg class=bar aria-hidden=true><rect width=\"" + std::to_string(percent) +
         "%\" height=\"100%\"/></svg>";
}

}  // namespace

std::string html_escaped(std::string_view text) {
  std::string html;
  for (const char c : text) append_escaped(html, c);
  return html;
}

HtmlTable::HtmlTable(std::string heading, std::vector<HtmlColumn> columns)
    : heading_(std::move(heading)), columns_(std::move(columns)) {}

void HtmlTable::add_row(const std::vector<HtmlCell>& cells) {
  assert(cells.size() == columns_.size());
  rows_ += "<tr>";
  for (std::size_t at = 0; at < cells.size(); ++at) {
    const HtmlCell& cell = cells[at];
    const std::string_view element = at == 0 ? "th" : "td";
    rows_.append("<").append(element).append(at == 0 ? " scope=row" : "");
    rows_ += class_of(columns_[at], cell.tone);
    if (!cell.title.empty()) rows_ += " title=\"" + html_escaped(cell.title) + "\"";
    rows_ += ">";
    rows_ += html_escaped(cell.text);
    if (cell.share) rows_ += bar(*cell.share);
    rows_.append("</").append(element).append(">");
  }
  rows_ += "</tr>\n";
}

std::string HtmlTable::html() const {
  const std::string heading = html_escaped(heading_);
  std::string titles;
  for (const HtmlColumn& column : columns_)
    titles += "<th scope=col" + std::string(column.is_number ? " class=number" : "") + ">" +
              html_escaped(column.title) + "</th>";
  // What is wider than a phone can be scrolled, also from the keyboard.
  return "<section aria-label=\"" + heading + "\">\n<h2>" + heading +
         "</h2>\n<div class=wide tabindex=0>\n<table>\n<thead><tr>" + titles +
         "</tr></thead>\n<tbody>\n" + rows_ + "</tbody>\n</table>\n</div>\n</section>\n";
}

}  // namespace ringtail::metrics
