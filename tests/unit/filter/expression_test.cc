#include "filter/expression.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "filter/listing.h"
#include "test_packets.h"

namespace ringtail::filter {
namespace {

using testing::HasSubstr;

std::string one_line_of_error(const std::string& expression, const Target& target = {}) {
  try {
    (void)compile(expression, target);
  } catch (const FilterError& error) {
    return error.one_line();
  }
  return "no error";
}

std::optional<std::size_t> place_of_error(const std::string& expression) {
  try {
    (void)compile(expression, {});
  } catch (const FilterError& error) {
    return error.place();
  }
  ADD_FAILURE() << "no error: " << expression;
  return std::nullopt;
}

TEST(Compile, TakesEveryPacketWithoutAnExpression) {
  for (const std::string blank : {"", " ", " \n\t "}) {
    const Compiled compiled = compile(blank, {});
    EXPECT_EQ(listing(compiled.program, ListingStyle::kPeople), "(000) ret      #262144\n");
    EXPECT_EQ(compiled.how, How::kNothing);
  }
}

TEST(Compile, KeepsTheSnaplenOfAnAcceptedPacket) {
  Target target;
  target.snaplen = 96;
  EXPECT_EQ(run(compile("tcp", target).program, packet_pairs()[0].ethernet), 96U);
}

TEST(Compile, FindsTagsThatTheKernelHasStripped) {
  const Compiled compiled = compile("vlan 5 and tcp port 80", {});
  if (compiled.how == How::kDeadHandle) GTEST_SKIP() << compiled.unchecked;
  TestPacket packet = packet_pairs()[0].ethernet;
  EXPECT_EQ(run(compiled.program, packet), 0U);
  packet.vlan_present = true;
  packet.vlan_tci = 5;
  EXPECT_NE(run(compiled.program, packet), 0U);
  packet.vlan_tci = 6;
  EXPECT_EQ(run(compiled.program, packet), 0U);
}

TEST(Compile, OptimizesUnlessToldOtherwise) {
  Target plain;
  plain.optimize = false;
  EXPECT_GT(compile("tcp port 80", plain).program.size(),
            compile("tcp port 80", {}).program.size());
}

TEST(Compile, ReadsAnExpressionOfSeveralLines) {
  EXPECT_TRUE(
      same_program(compile("tcp\n\tor\r\nudp", {}).program, compile("tcp or udp", {}).program));
}

TEST(Compile, SaysWhatANameStandsFor) {
  const Compiled compiled = compile("ip host localhost and tcp", {});
  EXPECT_THAT(compiled.names, testing::ElementsAre(ResolvedName{"localhost", {"127.0.0.1"}}));
  EXPECT_EQ(to_text(compiled.names[0]), "localhost is 127.0.0.1");
}

TEST(Compile, CountsNoServiceAsAName) {
  EXPECT_THAT(compile("port http", {}).names, testing::IsEmpty());
}

TEST(CompileError, HasLibpcapsWordsAndThePlace) {
  EXPECT_EQ(one_line_of_error("tcp port 80 and and"),
            "filter 'tcp port 80 and and': can't parse filter expression: syntax error at 'and' "
            "(character 17)");
}

TEST(CompileError, PointsAtTheTokenAtFault) {
  EXPECT_EQ(place_of_error("and tcp"), 0U);
  EXPECT_EQ(place_of_error("tcp)"), 3U);
  EXPECT_EQ(place_of_error("(tcp or udp"), 11U);
  EXPECT_EQ(place_of_error("tcp or (udp and and) or icmp"), 16U);
  EXPECT_EQ(place_of_error("port nosuchservice or tcp"), 5U);
  EXPECT_EQ(place_of_error("tcp port 70000 or udp"), 9U);
  EXPECT_EQ(place_of_error("tcp or net 1.2.3.4/8"), 11U);
  EXPECT_EQ(place_of_error("tcp \xff"), 4U);
  EXPECT_EQ(place_of_error("vlan 5000 and tcp"), 5U);
}

TEST(CompileError, PointsNowhereIfNoTokenIsAtFault) {
  EXPECT_EQ(place_of_error("tcp and udp"), std::nullopt);
}

TEST(CompileError, OfControlCharactersNamesTheFirst) {
  EXPECT_EQ(one_line_of_error(std::string("tcp\0or udp", 10)),
            "filter 'tcp\\x00or udp': there is a control character in it at '\\x00or' "
            "(character 4)");
}

TEST(CompileError, OfALoopSaysThatTheKernelHasNone) {
  EXPECT_THAT(one_line_of_error("ip protochain 6"), HasSubstr("loop"));
}

TEST(CompileError, OfAProgramTooLongForTheKernelSaysHowLongItIs) {
  std::string expression = "host 10.0.0.0";
  for (int i = 1; i < 1500; ++i) {
    expression +=
        " and not src host 10.0." + std::to_string(i / 256) + "." + std::to_string(i % 256);
  }
  Target plain;
  plain.optimize = false;
  EXPECT_THAT(one_line_of_error(expression, plain), HasSubstr("the kernel takes 4096"));
}

TEST(CompileError, ComesAtTheDeadlineWhenLibpcapDoesNotEnd) {
  std::string expression = "host 10.0.0.0";
  for (int i = 1; i < 2000; ++i) {
    expression += " or host 10.0." + std::to_string(i / 256) + "." + std::to_string(i % 256);
  }
  Target hasty;
  hasty.deadline = std::chrono::milliseconds(500);
  EXPECT_THAT(one_line_of_error(expression, hasty), HasSubstr("did not compile it within 0.5 s"));
}

TEST(HostileExpression, OfMegabytesIsRefused) {
  EXPECT_THAT(one_line_of_error(std::string(std::size_t{4} << 20, 'a')),
              HasSubstr("at most 65536"));
  const std::string largest = "tcp" + std::string(kMaxExpressionBytes - 3, ' ');
  EXPECT_EQ(one_line_of_error(largest), "no error");
}

TEST(HostileExpression, OfDeepParenthesesIsRefused) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '(') + "tcp" + std::string(depth, ')');
  };
  EXPECT_EQ(one_line_of_error(nested(kMaxNestingDepth)), "no error");
  EXPECT_THAT(one_line_of_error(nested(kMaxNestingDepth + 1)), HasSubstr("nest deeper"));
  EXPECT_THAT(one_line_of_error(nested(10'000)), HasSubstr("nest deeper"));
}

TEST(HostileExpression, OfOperatorsAloneIsAnError) {
  for (const char c : std::string("!-[](&|=<>*/%^:+'\"$#@~`{};,\\")) {
    const std::string text = one_line_of_error(std::string(3000, c));
    EXPECT_NE(text, "no error") << c;
    EXPECT_THAT(text, testing::Not(HasSubstr("crashed"))) << c;
  }
}

TEST(HostileExpression, CutAtEveryByteCompilesOrIsAnError) {
  const std::string whole =
      "(tcp[(tcp[12]>>2):4] = 0x5353482D) and ! vlan 5 and ip6 host 2001:db8::1 or portrange 1-9";
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const std::string cut = whole.substr(0, size);
    try {
      EXPECT_FALSE(compile(cut, {}).program.empty()) << cut;
    } catch (const FilterError& error) {
      EXPECT_LE(error.place().value_or(0), size) << cut;
    }
  }
}

}  // namespace
}  // namespace ringtail::filter
