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
    const auto found = expired(rule, now);
    if (found) {
      budget_.remove(rule.capture.capture, found->entry, found->reason);
      deleted = true;
    }
  }
  return deleted;
}

std::optional<Retention::Expired> Retention::expired(Rule& rule, const TrustedClock::Reading& now) {
  const Catalog& catalog = budget_.catalog();
  const std::string& capture = rule.capture.capture;
  const auto time = rule.clock ? rule.clock->time(now) : std::nullopt;
  const bool too_many =
      rule.capture.max_files != 0 && catalog.file_count(capture) > rule.capture.max_files;
  std::optional<Catalog::Entry> entry;
  if (too_many)
    entry = catalog.oldest(capture, false);
  else if (time)
    entry = catalog.ended_before(capture, *time - rule.capture.max_age);
  if (!entry) return std::nullopt;
  return Expired{*entry, too_many ? RemovalReason::kKeepFiles : RemovalReason::kKeepAge};
}

}  // namespace ringtail::store
