#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <system_error>
#include <utility>
#include <vector>

#include "ring/block_lease.h"
#include "store/open_file.h"
#include "store/write_sink.h"

namespace ringtail::store {

inline const std::error_code kIoError = std::make_error_code(std::errc::io_error);

// A disk in memory whose writes complete when, in which order and how the test says. What a write
// puts on it is what its memory holds when it completes, not when it was submitted.
class FakeDisk {
 public:
  using Lease = ring::BlockLease;
  using Image = std::vector<std::uint8_t>;

  std::uint32_t capacity = 1;
  // How the nth write of all (from 0) ends; bytes: how much of it reached the disk before it
  // failed.
  struct Outcome {
    std::error_code error;
    std::size_t bytes = SIZE_MAX;
  };
  std::function<Outcome(std::uint64_t)> outcome = [](std::uint64_t) { return Outcome{}; };

  void submit(WriteRequest<Lease> request) {
    ASSERT_LT(pending_.size(), capacity);
    EXPECT_EQ(request.offset % 4096, 0U);
    EXPECT_EQ(request.data.size() % 4096, 0U);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(request.data.data()) % 4096, 0U);
    for (const auto& other : pending_) {
      const bool overlaps = other.file == request.file &&
                            request.offset < other.offset + other.data.size() &&
                            other.offset < request.offset + request.data.size();
      EXPECT_FALSE(overlaps) << "two writes in flight cover the same page";
    }
    pending_.push_back(std::move(request));
  }

  [[nodiscard]] std::size_t pending() const { return pending_.size(); }
  [[nodiscard]] std::uint64_t completed() const { return completed_count_; }

  // Completes the pending write at this place in the order of submission.
  void complete(std::size_t index) {
    WriteRequest<Lease> request = std::move(pending_[index]);
    pending_.erase(pending_.begin() + static_cast<std::ptrdiff_t>(index));
    const Outcome ending = outcome(completed_count_++);
    const std::size_t size = std::min(ending.bytes, request.data.size());
    Image& image = images_[request.file];
    image.resize(std::max<std::size_t>(image.size(), request.offset + size));
    // An empty image has no address.
    if (size > 0) std::memcpy(image.data() + request.offset, request.data.data(), size);
    completions_.push_back({request.ticket, ending.error, std::move(request.lease)});
  }
  void complete_all() {
    while (!pending_.empty()) complete(0);
  }

  [[nodiscard]] std::optional<WriteCompletion<Lease>> next_completion() {
    if (completions_.empty()) return std::nullopt;
    WriteCompletion<Lease> completion = std::move(completions_.front());
    completions_.pop_front();
    return completion;
  }

  // The file cut to `size`, as the disk thread would leave it.
  [[nodiscard]] Image contents(const OpenFile* file, std::uint64_t size) {
    Image image = images_[file];
    image.resize(size);
    return image;
  }

 private:
  std::vector<WriteRequest<Lease>> pending_;
  std::deque<WriteCompletion<Lease>> completions_;
  std::map<const OpenFile*, Image> images_;
  std::uint64_t completed_count_ = 0;
};

// The sink in front of it; the test keeps the disk.
class FakeSink {
 public:
  using Lease = FakeDisk::Lease;

  explicit FakeSink(FakeDisk& disk) : disk_(&disk) {}
  [[nodiscard]] std::uint32_t capacity() const { return disk_->capacity; }
  [[nodiscard]] bool has_room() const { return disk_->pending() < disk_->capacity; }
  void submit(WriteRequest<Lease> request) { disk_->submit(std::move(request)); }
  [[nodiscard]] std::optional<WriteCompletion<Lease>> next_completion() {
    return disk_->next_completion();
  }
  [[nodiscard]] static std::optional<std::chrono::steady_clock::time_point> oldest_in_flight() {
    return std::nullopt;
  }
  void use_memory(std::span<std::byte>) {}

 private:
  FakeDisk* disk_;
};

// A disk thread that answers when the test says.
class FakeSupply : public FileSupply {
 public:
  struct Finished {
    std::shared_ptr<OpenFile> file;
    FinishedFile as;
    std::optional<PacketTime> start;
  };

  std::uint64_t first_grant_bytes = 16U << 20;
  std::uint64_t step_bytes = 16U << 20;
  std::uint64_t max_file_bytes = 4U << 20;

  void request_file() override { ++requested; }
  void begin_file(std::shared_ptr<OpenFile> file, PacketTime start) override {
    begun[file.get()] = start;
  }
  void grow_file(std::shared_ptr<OpenFile> file) override { growing.push_back(std::move(file)); }
  void finish_file(std::shared_ptr<OpenFile> file, FinishedFile as) override {
    const auto start = begun.find(file.get());
    std::optional<PacketTime> time;
    if (start != begun.end()) time = start->second;
    finished.push_back({std::move(file), as, time});
  }

  void deliver_file(FileCustomer& customer) {
    ASSERT_GT(requested, 0);
    --requested;
    auto file = std::make_shared<OpenFile>();
    file->granted_bytes = first_grant_bytes;
    file->max_bytes = max_file_bytes;
    file->carry = base::Mapping::anonymous(kCarryBytes, "a carry");
    files.push_back(file);
    customer.file_ready(file, first_grant_bytes);
  }
  void answer_growth(FileCustomer& customer, bool refuse = false) {
    for (const auto& file : std::exchange(growing, {})) {
      if (refuse) {
        customer.growth_refused(file.get());
      } else {
        file->granted_bytes += step_bytes;
        customer.file_grown(file.get(), file->granted_bytes);
      }
    }
  }

  int requested = 0;
  std::vector<std::shared_ptr<OpenFile>> growing;
  std::map<const OpenFile*, PacketTime> begun;
  std::vector<Finished> finished;
  std::vector<std::shared_ptr<OpenFile>> files;
};

}  // namespace ringtail::store
