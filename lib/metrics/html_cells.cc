#include "metrics/html_cells.h"

#include <array>
#include <cstdio>
#include <ctime>

#include "base/byte_size.h"
#include "base/duration.h"
#include "base/human_number.h"

namespace ringtail::metrics {

HtmlCell count_cell(std::uint64_t count) {
  std::string text = base::with_prefix(static_cast<double>(count));
  if (text.ends_with(' ')) text.pop_back();  // there is no unit behind
  return {.text = std::move(text),
          .title = std::to_string(count),
          .tone = count == 0 ? HtmlCell::Tone::kQuiet : HtmlCell::Tone::kPlain};
}

HtmlCell loss_cell(std::uint64_t count) {
  HtmlCell cell = count_cell(count);
  if (count != 0) cell.tone = HtmlCell::Tone::kAlert;
  return cell;
}

HtmlCell bytes_cell(std::uint64_t bytes) {
  return {.text = base::human_byte_size(bytes), .title = std::to_string(bytes) + " bytes"};
}

HtmlCell share_cell(double part, double whole) {
  if (whole <= 0) return nothing_cell();
  std::array<char, 32> text{};
  (void)std::snprintf(text.data(), text.size(), "%.1f %%", part / whole * 100);
  return {.text = text.data()};
}

HtmlCell ago_cell(SystemTime then, SystemTime now) {
  return {.text = base::human_duration(now - then) + " ago", .title = utc_text(then)};
}

HtmlCell nothing_cell() { return {.text = "-", .tone = HtmlCell::Tone::kQuiet}; }

std::string utc_text(SystemTime time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 64> text{};
  (void)std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S UTC", &parts);
  return text.data();
}

}  // namespace ringtail::metrics
