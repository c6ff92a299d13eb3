#pragma once

#include <functional>
#include <memory>
#include <string>

#include "capture/capture_options.h"
#include "capture/limit.h"
#include "capture/ring_account.h"
#include "capture/snapshot.h"
#include "capture/worker.h"
#include "capture/write_rate.h"
#include "store/disk_thread.h"

namespace ringtail::capture {

// One interface of a capture in one worker: the recorder and its supply of files. As RingAccount;
// the disk thread and the write rate must be there as long.
class RecorderAccount final : public RingAccount {
 public:
  RecorderAccount(const CaptureOptions& capture, std::string interface,
                  std::shared_ptr<Limit> limit, Worker& worker, store::DiskThread& disk,
                  WriteRate& write_rate);

  // Files may be made from now on; until then blocks wait.
  void connect();
  // Takes over what such options change without another ring; before end().
  void adopt(const CaptureOptions& capture);
  void use_limit(const std::shared_ptr<Limit>& limit);

  // `interface` is how its interface does.
  [[nodiscard]] RecorderSnapshot snapshot(const Condition& interface);
  void add_writes(store::WriteCounters::Totals& totals) const {
    recorder_.sink().counters().add_to(totals);
  }

 private:
  void disconnect(const std::function<void()>& disconnected) override;

  std::string capture_;
  std::string interface_;
  store::DiskThread& disk_;
  RingRecorder& recorder_;                     // the consumer
  std::shared_ptr<store::FileSupply> supply_;  // the recorder's
};

}  // namespace ringtail::capture
