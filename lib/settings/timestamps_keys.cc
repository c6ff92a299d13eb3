#include <array>

#include "settings/choice.h"
#include "settings/schema.h"

// The keys below a capture's `timestamps`.
namespace ringtail::settings {
namespace {

constexpr std::array kSources = {
    Choice{"host", TimestampSource::kHost},
    Choice{"adapter", TimestampSource::kAdapter},
};
constexpr std::array kPrecisions = {
    Choice{"nano", TimestampPrecision::kNano},
    Choice{"micro", TimestampPrecision::kMicro},
};

void read_source(const Node& node, Report& report, Target target) {
  if (const auto source = read_choice(node, kSources, "is no source of timestamps", report))
    target.capture->timestamps.source = *source;
}

void read_precision(const Node& node, Report& report, Target target) {
  if (const auto precision = read_choice(node, kPrecisions, "is no precision", report))
    target.capture->timestamps.precision = *precision;
}

constexpr std::array kTimestampsKeys = {
    Key{.name = "source",
        .read = read_source,
        .write = [](Source s) { return write_choice(kSources, s.capture->timestamps.source); }},
    Key{.name = "precision",
        .read = read_precision,
        .write =
            [](Source s) { return write_choice(kPrecisions, s.capture->timestamps.precision); }},
};

}  // namespace

std::span<const Key> timestamps_keys() { return kTimestampsKeys; }

}  // namespace ringtail::settings
