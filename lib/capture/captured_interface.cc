#include "capture/captured_interface.h"

#include <utility>

namespace ringtail::capture {

InterfaceRecording::Interface interface_of(const CapturedInterface::Options& capture,
                                           std::size_t interface) {
  return {capture, &capture->interfaces[interface]};
}

CapturedInterface::CapturedInterface(const Surroundings& surroundings,
                                     const CaptureOptions& capture, Opened rings,
                                     const std::shared_ptr<Limit>& limit)
    : InterfaceRecording(surroundings, capture.name, ring_group_options(capture), std::move(rings),
                         Need::kIndispensable) {
  for (const unsigned cpu : capture.cpus) {
    auto account =
        std::make_unique<RecorderAccount>(capture, interface(), limit, surroundings.workers.on(cpu),
                                          surroundings.disk, surroundings.write_rate);
    recorders_.push_back(account.get());
    add(std::move(account));
  }
}

void CapturedInterface::connect() {
  for (RecorderAccount* recorder : recorders_) recorder->connect();
}

void CapturedInterface::adopt(const CaptureOptions& capture, Interface interface,
                              const std::optional<TypedFilter>& filter) {
  if (is_ending()) return;
  for (RecorderAccount* recorder : recorders_) recorder->adopt(capture);
  ask(std::move(interface), filter);
}

void CapturedInterface::use_limit(const std::shared_ptr<Limit>& limit) {
  if (is_ending()) return;
  for (RecorderAccount* recorder : recorders_) recorder->use_limit(limit);
}

std::vector<RecorderSnapshot> CapturedInterface::snapshot() const {
  const Condition of_interface = condition();
  std::vector<RecorderSnapshot> snapshots;
  for (RecorderAccount* recorder : recorders_)
    snapshots.push_back(recorder->snapshot(of_interface));
  return snapshots;
}

void CapturedInterface::add_writes(store::WriteCounters::Totals& totals) const {
  for (const RecorderAccount* recorder : recorders_) recorder->add_writes(totals);
}

}  // namespace ringtail::capture
