#include "filter/listing.h"

#include <gtest/gtest.h>

namespace ringtail::filter {
namespace {

const Program kProgram{{BPF_LD | BPF_H | BPF_ABS, 0, 0, 12},
                       {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0x800},
                       {BPF_RET | BPF_K, 0, 0, 262144},
                       {BPF_RET | BPF_K, 0, 0, 0}};

TEST(Listing, IsTcpdumpsForPeople) {
  EXPECT_EQ(listing(kProgram, ListingStyle::kPeople),
            "(000) ldh      [12]\n"
            "(001) jeq      #0x800           jt 2\tjf 3\n"
            "(002) ret      #262144\n"
            "(003) ret      #0\n");
}

TEST(Listing, IsAnArrayInC) {
  EXPECT_EQ(listing(kProgram, ListingStyle::kCArray),
            "{ 0x28, 0, 0, 0x0000000c },\n"
            "{ 0x15, 0, 1, 0x00000800 },\n"
            "{ 0x6, 0, 0, 0x00040000 },\n"
            "{ 0x6, 0, 0, 0x00000000 },\n");
}

TEST(Listing, HasTheCountFirstInDecimal) {
  EXPECT_EQ(listing(kProgram, ListingStyle::kDecimal),
            "4\n40 0 0 12\n21 0 1 2048\n6 0 0 262144\n6 0 0 0\n");
}

TEST(Listing, NamesWhatTheKernelKnowsOfAPacket) {
  const auto name_of = [](int which) {
    return listing({{BPF_LD | BPF_B | BPF_ABS, 0, 0, ancillary(which)}}, ListingStyle::kPeople);
  };
  EXPECT_EQ(name_of(SKF_AD_VLAN_TAG_PRESENT), "(000) ldb      [vlanp]\n");
  EXPECT_EQ(name_of(SKF_AD_VLAN_TAG), "(000) ldb      [vlan_tci]\n");
  EXPECT_EQ(name_of(SKF_AD_IFINDEX), "(000) ldb      [ifidx]\n");
  EXPECT_EQ(name_of(SKF_AD_PKTTYPE), "(000) ldb      [type]\n");
  EXPECT_EQ(name_of(SKF_AD_PROTOCOL), "(000) ldb      [proto]\n");
  EXPECT_EQ(name_of(SKF_AD_HATYPE), "(000) ldb      [hatype]\n");
}

TEST(Listing, OfNoProgramIsEmpty) {
  EXPECT_EQ(listing({}, ListingStyle::kPeople), "");
  EXPECT_EQ(listing({}, ListingStyle::kDecimal), "0\n");
}

}  // namespace
}  // namespace ringtail::filter
