#include "store/sidecar.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace ringtail::store {
namespace {

using Kind = SidecarText::Kind;

Sidecar example() {
  return {.origin = Sidecar::Origin::kRecorded,
          .capture = "web",
          .interface = "eth0",
          .worker = 3,
          .linktype = 276,
          .first = PacketTime(std::chrono::nanoseconds(1'700'000'000'000'000'001)),
          .last = PacketTime(std::chrono::nanoseconds(1'700'000'060'123'456'789)),
          .packets = 9,
          .bytes = 700,
          .window = RingCounts{.received = 11, .dropped = {2, 0, 0, 0, 0, 5}}};
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, text.npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(Sidecar, IsOneLineOfJson) {
  EXPECT_EQ(to_text(example()),
            R"({"version":1,"origin":"recorded","capture":"web","interface":"eth0","worker":3,)"
            R"("linktype":276,"first":"1700000000.000000001","last":"1700000060.123456789",)"
            R"("packets":9,"bytes":700,"received":11,"dropped":{"ring_full":2,"storage_full":0,)"
            R"("storage_error":0,"rate_limit":0,"limit_reached":0,"malformed":5}})"
            "\n");
}

TEST(Sidecar, ReadsBackAsItWas) {
  Sidecar largest = example();
  largest.packets = largest.bytes = largest.window->received = ~std::uint64_t{0};
  largest.linktype = ~std::uint32_t{0};
  Sidecar recovered = example();
  recovered.origin = Sidecar::Origin::kRecovered;
  recovered.window.reset();
  Sidecar rebuilt = recovered;
  rebuilt.origin = Sidecar::Origin::kRebuilt;
  for (const Sidecar& sidecar : {example(), largest, recovered, rebuilt}) {
    const SidecarText read = parse_sidecar(to_text(sidecar));
    EXPECT_EQ(read.kind, Kind::kSidecar);
    EXPECT_EQ(read.sidecar, sidecar) << to_text(sidecar);
  }
}

TEST(Sidecar, SaysNothingOfLossesThatNobodyKnows) {
  Sidecar recovered = example();
  recovered.origin = Sidecar::Origin::kRecovered;
  recovered.window.reset();
  EXPECT_THAT(to_text(recovered), testing::Not(testing::AnyOf(testing::HasSubstr("dropped"),
                                                              testing::HasSubstr("received"))));
}

TEST(Sidecar, IsDamagedWhenItIsCutAtAnyByte) {
  const std::string whole = to_text(example());
  for (std::size_t size = 0; size + 1 < whole.size(); ++size)
    EXPECT_EQ(parse_sidecar(whole.substr(0, size)).kind, Kind::kDamaged) << size;
  EXPECT_EQ(parse_sidecar(whole.substr(0, whole.size() - 1)).kind, Kind::kSidecar)
      << "the line end alone is missing";
}

TEST(Sidecar, OfAnotherVersionIsNotRead) {
  for (const char* version : {"0", "2", "18446744073709551615"}) {
    const std::string text =
        replaced(to_text(example()), R"("version":1)", R"("version":)" + std::string(version));
    EXPECT_EQ(parse_sidecar(text).kind, Kind::kOtherVersion) << version;
  }
  EXPECT_EQ(parse_sidecar(R"({"version":2,"all":"else"})").kind, Kind::kOtherVersion);
}

TEST(Sidecar, OfALaterMinorIsReadWithoutWhatItAdds) {
  EXPECT_EQ(parse_sidecar(replaced(to_text(example()), "{", R"({"added":[{}],)")).sidecar,
            example());
}

TEST(Sidecar, IsDamagedWhenAValueMakesNoSense) {
  const std::string whole = to_text(example());
  for (const auto& [from, to] : std::initializer_list<std::pair<const char*, const char*>>{
           {R"("version":1)", R"("version":"1")"},
           {R"("version":1)", R"("version":-1)"},
           {R"("version":1,)", ""},
           {"recorded", "invented"},
           {R"("worker":3)", R"("worker":4294967296)"},
           {R"("worker":3)", R"("worker":3.5)"},
           {R"("packets":9)", R"("packets":-9)"},
           {R"("packets":9)", R"("packets":18446744073709551616)"},
           {R"("interface":"eth0")", R"("interface":7)"},
           {"1700000000.000000001", "1700000000.00000001"},
           {"1700000000.000000001", "1700000000,000000001"},
           {"1700000000.000000001", "-700000000.000000001"},
           {"1700000000.000000001", "4294967296.000000001"},
           {"1700000000.000000001", "1700000000.00000000x"},
           {R"("malformed":5)", R"("other":5)"},
           {R"("received":11,)", ""},
           {R"({"ring_full":2)", R"([{"ring_full":2)"}}) {
    EXPECT_EQ(parse_sidecar(replaced(whole, from, to)).kind, Kind::kDamaged) << from << to;
  }
  for (const char* text : {"", "[]", "7", "\"version\"", "{}", "\xff", "{\"version\":1}"})
    EXPECT_EQ(parse_sidecar(text).kind, Kind::kDamaged) << text;
  EXPECT_EQ(parse_sidecar(std::string(100'000, '[')).kind, Kind::kDamaged);
}

TEST(Sidecar, NamesInterfacesInPlainAscii) {
  Sidecar odd = example();
  odd.interface = "\xff\"\\\n";
  EXPECT_THAT(to_text(odd), testing::HasSubstr(R"("interface":"\\xff\"\\\\x0a")"));
  EXPECT_EQ(parse_sidecar(to_text(odd)).kind, Kind::kSidecar);
}

}  // namespace
}  // namespace ringtail::store
