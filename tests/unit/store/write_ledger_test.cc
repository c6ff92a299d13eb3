#include "store/write_ledger.h"

#include <gtest/gtest.h>

namespace ringtail::store {
namespace {

const std::error_code kFailed = std::make_error_code(std::errc::io_error);

TEST(WriteLedger, CountsAWriteWhenItCompletes) {
  WriteLedger ledger(4);
  const auto slot = ledger.enter({10, 4000});
  EXPECT_EQ(ledger.written(), RecordMark{});
  EXPECT_FALSE(ledger.idle());
  ledger.complete(slot, {});
  EXPECT_EQ(ledger.written(), (RecordMark{10, 4000}));
  EXPECT_TRUE(ledger.idle());
}

TEST(WriteLedger, CountsWhatIsAboveAHoleOnlyWhenTheHoleCloses) {
  WriteLedger ledger(4);
  const auto first = ledger.enter({1, 100});
  const auto second = ledger.enter({2, 200});
  const auto third = ledger.enter({3, 300});
  ledger.complete(third, {});
  EXPECT_EQ(ledger.written(), RecordMark{});
  ledger.complete(first, {});
  EXPECT_EQ(ledger.written(), (RecordMark{1, 100}));
  ledger.complete(second, {});
  EXPECT_EQ(ledger.written(), (RecordMark{3, 300}));
}

TEST(WriteLedger, NeverCountsWhatIsAboveAFailedWrite) {
  WriteLedger ledger(4);
  const auto first = ledger.enter({1, 100});
  const auto second = ledger.enter({2, 200});
  const auto third = ledger.enter({3, 300});
  ledger.complete(third, {});
  ledger.complete(second, kFailed);
  EXPECT_EQ(ledger.error(), kFailed);
  ledger.complete(first, {});
  EXPECT_EQ(ledger.written(), (RecordMark{1, 100}))
      << "what lies below the failed one still counts";
  EXPECT_TRUE(ledger.idle());
}

TEST(WriteLedger, HasNoRoomWhileAHoleHoldsItsOldestPlace) {
  WriteLedger ledger(2);
  const auto first = ledger.enter({1, 100});
  const auto second = ledger.enter({2, 200});
  ledger.complete(second, {});
  EXPECT_FALSE(ledger.has_room()) << "although one write alone is in flight";
  ledger.complete(first, {});
  EXPECT_TRUE(ledger.has_room());
}

TEST(WriteLedger, GoesRoundItsPlacesForEver) {
  WriteLedger ledger(3);
  for (std::uint64_t i = 1; i <= 100; ++i) {
    const auto a = ledger.enter({2 * i - 1, 20 * i - 10});
    const auto b = ledger.enter({2 * i, 20 * i});
    ledger.complete(b, {});
    ledger.complete(a, {});
    ASSERT_EQ(ledger.written(), (RecordMark{2 * i, 20 * i}));
  }
}

}  // namespace
}  // namespace ringtail::store
