#include "metrics/text_format.h"

#include <gtest/gtest.h>
#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <limits>
#include <utility>
#include <vector>

#include "metrics/family.h"

namespace ringtail::metrics {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

class Given : public prometheus::Collectable {
 public:
  explicit Given(Families families) : families_(std::move(families)) {}
  [[nodiscard]] std::vector<prometheus::MetricFamily> Collect() const override { return families_; }

 private:
  Families families_;
};

prometheus::MetricFamily one_gauge(double value) {
  prometheus::MetricFamily family = gauge("a", "b");
  add(family, {}, value);
  return family;
}

prometheus::MetricFamily histogram(const std::vector<double>& bounds) {
  prometheus::MetricFamily family{"c_seconds", "d e", prometheus::MetricType::Histogram, {}};
  prometheus::ClientMetric& metric = family.metric.emplace_back();
  metric.label = {{"capture", "web"}};
  metric.histogram.sample_count = 3;
  metric.histogram.sample_sum = 0.125;
  for (const double bound : bounds) metric.histogram.bucket.push_back({2, bound});
  return family;
}

TEST(TextFormat, IsThatOfPrometheusCpp) {
  Families families;
  for (const double value :
       {0.0, -0.5, 1.0, 1e9, 12345678901.0, 1.7e9 + 0.25, 1e15, 1e16, 1e17, 1e300, 1e-7, 0.0001,
        0.1, 1.0 / 3, 1795476311.306039, 9007199254740992.0, kInfinity, -kInfinity})
    families.push_back(one_gauge(value));
  prometheus::MetricFamily labelled = counter("f_total", "With \\ and \".");
  add(labelled, {{"one", "a\"b\\c\nd"}, {"two", ""}}, 7);
  add(labelled, {{"one", "\xc3\xa4"}}, 0);
  families.push_back(labelled);
  families.push_back(histogram({0.25, 1, kInfinity}));
  families.push_back(histogram({0.001, 16}));
  families.push_back(histogram({}));
  EXPECT_EQ(to_text(Given(families)), prometheus::TextSerializer().Serialize(families));
}

TEST(TextFormat, IsUtf8WhateverALabelHolds) {
  prometheus::MetricFamily family = gauge("a", "b");
  add(family, {{"device", "eth\xff"}}, 1);
  EXPECT_NE(to_text(Given({family})).find(R"(a{device="eth\\xff"} 1)"), std::string::npos);
}

TEST(TextFormat, LeavesOutAFamilyWithoutAMetric) {
  EXPECT_EQ(to_text(Given({gauge("a", "b"), one_gauge(1)})), "# HELP a b\n# TYPE a gauge\na 1\n");
}

}  // namespace
}  // namespace ringtail::metrics
