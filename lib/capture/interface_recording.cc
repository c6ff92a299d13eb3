#include "capture/interface_recording.h"

#include <boost/asio/post.hpp>
#include <chrono>
#include <exception>
#include <utility>

#include "ring/link_type.h"

namespace ringtail::capture {
namespace {

// What was refused is tried again when the link has changed, and at this interval: opening rings
// that cannot be bound costs the host more than a short gap costs us.
constexpr std::chrono::seconds kRetryDelay{10};

// What is sent until the ring is there is lost; a first packet in a page only costs more.
constexpr std::chrono::milliseconds kTouchLimitInTraffic{50};

}  // namespace

InterfaceRecording::InterfaceRecording(const Surroundings& surroundings, std::string whose,
                                       const RingGroupOptions& options, Opened opened, Need need)
    : surroundings_(surroundings),
      whose_(std::move(whose)),
      options_(options),
      need_(need),
      interface_(std::move(opened.interface)),
      group_(std::move(opened.rings.group)),
      hardware_type_(group_ ? group_->hardware_type() : ring::kExpectedHardwareType) {
  try {
    if (!group_) std::rethrow_exception(opened.rings.error);
    bind_if_fit();
  } catch (const std::exception& error) {
    if (need_ == Need::kIndispensable) throw;
    group_.reset();
    fail(error.what());
  }
}

void InterfaceRecording::bind_if_fit() {
  if (!found() || !group_->is_for(*found())) return;
  group_->bind(*found());
  state_ = State::kRecording;
}

void InterfaceRecording::give_rings() {
  if (!group_) return;
  for (std::size_t ring = 0; ring < accounts_.size(); ++ring)
    accounts_[ring]->use(group_->rings()[ring], group_->record_shape(), group_->linktype());
}

void InterfaceRecording::open_filter() {
  if (state_ != State::kRecording) return;
  try {
    group_->open_filter();
  } catch (const std::exception& error) {
    if (need_ == Need::kIndispensable) throw;
    fail(error.what());
  }
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
      [self = weak_from_this(), &control = surroundings_.control, options = options_,
       interface = interface_, type = hardware_type_, old = std::move(group_)]() mutable {
        old.reset();  // first: the memory must not double
        const RingGroupRequest request{options, interface.get(), type, kTouchLimitInTraffic};
        RingGroupResult rings = std::move(open_ring_groups({request}).front());
        boost::asio::post(control, [self, interface, rings = std::move(rings)]() mutable {
          const auto recording = self.lock();
          if (recording) recording->take(interface, std::move(rings));
        });
      });
}

void InterfaceRecording::take(const Interface& interface, RingGroupResult rings) {
  if (ended_) return surroundings_.returned_rings.add(std::move(rings.group));
  try {
    if (!rings.group) std::rethrow_exception(rings.error);
    group_ = std::move(rings.group);
    if (interface != interface_) return reopen();
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

void InterfaceRecording::ask(Interface interface, const std::optional<TypedFilter>& filter) {
  interface_ = std::move(interface);
  const std::optional<TypedFilter> present = this->filter();
  stale_ = present && !(filter && filter->is_same(*present));
  retry_at_ = {};  // what failed may not do so any more
}

void InterfaceRecording::end(const std::function<void()>& ended) {
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
  for (const auto& account : accounts_) account->forget_ring();
  surroundings_.returned_rings.add(std::move(group_));
  state_ = State::kEnded;
}

void InterfaceRecording::abandon() {
  for (const auto& account : accounts_) account->abandon();
}

Condition InterfaceRecording::condition() const {
  if (ended_) return {};
  const std::string& of_link = surroundings_.links.problem(interface_->name);
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
  surroundings_.report(severity, whose_ + "/" + interface_->name + ": " + text);
}

}  // namespace ringtail::capture
