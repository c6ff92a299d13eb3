#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ring/ethtool.h"
#include "ring/interface_list.h"

namespace ringtail::daemon {

struct InterfaceDescription {
  ring::ListedInterface link;
  std::optional<std::string> driver;  // empty, as below: the device does not say
  std::optional<ring::Queues> queues;
  ring::Offloads offloads;
};

// All of these are in the order given; `any`, which the kernel does not know, is added at the end.

// For people: what can be recorded, and what changes what is recorded.
[[nodiscard]] std::string interface_table(const std::vector<InterfaceDescription>& interfaces);

// The columns of `netstat -i`; without `any`, which counts nothing.
[[nodiscard]] std::string counter_table(const std::vector<InterfaceDescription>& interfaces);

// {"interfaces": [...]} on one line, with what both tables show and more; the unknown is null.
[[nodiscard]] std::string interface_json(const std::vector<InterfaceDescription>& interfaces,
                                         bool with_counters);

}  // namespace ringtail::daemon
