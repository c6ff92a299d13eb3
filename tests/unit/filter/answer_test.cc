#include "filter/answer.h"

#include <gtest/gtest.h>

namespace ringtail::filter {
namespace {

Answer program_answer() {
  Answer answer;
  answer.compiled = {{{BPF_LD | BPF_IMM, 1, 2, 3}, {BPF_RET | BPF_K, 0, 0, 4}},
                     How::kPrivateNamespace,
                     {{"a.example", {"192.0.2.1", "2001:db8::1"}}, {"b", {}}},
                     "something"};
  return answer;
}

TEST(Answer, CarriesAProgram) {
  const auto answer = answer_from(to_bytes(program_answer()));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->reason, "");
  EXPECT_TRUE(same_program(answer->compiled.program, program_answer().compiled.program));
  EXPECT_EQ(answer->compiled.how, How::kPrivateNamespace);
  EXPECT_EQ(answer->compiled.names, program_answer().compiled.names);
  EXPECT_EQ(answer->compiled.unchecked, "something");
}

TEST(Answer, CarriesAReasonWhosePlaceMayNeverCome) {
  Answer refused;
  refused.reason = "syntax error: 3:4";
  EXPECT_EQ(answer_from(to_bytes(refused))->place, std::nullopt);
  const auto answer = answer_from(to_bytes(refused) + place_to_bytes(17));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->reason, refused.reason);
  EXPECT_EQ(answer->place, 17U);
}

TEST(Answer, CutAtAnyByteIsNoProgram) {
  const std::string bytes = to_bytes(program_answer());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(answer_from(bytes.substr(0, size))) << size;
  }
}

TEST(Answer, WithABadLengthIsNone) {
  for (const std::string bytes : {"", ":", "x:", "-1:", "18446744073709551615:a",
                                  "9999999999999999999999:", "0:", "0:1:9", "0:99:1"}) {
    EXPECT_FALSE(answer_from(bytes)) << bytes;
  }
}

}  // namespace
}  // namespace ringtail::filter
