#pragma once

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace ringtail::metrics {

// Which configuration is in force, and what became of the last attempt to load one.
struct ConfigStatus {
  std::string hash;
  bool last_reload_successful = true;
  std::chrono::system_clock::time_point last_success;
};

// Its metric families, ringtail_config_*, as Prometheus and its companions name theirs. Collect()
// asks on the caller's thread; what `status` refers to must outlive this object.
class ConfigCollectable : public prometheus::Collectable {
 public:
  explicit ConfigCollectable(std::function<ConfigStatus()> status) : status_(std::move(status)) {}

  [[nodiscard]] std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  std::function<ConfigStatus()> status_;
};

}  // namespace ringtail::metrics
