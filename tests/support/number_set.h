#pragma once

#include <bitset>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>

namespace ringtail::support {

// A set of 64-bit numbers, dense in places: one bit a number in pages of 65,536, so that millions
// of packets cost little and an outlier costs one page.
class NumberSet {
 public:
  // Whether `number` was new.
  bool insert(std::uint64_t number);
  [[nodiscard]] bool contains(std::uint64_t number) const;
  [[nodiscard]] std::uint64_t size() const { return size_; }
  // The smallest and the largest one; only of a set that is not empty.
  [[nodiscard]] std::uint64_t first() const { return first_; }
  [[nodiscard]] std::uint64_t last() const { return last_; }

  // How many of first..last (inclusive) are not in the set.
  [[nodiscard]] std::uint64_t missing(std::uint64_t first, std::uint64_t last) const;
  // Calls `gap` with the first and last number of each gap within first..last, in order.
  void for_each_gap(std::uint64_t first, std::uint64_t last,
                    const std::function<void(std::uint64_t, std::uint64_t)>& gap) const;

 private:
  static constexpr std::uint64_t kPageSize = 65'536;
  using Page = std::bitset<kPageSize>;

  std::map<std::uint64_t, std::unique_ptr<Page>> pages_;
  Page* latest_page_ = nullptr;  // neighbours arrive together: saves the lookup
  std::uint64_t latest_index_ = 0;
  std::uint64_t size_ = 0;
  std::uint64_t first_ = 0;
  std::uint64_t last_ = 0;
};

}  // namespace ringtail::support
