#include "support/number_set.h"

#include <algorithm>

namespace ringtail::support {

bool NumberSet::insert(std::uint64_t number) {
  const std::uint64_t index = number / kPageSize;
  if (latest_page_ == nullptr || latest_index_ != index) {
    auto& page = pages_[index];
    if (!page) page = std::make_unique<Page>();
    latest_page_ = page.get();
    latest_index_ = index;
  }
  auto bit = (*latest_page_)[number % kPageSize];
  if (bit) return false;
  bit = true;
  first_ = size_ == 0 ? number : std::min(first_, number);
  last_ = size_ == 0 ? number : std::max(last_, number);
  ++size_;
  return true;
}

bool NumberSet::contains(std::uint64_t number) const {
  const auto page = pages_.find(number / kPageSize);
  return page != pages_.end() && (*page->second)[number % kPageSize];
}

std::uint64_t NumberSet::missing(std::uint64_t first, std::uint64_t last) const {
  std::uint64_t count = 0;
  for_each_gap(first, last,
               [&count](std::uint64_t from, std::uint64_t to) { count += to - from + 1; });
  return count;
}

void NumberSet::for_each_gap(std::uint64_t first, std::uint64_t last,
                             const std::function<void(std::uint64_t, std::uint64_t)>& gap) const {
  std::uint64_t expected = first;
  for (auto page = pages_.lower_bound(first / kPageSize); page != pages_.end(); ++page) {
    for (std::uint64_t bit = 0; bit < kPageSize; ++bit) {
      const std::uint64_t number = page->first * kPageSize + bit;
      if (number < first || !(*page->second)[bit]) continue;
      if (number > last) break;
      if (number > expected) gap(expected, number - 1);
      if (number == last) return;
      expected = number + 1;
    }
    if (page->first >= last / kPageSize) break;
  }
  if (expected <= last) gap(expected, last);
}

}  // namespace ringtail::support
