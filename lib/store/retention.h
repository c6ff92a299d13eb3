#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "store/budget.h"
#include "store/storage_options.h"
#include "store/trusted_clock.h"

namespace ringtail::store {

// Deletes the closed files that a capture need not keep any longer, whether or not space is short:
// those beyond its count, oldest first, and those that ended longer ago than its age. A file's end
// is when it was last written to, a little more than a second behind its last packet.
//
// Age waits when the wall clock cannot be trusted: see TrustedClock, and when it is behind a file
// that is on disk at the start of its rule.
//
// Used by the disk thread alone. The budget must outlive it.
class Retention {
 public:
  Retention(const std::vector<CaptureBudget>& captures, Budget& budget);

  // From now on goes by these; a capture whose age is the same goes on as before.
  void adopt(const std::vector<CaptureBudget>& captures);

  // Whether step() must also be called while no file is finished.
  [[nodiscard]] bool goes_by_age() const;
  // Deletes one file; false when none is to be deleted now. A rule starts with the first call.
  [[nodiscard]] bool step(const TrustedClock::Reading& now);

 private:
  struct Rule {
    CaptureBudget capture = {};
    std::optional<TrustedClock> clock = {};  // if files are kept by age
    bool started = false;
  };

  struct Expired {
    Catalog::Entry entry;
    RemovalReason reason;
  };
  void start(Rule& rule, const TrustedClock::Reading& now) const;
  [[nodiscard]] std::optional<Expired> expired(Rule& rule, const TrustedClock::Reading& now);

  Budget& budget_;
  std::vector<Rule> rules_;
};

}  // namespace ringtail::store
