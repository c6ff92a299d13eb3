#include "store/retention.h"

#include <algorithm>

namespace ringtail::store {

Retention::Retention(const std::vector<CaptureBudget>& captures, Budget& budget) : budget_(budget) {
  for (const CaptureBudget& capture : captures) {
    Rule& rule = rules_.emplace_back(Rule{capture, std::nullopt});
    if (capture.max_age.count() != 0) rule.clock.emplace(capture.max_age);
  }
}

bool Retention::goes_by_age() const {
  return std::ranges::any_of(rules_, [](const Rule& rule) { return rule.clock.has_value(); });
}

void Retention::start(const TrustedClock::Reading& now) {
  started_ = true;
  for (Rule& rule : rules_) {
    const bool clock_is_behind =
        rule.clock && budget_.catalog().latest_end(rule.capture.capture) > now.wall;
    if (clock_is_behind) rule.clock->distrust(now);
  }
}

bool Retention::step(const TrustedClock::Reading& now) {
  if (!started_) start(now);
  bool deleted = false;
  for (Rule& rule : rules_) {  // all of them: each clock is to be read
    const auto entry = expired(rule, now);
    if (entry) {
      budget_.remove(rule.capture.capture, *entry);
      deleted = true;
    }
  }
  return deleted;
}

std::optional<Catalog::Entry> Retention::expired(Rule& rule, const TrustedClock::Reading& now) {
  const Catalog& catalog = budget_.catalog();
  const std::string& capture = rule.capture.capture;
  const auto time = rule.clock ? rule.clock->time(now) : std::nullopt;
  if (rule.capture.max_files != 0 && catalog.file_count(capture) > rule.capture.max_files) {
    return catalog.oldest(capture, false);
  }
  return time ? catalog.ended_before(capture, *time - rule.capture.max_age) : std::nullopt;
}

}  // namespace ringtail::store
