#include "metrics/text_format.h"

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/escaped.h"
#include "base/utf8.h"

namespace ringtail::metrics {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr int kDigits = 16;

// Prometheus' text format, version 0.0.4. By hand: prometheus-cpp's serializer writes through a
// stream with a locale of its own, which takes five times as long as everything else about a
// scrape.
class Text {
 public:
  [[nodiscard]] std::string take() && { return std::move(text_); }

  void add(const MetricFamily& family) {
    put("# HELP ", family.name, " ", family.help, "\n# TYPE ", family.name, " ",
        name_of(family.type), "\n");
    for (const ClientMetric& metric : family.metric) {
      if (family.type == MetricType::Histogram)
        add_histogram(family.name, metric);
      else
        sample(family.name, "", metric,
               family.type == MetricType::Counter ? metric.counter.value : metric.gauge.value);
    }
  }

 private:
  static std::string_view name_of(MetricType type) {
    if (type == MetricType::Histogram) return "histogram";
    return type == MetricType::Counter ? "counter" : "gauge";
  }

  void put(const auto&... parts) { (text_.append(parts), ...); }

  void add_histogram(const std::string& name, const ClientMetric& metric) {
    const ClientMetric::Histogram& histogram = metric.histogram;
    const auto count = static_cast<double>(histogram.sample_count);
    sample(name, "_count", metric, count);
    sample(name, "_sum", metric, histogram.sample_sum);
    for (const auto& bucket : histogram.bucket)
      sample(name, "_bucket", metric, static_cast<double>(bucket.cumulative_count),
             &bucket.upper_bound);
    if (histogram.bucket.empty() || histogram.bucket.back().upper_bound != kInfinity)
      sample(name, "_bucket", metric, count, &kInfinity);
  }

  void sample(const std::string& name, std::string_view suffix, const ClientMetric& metric,
              double value, const double* upper_bound = nullptr) {
    put(name, suffix);
    char before = '{';
    for (const ClientMetric::Label& label : metric.label) {
      text_.push_back(before);
      put(label.name, "=\"");
      escaped(label.value);
      text_.push_back('"');
      before = ',';
    }
    if (upper_bound != nullptr) {
      text_.push_back(before);
      put("le=\"");
      number(*upper_bound);
      text_.push_back('"');
      before = ',';
    }
    put(before == ',' ? "} " : " ");
    number(value);
    text_.push_back('\n');
  }

  // The format is UTF-8, and one sample that is not costs the whole scrape.
  void escaped(std::string_view value) {
    if (!base::is_utf8(value)) return escaped(base::escaped(value));
    const auto is_plain = [](char c) { return c != '\\' && c != '"' && c != '\n'; };
    if (std::ranges::all_of(value, is_plain)) return put(value);
    for (const char c : value) {
      if (c == '\\' || c == '"') text_.push_back('\\');
      if (c == '\n')
        put("\\n");
      else
        text_.push_back(c);
    }
  }

  void number(double value) {
    if (std::isnan(value)) return put("NaN");
    if (std::isinf(value)) return put(value > 0 ? "+Inf" : "-Inf");
    constexpr double kExact = 1e16;  // integers below are printed digit by digit
    std::array<char, 32> digits{};
    char* const begin = digits.data();
    char* const room = begin + digits.size();
    const bool is_integer = std::abs(value) < kExact && value == std::trunc(value);
    const auto [end, error] =
        is_integer ? std::to_chars(begin, room, static_cast<std::int64_t>(value))
                   : std::to_chars(begin, room, value, std::chars_format::general, kDigits);
    assert(error == std::errc{});
    text_.append(begin, end);
  }

  std::string text_;
};

}  // namespace

std::string to_text(const prometheus::Collectable& collectable) {
  Text text;
  for (const MetricFamily& family : collectable.Collect())
    if (!family.metric.empty()) text.add(family);
  return std::move(text).take();
}

}  // namespace ringtail::metrics
