#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "pcapfile/encoded_run.h"
#include "pcapfile/file_header.h"
#include "store/open_file.h"
#include "store/write_ledger.h"
#include "store/write_sink.h"

namespace ringtail::store {

// Writes one file: runs of records in whole pages, straight from the blocks they lie in.
//
// What does not fill a page at a run's end is kept in a page of our own, the carry, and put in
// front of the next run. flush() writes the carry zero-padded, so that it is on disk although the
// page is not full; the page is written again by the next run, and no such write is submitted
// before the flush has completed (is_flushing()).
//
// Owned and used by one worker. Must not be destroyed before idle().
template <WriteSink Sink>
class FileWriter {
 public:
  using Lease = typename Sink::Lease;
  static constexpr std::size_t kPageBytes = pcapfile::kPageBytes;

  // `id` is what the tickets of this file's writes say; `header` goes in front of the first record.
  FileWriter(std::uint64_t id, std::shared_ptr<OpenFile> file, std::uint64_t granted_bytes,
             const pcapfile::FileHeader& header, std::uint32_t ledger_capacity)
      : id_(id),
        kind_(header.kind),
        file_(std::move(file)),
        granted_bytes_(granted_bytes),
        carry_(file_->carry.bytes()),
        ledger_(ledger_capacity) {
    std::memcpy(carry_.data(), header.bytes.data(), header.bytes.size());
    end_.bytes = carry_bytes_ = flushed_bytes_ = header.bytes.size();
  }

  [[nodiscard]] std::uint64_t id() const { return id_; }
  [[nodiscard]] const pcapfile::FileKind& kind() const { return kind_; }
  [[nodiscard]] const std::shared_ptr<OpenFile>& file() const { return file_; }
  [[nodiscard]] std::uint64_t granted_bytes() const { return granted_bytes_; }
  void set_granted_bytes(std::uint64_t bytes) { granted_bytes_ = bytes; }

  [[nodiscard]] pcapfile::RecordTime first() const { return first_; }  // of the first record
  // The end of the last record that was committed, and of the last that is on disk; once the file
  // is ended, of what is behind them.
  [[nodiscard]] RecordMark end() const { return end_; }
  [[nodiscard]] RecordMark written() const { return ledger_.written(); }
  // What is left of it: a file whose first record never reached the disk is removed, header and
  // all.
  [[nodiscard]] RecordMark kept() const { return written().packets > 0 ? written() : RecordMark{}; }
  [[nodiscard]] std::error_code error() const { return ledger_.error(); }
  [[nodiscard]] bool idle() const { return ledger_.idle(); }
  [[nodiscard]] bool is_flushing() const { return flush_slot_.has_value(); }
  // Some committed record is neither on disk nor on its way there.
  [[nodiscard]] bool needs_flush() const { return flushed_bytes_ < carry_bytes_; }
  [[nodiscard]] bool can_submit(const Sink& sink) const {
    return sink.has_room() && ledger_.has_room();
  }

  // Puts the carry in front of the run and says how long it is; then come the run's records.
  std::size_t begin_run(std::span<std::byte> run) const {
    std::memcpy(run.data(), carry_.data(), carry_bytes_);
    return carry_bytes_;
  }

  // Submits the whole pages of the encoded run and keeps the rest as the new carry. Only while
  // can_submit(), not is_flushing() and no error(). Says whether the carry was begun anew.
  bool commit(Sink& sink, Lease lease, std::span<const std::byte> run,
              const pcapfile::EncodedRun& encoded) {
    const std::size_t whole = encoded.end / kPageBytes * kPageBytes;
    const RecordMark below{end_.packets + encoded.whole_packets, page_offset_ + encoded.whole_end,
                           encoded.whole_packets > 0 ? encoded.whole_last : end_.last};
    if (end_.packets == 0) first_ = encoded.first;
    end_ = {end_.packets + encoded.packets, page_offset_ + encoded.end,
            encoded.packets > 0 ? encoded.last : end_.last};
    // Before the write is submitted: its completion returns the block.
    if (whole > 0) {
      keep_as_carry(run.subspan(whole, encoded.end - whole), 0);
      submit(sink, std::move(lease), run.first(whole), below);
      page_offset_ += whole;
    } else {
      keep_as_carry(run.subspan(carry_bytes_, encoded.end - carry_bytes_), carry_bytes_);
    }
    return whole > 0;
  }

  // Submits the carry as a page padded with zeros. Only while needs_flush(), can_submit() and no
  // flush is in flight.
  void flush(Sink& sink) {
    std::memset(carry_.data() + carry_bytes_, 0, kPageBytes - carry_bytes_);
    flushed_bytes_ = carry_bytes_;
    flush_slot_ = submit(sink, Lease{}, carry_.first(kPageBytes), end_);
  }

  // Submits the carry with what the file ends with, at most a page: its last write. Only while
  // idle() and can_submit(), and no error().
  void end_with(Sink& sink, std::span<const std::byte> trailer) {
    std::memcpy(carry_.data() + carry_bytes_, trailer.data(), trailer.size());
    carry_bytes_ += trailer.size();
    end_.bytes += trailer.size();
    const std::size_t whole = (carry_bytes_ + kPageBytes - 1) / kPageBytes * kPageBytes;
    std::memset(carry_.data() + carry_bytes_, 0, whole - carry_bytes_);
    flushed_bytes_ = carry_bytes_;
    (void)submit(sink, Lease{}, carry_.first(whole), end_);
  }

  void complete(const WriteCompletion<Lease>& completion) {
    ledger_.complete(completion.ticket.slot, completion.error);
    if (flush_slot_ == completion.ticket.slot) flush_slot_.reset();
  }

 private:
  void keep_as_carry(std::span<const std::byte> records, std::size_t at) {
    std::memcpy(carry_.data() + at, records.data(), records.size());
    carry_bytes_ = at + records.size();
    if (at == 0) flushed_bytes_ = 0;
  }

  std::uint32_t submit(Sink& sink, Lease lease, std::span<const std::byte> data, RecordMark mark) {
    const std::uint32_t slot = ledger_.enter(mark);
    sink.submit({.ticket = {id_, slot},
                 .file = file_.get(),
                 .offset = page_offset_,
                 .data = data,
                 .lease = std::move(lease)});
    return slot;
  }

  std::uint64_t id_;
  pcapfile::FileKind kind_;
  std::shared_ptr<OpenFile> file_;
  std::uint64_t granted_bytes_;
  std::span<std::byte> carry_;  // a page, behind which there is room for the file's end
  std::size_t carry_bytes_ = 0;
  std::size_t flushed_bytes_ = 0;  // of the carry: on disk or in flight, or the header alone
  std::uint64_t page_offset_ = 0;  // where the carry's page goes in the file
  pcapfile::RecordTime first_;
  RecordMark end_;
  WriteLedger ledger_;
  std::optional<std::uint32_t> flush_slot_;
};

}  // namespace ringtail::store
