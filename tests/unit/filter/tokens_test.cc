#include "filter/tokens.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ringtail::filter {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> texts(const std::vector<Token>& tokens) {
  std::vector<std::string> words;
  words.reserve(tokens.size());
  for (const Token& token : tokens) words.push_back(token.text);
  return words;
}

std::vector<std::string> hosts(const std::string& expression) {
  return texts(host_words(expression));
}

TEST(Tokens, AreWordsAndOperators) {
  EXPECT_THAT(
      texts(tokenize("(tcp[0:2]>=1024)&&!host a-b.c")),
      ElementsAre("(", "tcp", "[", "0:2", "]", ">=", "1024", ")", "&&", "!", "host", "a-b.c"));
}

TEST(Tokens, KeepAddressesWhole) {
  EXPECT_THAT(texts(tokenize("net 2001:db8::/32 or ether host 00:01:02:03:04:05\tor 10.0.0.0/8")),
              ElementsAre("net", "2001:db8::/32", "or", "ether", "host", "00:01:02:03:04:05", "or",
                          "10.0.0.0/8"));
}

TEST(Tokens, KnowTheirPlace) {
  const std::vector<Token> tokens = tokenize("  tcp  and");
  EXPECT_EQ(tokens.at(0).begin, 2U);
  EXPECT_EQ(tokens.at(1).begin, 7U);
  EXPECT_EQ(tokens.at(1).end(), 10U);
}

TEST(Tokens, TakeWhatIsBehindABackslashLiterally) {
  EXPECT_THAT(texts(tokenize("ip proto \\tcp and (host \\a&b)")),
              ElementsAre("ip", "proto", "\\tcp", "and", "(", "host", "\\a&b", ")"));
}

TEST(Tokens, OfAnyBytesCoverAllButBlanks) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all.append(2, static_cast<char>(byte));
  std::size_t covered = 0;
  for (const Token& token : tokenize(all)) covered += token.text.size();
  EXPECT_EQ(covered, all.size() - 8);  // two each of blank, tab and both line ends
}

TEST(HostWords, StandBehindHostSourceDestinationOrNothing) {
  EXPECT_THAT(hosts("host a"), ElementsAre("a"));
  EXPECT_THAT(hosts("src a and dst host b"), ElementsAre("a", "b"));
  EXPECT_THAT(hosts("a"), ElementsAre("a"));
  EXPECT_THAT(hosts("ip host a.example"), ElementsAre("a.example"));
}

TEST(HostWords, GoOnBehindAndOrAndParentheses) {
  EXPECT_THAT(hosts("host a and not b or (c or ! d)"), ElementsAre("a", "b", "c", "d"));
}

TEST(HostWords, AreNotServicesNetworksProtocolsOrLinkAddresses) {
  EXPECT_THAT(hosts("port http or https"), IsEmpty());
  EXPECT_THAT(hosts("src port http"), IsEmpty());
  EXPECT_THAT(hosts("net loopback"), IsEmpty());
  EXPECT_THAT(hosts("ip proto ospf"), IsEmpty());
  EXPECT_THAT(hosts("ether host station"), IsEmpty());
  EXPECT_THAT(hosts("ether dst station"), IsEmpty());
}

TEST(HostWords, AreNotAddressesNumbersOrKeywords) {
  EXPECT_THAT(hosts("host 10.1.2.3 or 2001:db8::1 or net 10.0.0.0/8"), IsEmpty());
  EXPECT_THAT(hosts("tcp[tcpflags] & (tcp-syn|tcp-ack) = 0x12 and icmp[icmptype] = icmp-echo"),
              IsEmpty());
  EXPECT_THAT(hosts("inbound and multicast and not arp and less 100"), IsEmpty());
}

TEST(HostWords, ComeAgainBehindAnotherKind) {
  EXPECT_THAT(hosts("port 80 and host a and port http and src b"), ElementsAre("a", "b"));
}

TEST(Mentions, FindsWholeWords) {
  EXPECT_TRUE(mentions("(vlan) and tcp", "vlan"));
  EXPECT_FALSE(mentions("host vlan5.example", "vlan"));
}

TEST(NestingDepth, CountsParenthesesAndBrackets) {
  EXPECT_EQ(nesting_depth("tcp"), 0U);
  EXPECT_EQ(nesting_depth("(tcp[(tcp[12]>>2):4] = 1) or (udp)"), 4U);
  EXPECT_EQ(nesting_depth(")))((("), 3U);
}

}  // namespace
}  // namespace ringtail::filter
