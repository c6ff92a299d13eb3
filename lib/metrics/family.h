#pragma once

#include <prometheus/client_metric.h>
#include <prometheus/metric_family.h>

#include <string>
#include <vector>

namespace ringtail::metrics {

// What the files of families share: each makes those of one noun from a snapshot. Names, types and
// labels are a contract (config/metrics.md); a family without a metric is not printed.

using Families = std::vector<prometheus::MetricFamily>;
using Labels = std::vector<prometheus::ClientMetric::Label>;

[[nodiscard]] prometheus::MetricFamily counter(std::string name, std::string help);
[[nodiscard]] prometheus::MetricFamily gauge(std::string name, std::string help);

// A value of a counter or a gauge.
void add(prometheus::MetricFamily& family, Labels labels, double value);

}  // namespace ringtail::metrics
