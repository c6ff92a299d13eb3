#include "ring/ethtool.h"

#include <linux/ethtool.h>
#include <linux/sockios.h>

#include <cstddef>
#include <cstring>
#include <string_view>

#include "ring/device_request.h"
#include "ring/interface.h"

namespace ringtail::ring {
namespace {

constexpr std::size_t kBitsPerBlock = 32;

// False if the device does not answer. `question` starts with its command.
bool ask(int socket, const std::string& interface, void* question) {
  return request_of_device(socket, SIOCETHTOOL, interface, question) == 0;
}

// A command whose struct ends in an array of `count` elements that the caller sizes.
template <typename Head, typename Element>
class Sized {
 public:
  explicit Sized(std::size_t count) : bytes_(sizeof(Head) + count * sizeof(Element)) {}

  Head& head() { return *reinterpret_cast<Head*>(bytes_.data()); }
  Element* elements() { return reinterpret_cast<Element*>(bytes_.data() + sizeof(Head)); }

 private:
  std::vector<std::byte> bytes_;
};

std::size_t count_of_features(int socket, const std::string& interface) {
  Sized<ethtool_sset_info, std::uint32_t> sizes(1);
  sizes.head().cmd = ETHTOOL_GSSET_INFO;
  sizes.head().sset_mask = 1ULL << ETH_SS_FEATURES;
  if (!ask(socket, interface, &sizes.head()) || sizes.head().sset_mask == 0) return 0;
  return *sizes.elements();
}

std::vector<std::string> names_of_features(int socket, const std::string& interface) {
  using Name = char[ETH_GSTRING_LEN];
  const std::size_t count = count_of_features(socket, interface);
  Sized<ethtool_gstrings, Name> strings(count);
  strings.head().cmd = ETHTOOL_GSTRINGS;
  strings.head().string_set = ETH_SS_FEATURES;
  if (count == 0 || !ask(socket, interface, &strings.head())) return {};
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) {
    const char* name = strings.elements()[i];
    names.emplace_back(name, ::strnlen(name, ETH_GSTRING_LEN));
  }
  return names;
}

// An offload that has several bits is on when one of them is.
void set_if_any(std::optional<bool>& offload, bool on) { offload = on || offload.value_or(false); }

}  // namespace

Offloads offloads_from(std::span<const std::string> names,
                       std::span<const ethtool_get_features_block> bits) {
  Offloads offloads;
  for (std::size_t i = 0; i < names.size() && i / kBitsPerBlock < bits.size(); ++i) {
    const std::string_view name = names[i];
    const bool on = (bits[i / kBitsPerBlock].active >> (i % kBitsPerBlock) & 1U) != 0;
    if (name == "rx-gro") offloads.gro = on;
    if (name == "rx-gro-hw") offloads.gro_hw = on;
    if (name == "rx-lro") offloads.lro = on;
    if (name == "rx-vlan-hw-parse") offloads.rx_vlan = on;
    // For IPv4, IPv6, with ECN and so on: `ethtool -k` sums them up likewise.
    if (name.starts_with("tx-tcp")) set_if_any(offloads.tso, on);
  }
  return offloads;
}

Ethtool::Ethtool() : socket_(open_lookup_socket()) {}

std::optional<std::string> Ethtool::driver(const std::string& interface) const {
  ethtool_drvinfo answer{};
  answer.cmd = ETHTOOL_GDRVINFO;
  if (!ask(socket_.get(), interface, &answer)) return std::nullopt;
  std::string name(answer.driver, ::strnlen(answer.driver, sizeof answer.driver));
  if (name.empty()) return std::nullopt;
  return name;
}

std::optional<Queues> Ethtool::queues(const std::string& interface) const {
  ethtool_channels answer{};
  answer.cmd = ETHTOOL_GCHANNELS;
  if (!ask(socket_.get(), interface, &answer)) return std::nullopt;
  return Queues{answer.rx_count + answer.combined_count, answer.tx_count + answer.combined_count};
}

Offloads Ethtool::offloads(const std::string& interface) {
  if (feature_names_.empty()) feature_names_ = names_of_features(socket_.get(), interface);
  const std::size_t blocks = (feature_names_.size() + kBitsPerBlock - 1) / kBitsPerBlock;
  Sized<ethtool_gfeatures, ethtool_get_features_block> features(blocks);
  features.head().cmd = ETHTOOL_GFEATURES;
  features.head().size = static_cast<std::uint32_t>(blocks);
  if (blocks == 0 || !ask(socket_.get(), interface, &features.head())) return {};
  return offloads_from(feature_names_, {features.elements(), blocks});
}

}  // namespace ringtail::ring
