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

InterfaceRecording::InterfaceRecording(const Surroundings& surroundings, std::string whose,
                                       const RingGroupOptions& options,
                                       const InterfaceOptions& interface,
                                       std::vector<std::unique_ptr<RingAccount>> accounts,
                                       Need need)
    : surroundings_(surroundings),
      whose_(std::move(whose)),
      options_(options),
      interface_(interface),
      accounts_(std::move(accounts)),
      hardware_type_(found() ? found()->hardware_type : ring::kExpectedHardwareType) {
  try {
    open_first();
  } catch (const std::exception& error) {
    if (need == Need::kIndispensable) throw;
    fail(error.what());
  }
}

void InterfaceRecording::open_first() {
  group_ = std::make_unique<RingGroup>(options_, interface_, hardware_type_);
  give_rings();
  if (!found()) return;
  group_->bind(*found());
  state_ = State::kRecording;
}

void InterfaceRecording::give_rings() {
  for (std::size_t ring = 0; ring < accounts_.size(); ++ring)
    accounts_[ring]->use(group_->rings()[ring], group_->record_shape(), group_->linktype());
}

void InterfaceRecording::start() {
  if (state_ == State::kRecording) group_->open_filter();
}

bool InterfaceRecording::must_leave() const {
  if (ended_) return false;
  switch (state_) {
    case State::kRecording:
      return !group_->is_bound_to(found());
    case State::kWaiting:
      return found() && !group_->is_for(*found());
    case State::kFailed:
      return found() != failed_on_ || Clock::now() >= retry_at_;
    case State::kLeaving:
    case State::kOpening:
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
  for (const auto& account : accounts_) account->forget_ring();
  if (found()) hardware_type_ = found()->hardware_type;
  boost::asio::post(
      surroundings_.opener,
      [self = weak_from_this(), &control = surroundings_.control, &options = options_,
       &interface = interface_, type = hardware_type_, old = std::move(group_)]() mutable {
        old.reset();  // first: the memory must not double
        boost::asio::post(control, [self, opened = open(options, interface, type)]() mutable {
          const auto recording = self.lock();
          if (recording) recording->take(std::move(opened));
        });
      });
}

InterfaceRecording::Opened InterfaceRecording::open(const RingGroupOptions& options,
                                                    const InterfaceOptions& interface,
                                                    int hardware_type) {
  try {
    return {std::make_unique<RingGroup>(options, interface, hardware_type), {}};
  } catch (const std::exception& error) {
    return {nullptr, error.what()};
  }
}

void InterfaceRecording::take(Opened opened) {
  if (ended_) return;
  if (!opened.group) return fail(opened.error);
  group_ = std::move(opened.group);
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

Condition InterfaceRecording::condition() const {
  const std::string& of_link = surroundings_.links.problem(interface_.name);
  if (!of_link.empty()) return {RecordingState::kWaitingForInterface, of_link};
  switch (state_) {
    case State::kRecording:
      return {};
    case State::kFailed:
      return {RecordingState::kFailed, failure_};
    case State::kWaiting:
    case State::kLeaving:
    case State::kOpening:
      break;
  }
  return {RecordingState::kWaitingForInterface,
          "the interface is another than before, its rings are being replaced"};
}

void InterfaceRecording::report(base::Severity severity, const std::string& text) const {
  surroundings_.report(severity, whose_ + "/" + interface_.name + ": " + text);
}

}  // namespace ringtail::capture
