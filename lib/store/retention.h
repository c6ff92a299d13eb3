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
// that is on disk at the start.
//
// Used by the disk thread alone. The budget must outlive it.
class Retention {
 public:
  Retention(const std::vector<CaptureBudget>& captures, Budget& budget);

  // Whether step() must also be called while no file is finished.
  [[nodiscard]] bool goes_by_age() const;
  // Deletes one file; false when none is to be deleted now. The first call is the start.
  [[nodiscard]] bool step(const TrustedClock::Reading& now);

 private:
  struct Rule {
    CaptureBudget capture;
    std::optional<TrustedClock> clock;  // if files are kept by age
  };

  void start(const TrustedClock::Reading& now);
  struct Expired {
    Catalog::Entry entry;
    RemovalReason reason;
  };
  [[nodiscard]] std::optional<Expired> expired(Rule& rule, const TrustedClock::Reading& now);

  Budget& budget_;
  std::vector<Rule> rules_;
  bool started_ = false;
};

}  // namespace ringtail::store
