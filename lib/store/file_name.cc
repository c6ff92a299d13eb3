#include "store/file_name.h"

#include <charconv>
#include <cstdio>

namespace ringtail::store {
namespace {

using pcapfile::Format;

constexpr std::string_view suffix_of(Format format) {
  return format == Format::kPcapng ? ".pcapng" : ".pcap";
}
constexpr std::size_t kStartLength = std::string_view("20260131T235959.123456Z").size();

bool remove_suffix(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.remove_suffix(suffix.size());
  return true;
}

// All of `text` as a decimal number without sign or spaces.
template <typename Number>
bool parse_digits(std::string_view text, Number& number) {
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
  }
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

std::optional<PacketTime> parse_start(std::string_view text) {
  using namespace std::chrono;
  int year_number = 0;
  unsigned month_number = 0, day_number = 0, hour = 0, minute = 0, second = 0, micro = 0;
  const bool shaped =
      text.size() == kStartLength && text[8] == 'T' && text[15] == '.' && text[22] == 'Z' &&
      parse_digits(text.substr(0, 4), year_number) &&
      parse_digits(text.substr(4, 2), month_number) &&
      parse_digits(text.substr(6, 2), day_number) && parse_digits(text.substr(9, 2), hour) &&
      parse_digits(text.substr(11, 2), minute) && parse_digits(text.substr(13, 2), second) &&
      parse_digits(text.substr(16, 6), micro);
  const year_month_day date{year{year_number}, month{month_number}, day{day_number}};
  // 2106 is where the kernel's 32-bit seconds end; it also keeps nanoseconds from overflowing.
  const bool valid = shaped && date.ok() && year_number >= 1970 && year_number <= 2106 &&
                     hour < 24 && minute < 60 && second < 60;
  if (!valid) return std::nullopt;
  return sys_days{date} + hours{hour} + minutes{minute} + seconds{second} + microseconds{micro};
}

std::string start_text(PacketTime start) {
  using namespace std::chrono;
  const auto day = floor<days>(start);
  const year_month_day date{day};
  const hh_mm_ss time{floor<microseconds>(start) - day};
  char text[64];
  (void)std::snprintf(
      text, sizeof text, "%04d%02u%02uT%02d%02d%02d.%06dZ", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
      static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
      static_cast<int>(time.seconds().count()), static_cast<int>(time.subseconds().count()));
  return text;
}

}  // namespace

std::string FileName::text() const {
  std::string name = start_text(start);
  name.append("_")
      .append(interface)
      .append("_w")
      .append(std::to_string(worker))
      .append(suffix_of(format));
  if (partial) name.append(kPartSuffix);
  return name;
}

std::optional<FileName> FileName::parse(std::string_view text) {
  FileName name;
  name.partial = remove_suffix(text, kPartSuffix);
  if (remove_suffix(text, suffix_of(Format::kPcapng)))
    name.format = Format::kPcapng;
  else if (!remove_suffix(text, suffix_of(Format::kPcap)))
    return std::nullopt;
  if (text.size() <= kStartLength || text[kStartLength] != '_') return std::nullopt;
  const std::optional<PacketTime> start = parse_start(text.substr(0, kStartLength));
  text.remove_prefix(kStartLength + 1);
  // An interface's name may itself contain "_w": the worker's number is behind the last one.
  const std::size_t mark = text.rfind("_w");
  const bool parsed = start && mark != std::string_view::npos && mark > 0 &&
                      parse_digits(text.substr(mark + 2), name.worker);
  if (!parsed) return std::nullopt;
  name.start = *start;
  name.interface = text.substr(0, mark);
  return name;
}

}  // namespace ringtail::store
