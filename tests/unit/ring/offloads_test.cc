#include <gtest/gtest.h>
#include <linux/ethtool.h>

#include <string>
#include <vector>

#include "ring/ethtool.h"

namespace ringtail::ring {
namespace {

ethtool_get_features_block active(std::uint32_t bits) {
  ethtool_get_features_block block{};
  block.active = bits;
  return block;
}

TEST(OffloadsFrom, ReadsEachBitUnderItsName) {
  const std::vector<std::string> names = {"rx-gro", "rx-gro-hw", "rx-lro", "rx-vlan-hw-parse",
                                          "tx-tcp-segmentation"};
  const auto of_bits = [&names](std::uint32_t bits) {
    const std::vector<ethtool_get_features_block> blocks = {active(bits)};
    const Offloads found = offloads_from(names, blocks);
    return std::vector<std::optional<bool>>{found.gro, found.gro_hw, found.lro, found.rx_vlan,
                                            found.tso};
  };
  for (std::size_t bit = 0; bit < names.size(); ++bit) {
    std::vector<std::optional<bool>> wanted(names.size(), false);
    wanted[bit] = true;
    EXPECT_EQ(of_bits(1U << bit), wanted) << names[bit];
  }
}

TEST(OffloadsFrom, TakesOneKindOfTcpSegmentationForTso) {
  const std::vector<std::string> names = {"tx-tcp-segmentation", "tx-tcp6-segmentation",
                                          "tx-udp-segmentation"};
  const auto tso_of = [&names](std::uint32_t bits) {
    const std::vector<ethtool_get_features_block> blocks = {active(bits)};
    return offloads_from(names, blocks).tso;
  };
  EXPECT_EQ(tso_of(0b001), true);
  EXPECT_EQ(tso_of(0b010), true);
  EXPECT_EQ(tso_of(0b100), false);
}

TEST(OffloadsFrom, FindsABitInALaterBlock) {
  std::vector<std::string> names(40, "rx-all");
  names[33] = "rx-lro";
  const std::vector<ethtool_get_features_block> blocks = {active(0), active(0b10)};
  EXPECT_EQ(offloads_from(names, blocks).lro, true);
}

TEST(OffloadsFrom, LeavesUnsaidWhatHasNoNameOrNoBit) {
  std::vector<std::string> names(64, "rx-all");
  names[32] = "rx-gro";
  const std::vector<ethtool_get_features_block> blocks = {active(~0U)};
  const Offloads offloads = offloads_from(names, blocks);
  EXPECT_EQ(offloads.gro, std::nullopt);
  EXPECT_EQ(offloads.lro, std::nullopt);
  EXPECT_EQ(offloads.tso, std::nullopt);
  EXPECT_EQ(offloads_from({}, {}).rx_vlan, std::nullopt);
}

}  // namespace
}  // namespace ringtail::ring
