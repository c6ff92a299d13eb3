#include "capture/interface_recording.h"

#include <boost/asio/post.hpp>
#include <exception>
#include <utility>

#include "ring/link_type.h"

namespace ringtail::capture {
namespace {

// What was refused is tried again when the link has changed, and at this interval: opening rings
// that cannot be bound costs the host more than a short gap costs us.
constexpr std::chrono::seconds kRetryDelay{10};

}  // namespace

InterfaceRecording::InterfaceRecording(const Surroundings& surroundings, Options capture,
                                       std::string interface, const std::shared_ptr<Limit>& limit,
                                       std::unique_ptr<RingGroup> group)
    : surroundings_(surroundings),
      capture_(std::move(capture)),
      interface_(std::move(interface)),
      group_(std::move(group)),
      hardware_type_(group_->hardware_type()) {
  if (found() && group_->is_for(*found())) {
    group_->bind(*found());
    state_ = State::kRecording;
  }
  for (const unsigned cpu : capture_->cpus) {
    accounts_.push_back(
        std::make_unique<RingAccount>(*capture_, interface_, limit, surroundings_.workers.on(cpu),
                                      surroundings_.disk, surroundings_.write_rate));
  }
}

void InterfaceRecording::connect() {
  if (ended_ || std::exchange(connected_, true)) return;
  for (const auto& account : accounts_) account->connect();
}

void InterfaceRecording::give_rings() {
  for (std::size_t ring = 0; ring < accounts_.size(); ++ring)
    accounts_[ring]->use(group_->rings()[ring], group_->record_shape(), group_->linktype());
}

void InterfaceRecording::open_filter() {
  if (state_ == State::kRecording) group_->open_filter();
}

bool InterfaceRecording::must_leave() const {
  if (ended_) return false;
  switch (state_) {
    case State::kRecording:
      return stale_ || !group_->is_bound_to(found());
    case State::kWaiting:
      return stale_ || (found() && !group_->is_for(*found()));
    case State::kFailed:
      return found() != failed_on_ || Clock::now() >= retry_at_;
    case State::kLeaving:
    case State::kOpening:
    case State::kEnded:
      break;
  }
  return false;
}

void InterfaceRecording::leave() {
  state_ = State::kLeaving;
  if (!group_) return reopen();
  const auto left = std::make_shared<std::size_t>(accounts_.size());
  for (const auto& account : accounts_) {
    account->read_kernel_statistics();
    account->release([self = weak_from_this(), left, &control = surroundings_.control] {
      boost::asio::post(control, [self, left] {
        if (--*left > 0) return;
        if (const auto recording = self.lock()) recording->reopen();
      });
    });
  }
}

void InterfaceRecording::reopen() {
  if (ended_) return;
  state_ = State::kOpening;
  stale_ = false;
  for (const auto& account : accounts_) account->forget_ring();
  if (found()) hardware_type_ = found()->hardware_type;
  boost::asio::post(
      surroundings_.opener,
      [self = weak_from_this(), &surroundings = surroundings_, capture = capture_,
       interface = interface_, type = hardware_type_, old = std::move(group_)]() mutable {
        old.reset();  // first: the memory must not double
        boost::asio::post(surroundings.control,
                          [self, opened = open(std::move(capture), interface, type)]() mutable {
                            const auto recording = self.lock();
                            if (recording) recording->take(std::move(opened));
                          });
      });
}

InterfaceRecording::Opened InterfaceRecording::open(Options capture, const std::string& interface,
                                                    int hardware_type) {
  try {
    auto group = std::make_unique<RingGroup>(*capture, interface, hardware_type);
    return {std::move(capture), std::move(group), {}};
  } catch (const std::exception& error) {
    return {std::move(capture), nullptr, error.what()};
  }
}

void InterfaceRecording::take(Opened opened) {
  if (ended_) return give_back(std::move(opened.group));
  if (!opened.group) return fail(opened.error);
  group_ = std::move(opened.group);
  if (opened.capture != capture_) return reopen();
  try {
    give_rings();
  } catch (const std::exception& error) {
    return fail(error.what());
  }
  state_ = State::kWaiting;
  surroundings_.look();
}

void InterfaceRecording::bind_if_found() {
  if (ended_ || state_ != State::kWaiting || !found()) return;
  try {
    group_->bind(*found());
    group_->open_filter();
  } catch (const std::exception& error) {
    return fail(error.what());
  }
  state_ = State::kRecording;
  if (!std::exchange(failure_, {}).empty()) report(base::Severity::kInfo, "is recorded again");
}

void InterfaceRecording::fail(const std::string& problem) {
  state_ = State::kFailed;
  failed_on_ = found();
  retry_at_ = Clock::now() + kRetryDelay;
  if (std::exchange(failure_, problem) != problem) report(base::Severity::kWarning, problem);
}

std::optional<TypedFilter> InterfaceRecording::filter() const {
  if (ended_ || (state_ != State::kRecording && state_ != State::kWaiting)) return std::nullopt;
  return TypedFilter{group_->hardware_type(), group_->filter()};
}

void InterfaceRecording::adopt(Options capture, const std::optional<TypedFilter>& filter) {
  capture_ = std::move(capture);
  if (ended_) return;
  for (const auto& account : accounts_) account->adopt(*capture_);
  const std::optional<TypedFilter> present = this->filter();
  stale_ = present && !(filter && filter->is_same(*present));
  retry_at_ = {};  // what failed may not do so any more
}

void InterfaceRecording::use_limit(const std::shared_ptr<Limit>& limit) {
  if (ended_) return;
  for (const auto& account : accounts_) account->use_limit(limit);
}

void InterfaceRecording::end(std::function<void()> ended) {
  ended_ = true;
  const auto left = std::make_shared<std::size_t>(accounts_.size());
  for (const auto& account : accounts_) {
    account->read_kernel_statistics();
    account->end([self = weak_from_this(), left, ended, &control = surroundings_.control] {
      boost::asio::post(control, [self, left, ended] {
        const auto recording = self.lock();
        if (!recording || --*left > 0) return;
        recording->settle();
        ended();
      });
    });
  }
}

void InterfaceRecording::settle() {
  for (const auto& account : accounts_) account->settle();
  give_back(std::move(group_));
  state_ = State::kEnded;
}

void InterfaceRecording::give_back(std::unique_ptr<RingGroup> group) const {
  boost::asio::post(surroundings_.opener, [group = std::move(group)] {});  // it takes long
}

void InterfaceRecording::abandon() {
  for (const auto& account : accounts_) account->abandon();
}

std::vector<RecorderSnapshot> InterfaceRecording::snapshot() const {
  const Condition of_interface = condition();
  std::vector<RecorderSnapshot> snapshots;
  for (const auto& account : accounts_) {
    RecorderSnapshot& snapshot = snapshots.emplace_back(account->counts());
    snapshot.condition = account->condition();
    if (snapshot.recording()) snapshot.condition = of_interface;
  }
  return snapshots;
}

Condition InterfaceRecording::condition() const {
  if (ended_) return {};
  const std::string& of_link = surroundings_.links.problem(interface_);
  if (!of_link.empty()) return {RecordingState::kWaitingForInterface, of_link};
  switch (state_) {
    case State::kRecording:
      return {};
    case State::kFailed:
      return {RecordingState::kFailed, failure_};
    case State::kWaiting:
    case State::kLeaving:
    case State::kOpening:
    case State::kEnded:
      break;
  }
  return {RecordingState::kWaitingForInterface,
          "the interface is another than before, its rings are being replaced"};
}

void InterfaceRecording::report(base::Severity severity, const std::string& text) const {
  surroundings_.report(severity, capture_->name + "/" + interface_ + ": " + text);
}

}  // namespace ringtail::capture
