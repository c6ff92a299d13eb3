#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/unique_fd.h"

struct ethtool_get_features_block;

namespace ringtail::ring {

// What a device does to packets before they are recorded. Empty: it does not say.
struct Offloads {
  std::optional<bool> gro;      // the kernel merges received packets of a flow
  std::optional<bool> gro_hw;   // the device does
  std::optional<bool> lro;      // the device does, and forgets where each began
  std::optional<bool> tso;      // sent TCP packets are cut to the MTU behind the recording
  std::optional<bool> rx_vlan;  // the device takes the VLAN tag out; a recording puts it back
};

// `names`, one for each bit, are the kernel's; `bits` are the device's. A name beyond the bits, or
// one that this kernel does not have, is as good as unsaid.
[[nodiscard]] Offloads offloads_from(std::span<const std::string> names,
                                     std::span<const ethtool_get_features_block> bits);

// In use, each carrying one direction; a combined channel counts for both.
struct Queues {
  std::uint32_t rx = 0;
  std::uint32_t tx = 0;
};

// Asks devices by SIOCETHTOOL (linux/ethtool.h), which needs no privilege for these questions.
// Everything may go unanswered: a device need not know a question, and it may be gone.
class Ethtool {
 public:
  // Throws std::system_error.
  Ethtool();

  [[nodiscard]] std::optional<std::string> driver(const std::string& interface) const;
  [[nodiscard]] std::optional<Queues> queues(const std::string& interface) const;
  [[nodiscard]] Offloads offloads(const std::string& interface);

 private:
  base::UniqueFd socket_;
  std::vector<std::string> feature_names_;  // of the kernel, read with the first device
};

}  // namespace ringtail::ring
