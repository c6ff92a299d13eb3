#include "metrics/text_format.h"

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <vector>

namespace ringtail::metrics {

std::string to_text(const prometheus::Collectable& collectable) {
  std::vector<prometheus::MetricFamily> families = collectable.Collect();
  std::erase_if(families, [](const auto& family) { return family.metric.empty(); });
  // The serializer prints doubles with 16 significant digits, which the tests hold it to.
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace ringtail::metrics
