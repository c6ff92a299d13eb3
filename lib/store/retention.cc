#include "store/retention.h"

#include <algorithm>
#include <utility>

namespace ringtail::store {

Retention::Retention(const std::vector<CaptureBudget>& captures, Budget& budget) : budget_(budget) {
  adopt(captures);
}

void Retention::adopt(const std::vector<CaptureBudget>& captures) {
  std::vector<Rule> before = std::exchange(rules_, {});
  for (const CaptureBudget& capture : captures) {
    const auto known = std::ranges::find_if(before, [&](const Rule& rule) {
      return rule.capture.capture == capture.capture && rule.capture.max_age == capture.max_age;
    });
    Rule& rule = rules_.emplace_back();
    if (known != before.end()) {
      rule = std::move(*known);  // what its clock has seen goes on
    } else if (capture.max_age.count() != 0) {
      rule.clock.emplace(capture.max_age);
    }
    rule.capture = capture;
  }
}

bool Retention::goes_by_age() const {
  return std::ranges::any_of(rules_, [](const Rule& rule) { return rule.clock.has_value(); });
}

void Retention::start(Rule& rule, const TrustedClock::Reading& now) const {
  rule.started = true;
  const bool clock_is_behind =
      rule.clock && budget_.catalog().latest_end(rule.capture.capture) > now.wall;
  if (clock_is_behind) rule.clock->distrust(now);
}

bool Retention::step(const TrustedClock::Reading& now) {
  bool deleted = false;
  for (Rule& rule : rules_) {  // all of them: each clock is to be read
    if (!rule.started) start(rule, now);
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
    entry = catalog.oldest(capture);
  else if (time)
    entry = catalog.ended_before(capture, *time - rule.capture.max_age);
  if (!entry) return std::nullopt;
  return Expired{*entry, too_many ? RemovalReason::kKeepFiles : RemovalReason::kKeepAge};
}

}  // namespace ringtail::store
