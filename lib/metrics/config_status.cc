#include "metrics/config_status.h"

#include <prometheus/client_metric.h>
#include <prometheus/metric_type.h>

#include <utility>

namespace ringtail::metrics {
namespace {

prometheus::MetricFamily gauge_of(std::string name, std::string help, double value,
                                  std::vector<prometheus::ClientMetric::Label> labels = {}) {
  prometheus::ClientMetric metric;
  metric.label = std::move(labels);
  metric.gauge.value = value;
  return {std::move(name), std::move(help), prometheus::MetricType::Gauge, {std::move(metric)}};
}

}  // namespace

std::vector<prometheus::MetricFamily> ConfigCollectable::Collect() const {
  const ConfigStatus status = status_();
  const std::chrono::duration<double> last_success = status.last_success.time_since_epoch();
  return {gauge_of("ringtail_config_info", "The configuration in force, by its hash; always 1.", 1,
                   {{"hash", status.hash}}),
          gauge_of("ringtail_config_last_reload_successful",
                   "Whether the last attempt to load the configuration succeeded.",
                   status.last_reload_successful ? 1 : 0),
          gauge_of("ringtail_config_last_reload_success_timestamp_seconds",
                   "Unix time at which the configuration was last loaded, the start included.",
                   last_success.count())};
}

}  // namespace ringtail::metrics
