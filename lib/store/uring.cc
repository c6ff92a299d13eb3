#include "store/uring.h"

#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <vector>

namespace ringtail::store {
namespace {

// Few writes are pushed at once, so that few entries do. What waits to be reaped has more room: at
// 8 writes for each recorder, that of 32 recorders. Beyond, the kernel keeps it (NODROP). Two pages
// of memory in all: it counts as locked.
constexpr unsigned kSubmissions = 8;
constexpr unsigned kCompletions = 256;

// IORING_OP_WRITEV_FIXED of Linux 6.15's <linux/io_uring.h>.
constexpr std::uint8_t kWritevFixed = 61;

void* name_of(UringWrite& write) { return &write; }

struct Submission {
  io_uring_sqe* entry = nullptr;
  UringWrite* first = nullptr;  // of those that are taken as one
};

// Has the kernel take writes, one or more that follow each other, as one. It reads `parts`, one for
// each, when it takes the entry.
void prepare(io_uring_sqe* entry, std::span<UringWrite* const> writes, std::span<iovec> parts) {
  const UringWrite& first = *writes.front();
  const int fd = first.file->fd.get();
  const auto slot = static_cast<int>(first.buffer_slot.value_or(0));
  if (writes.size() == 1) {
    const auto size = static_cast<unsigned>(first.data.size());
    if (first.buffer_slot) {
      io_uring_prep_write_fixed(entry, fd, first.data.data(), size, first.offset, slot);
    } else {
      io_uring_prep_write(entry, fd, first.data.data(), size, first.offset);
    }
  } else {
    std::ranges::transform(writes, parts.begin(), [](const UringWrite* write) {
      return iovec{const_cast<std::byte*>(write->data.data()), write->data.size()};
    });
    io_uring_prep_writev(entry, fd, parts.data(), static_cast<unsigned>(writes.size()),
                         first.offset);
    if (first.buffer_slot) {
      entry->opcode = kWritevFixed;
      entry->buf_index = static_cast<std::uint16_t>(slot);
    }
  }
  io_uring_sqe_set_data(entry, name_of(*writes.front()));
}

}  // namespace

Uring::Uring(std::function<void(const std::string&)> report, Notice best)
    : report_(std::move(report)) {
  if (best != Notice::kEvent || !set_up_with_event()) {
    const int result = set_up(0);
    if (result < 0) {
      throw std::system_error(-result, std::generic_category(),
                              "io_uring_setup (a kernel before 5.6, kernel.io_uring_disabled, a "
                              "seccomp filter or a limit may be why)");
    }
  }
  table_error_ = io_uring_register_buffers_sparse(&ring_, kSlots);  // Linux 5.19
  if (io_uring_probe* probe = io_uring_get_probe_ring(&ring_)) {
    joins_registered_ = io_uring_opcode_supported(probe, kWritevFixed) != 0;
    io_uring_free_probe(probe);
  }
}

int Uring::set_up(unsigned flags) {
  io_uring_params parameters{};
  parameters.flags = IORING_SETUP_CQSIZE | flags;
  parameters.cq_entries = kCompletions;
  return io_uring_queue_init_params(kSubmissions, &ring_, &parameters);
}

// Linux 6.1. False if that cannot be.
bool Uring::set_up_with_event() {
  // Completions are made when the thread that pushes asks for them, for which the kernel must know
  // that thread: it is the one that enables the io_uring.
  constexpr unsigned kDeferred = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN |
                                 IORING_SETUP_TASKRUN_FLAG | IORING_SETUP_R_DISABLED;
  base::UniqueFd event(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  if (!event || set_up(kDeferred) < 0) return false;
  if (io_uring_register_eventfd(&ring_, event.get()) != 0) {
    io_uring_queue_exit(&ring_);
    return false;
  }
  event_ = std::move(event);
  enabled_ = false;
  return true;
}

// liburing 2.3 declares io_uring_enable_rings(), and does not have it.
void Uring::enable() {
  if (std::exchange(enabled_, true)) return;
  (void)::syscall(SYS_io_uring_register, ring_.ring_fd, IORING_REGISTER_ENABLE_RINGS, nullptr, 0);
}

Uring::~Uring() { io_uring_queue_exit(&ring_); }

void Uring::submit(UringWrite& write) {
  write.state = UringWrite::State::kInFlight;
  submitted_[submitted_count_++] = &write;
  if (is_enough_submitted()) push_submitted();
}

bool Uring::is_enough_submitted() const {
  if (submitted_count_ != kPushed / 2) return submitted_count_ == kPushed;
  std::size_t bytes = 0;
  for (const UringWrite* write : std::span(submitted_).first(submitted_count_))
    bytes += write->data.size();
  return bytes >= kEnoughBytes;
}

bool Uring::push() {
  if (submitted_count_ > 0) push_submitted();
  return std::exchange(done_at_once_, false);
}

void Uring::push_submitted() {
  enable();  // were it refused, so would be what is submitted
  const std::span writes(submitted_.data(), std::exchange(submitted_count_, 0));
  // All may be taken by such as the kernel had no memory for.
  if (io_uring_sq_space_left(&ring_) < writes.size()) (void)io_uring_submit(&ring_);
  std::array<iovec, kPushed> parts{};
  std::array<Submission, kPushed> submissions{};
  unsigned count = 0;
  for (std::size_t begin = 0, end = 1; begin < writes.size(); begin = end++) {
    while (end < writes.size() && can_join(*writes[end - 1], *writes[end])) {
      writes[end - 1]->next = writes[end];
      ++end;
    }
    io_uring_sqe* entry = io_uring_get_sqe(&ring_);
    if (entry == nullptr) {
      write_now(*writes[begin]);
      continue;
    }
    prepare(entry, writes.subspan(begin, end - begin), std::span(parts).subspan(begin));
    submissions[count++] = {entry, writes[begin]};
  }
  (void)io_uring_submit(&ring_);
  // It takes them in their order, and may have taken earlier ones, and not these.
  const unsigned left = std::min(io_uring_sq_ready(&ring_), count);
  in_flight_ += count - left;
  for (const Submission& refused : std::span(submissions).subspan(count - left, left)) {
    // The kernel has no memory for it, and reads the entry when it has: by then it is nothing.
    io_uring_prep_nop(refused.entry);
    io_uring_sqe_set_data(refused.entry, nullptr);
    write_now(*refused.first);
  }
}

bool Uring::can_join(const UringWrite& before, const UringWrite& write) const {
  return write.follows(before) && (!write.buffer_slot || joins_registered_);
}

void Uring::write_now(UringWrite& first) {
  done_at_once_ = true;
  for (UringWrite* write = &first; write != nullptr; write = std::exchange(write->next, nullptr))
    write->write_now();
}

void Uring::reap() {
  if (!has_completed()) return;
  if (!event_) return take_completed();
  (void)io_uring_cq_eventfd_toggle(&ring_, false);  // else what is taken here is told of once more
  take_completed();
  (void)io_uring_cq_eventfd_toggle(&ring_, true);
  __sync_synchronize();  // the kernel looks at this behind what it has to tell
  if (has_completed()) (void)io_uring_get_events(&ring_);  // meanwhile: tells of it
}

bool Uring::has_completed() const {
  constexpr unsigned kInKernel = IORING_SQ_TASKRUN | IORING_SQ_CQ_OVERFLOW;
  return io_uring_cq_ready(&ring_) > 0 || (IO_URING_READ_ONCE(*ring_.sq.kflags) & kInKernel) != 0;
}

void Uring::take_completed() {
  std::array<io_uring_cqe*, 64> completed{};
  unsigned count = 0;
  do {
    count = io_uring_peek_batch_cqe(&ring_, completed.data(), completed.size());
    for (unsigned i = 0; i < count; ++i) {
      auto* write = static_cast<UringWrite*>(io_uring_cqe_get_data(completed[i]));
      if (write != nullptr) take(*write, completed[i]->res);
    }
    io_uring_cq_advance(&ring_, count);
  } while (count > 0);  // the kernel may have kept some (NODROP)
}

void Uring::take(UringWrite& first, int result) {
  --in_flight_;
  if (first.next == nullptr) {
    if (first.take(result)) submit(first);
    return;
  }
  // What is left of writes taken as one is tried one by one: each has a result of its own.
  auto written = static_cast<std::size_t>(std::max(result, 0));
  for (UringWrite* write = &first; write != nullptr;) {
    UringWrite* next = std::exchange(write->next, nullptr);
    const std::size_t of_it = std::min(written, write->data.size());
    written -= of_it;
    if (of_it == 0 || write->take(static_cast<int>(of_it))) {
      write->alone = true;
      submit(*write);
    }
    write = next;
  }
}

void Uring::finish() {
  (void)push();
  while (in_flight_ > 0) {
    io_uring_cqe* completed = nullptr;
    (void)io_uring_wait_cqe(&ring_, &completed);  // an interrupted one is repeated
    reap();
    (void)push();  // what it submitted again
  }
}

Uring::Memory Uring::register_memory(std::span<std::byte> bytes) {
  if (bytes.empty()) return {};
  int error = table_error_;
  if (error == 0) {
    const auto slot = find_free(slots_of(bytes));
    error = slot ? set_slots(*slot, bytes, true) : -ENOSPC;
    if (error == 0) return {this, bytes, *slot};
  }
  tell_unregistered(error);
  return {};
}

void Uring::tell_unregistered(int error) {
  if (!report_) return;
  report_("the rings' memory cannot be registered with io_uring (" +
          std::generic_category().message(-error) +
          "), which costs a little CPU at each write; an old kernel or RLIMIT_MEMLOCK "
          "(LimitMEMLOCK= of the unit) may be why");
}

std::optional<unsigned> Uring::find_free(unsigned slots) const {
  const auto found =
      std::search_n(slot_in_use_.begin(), slot_in_use_.end(), static_cast<int>(slots), false);
  if (found == slot_in_use_.end()) return std::nullopt;
  return static_cast<unsigned>(found - slot_in_use_.begin());
}

// Fills the slots from `first` on with the memory, or empties them. 0, or a negative errno: then
// they are empty.
int Uring::set_slots(unsigned first, std::span<std::byte> bytes, bool in_use) {
  std::vector<iovec> parts(slots_of(bytes));
  for (std::size_t i = 0; in_use && i < parts.size(); ++i) {
    const auto part = bytes.subspan(i * kSlotBytes);
    parts[i] = {part.data(), std::min(part.size(), kSlotBytes)};
  }
  const std::vector<__u64> tags(parts.size());
  const auto count = static_cast<unsigned>(parts.size());
  const int result =
      io_uring_register_buffers_update_tag(&ring_, first, parts.data(), tags.data(), count);
  const bool done = result == static_cast<int>(count);
  // A part of them may be filled.
  if (in_use && !done) (void)set_slots(first, bytes, false);
  std::fill_n(slot_in_use_.begin() + first, count, in_use && done);
  if (done) return 0;
  return result < 0 ? result : -EFAULT;
}

Uring::Memory& Uring::Memory::operator=(Memory&& other) noexcept {
  if (this != &other) {
    reset();
    uring_ = std::exchange(other.uring_, nullptr);
    bytes_ = other.bytes_;
    slot_ = other.slot_;
  }
  return *this;
}

std::optional<unsigned> Uring::Memory::slot_of(std::span<const std::byte> data) const {
  if (uring_ == nullptr || data.data() < bytes_.data() ||
      data.data() + data.size() > bytes_.data() + bytes_.size()) {
    return std::nullopt;
  }
  const auto first = static_cast<std::size_t>(data.data() - bytes_.data()) / kSlotBytes;
  const auto last = static_cast<std::size_t>(data.data() + data.size() - 1 - bytes_.data());
  if (last / kSlotBytes != first) return std::nullopt;  // across two of its slots
  return slot_ + static_cast<unsigned>(first);
}

void Uring::Memory::reset() {
  if (uring_ == nullptr) return;
  (void)std::exchange(uring_, nullptr)->set_slots(slot_, bytes_, false);
}

}  // namespace ringtail::store
