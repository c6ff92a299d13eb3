#pragma once

#include <string>
#include <utility>

#include "capture/limit.h"
#include "capture/ring_account.h"
#include "capture/snapshot.h"
#include "capture/worker.h"

namespace ringtail::capture {

// One interface of a capture in one worker. As RingAccount.
class RecorderAccount : public RingAccount {
 public:
  struct Names {
    std::string capture;
    std::string interface;
  };
  RecorderAccount(Names names, Worker& worker, RingRecorder& recorder)
      : RingAccount(worker, recorder), names_(std::move(names)), recorder_(recorder) {}

  // `interface` is how its interface does; `limit` is the capture's, if it has one.
  [[nodiscard]] RecorderSnapshot snapshot(const Condition& interface, const Limit* limit);
  void add_writes(store::WriteCounters::Totals& totals) const {
    recorder_.sink().counters().add_to(totals);
  }

 private:
  Names names_;
  RingRecorder& recorder_;
};

}  // namespace ringtail::capture
