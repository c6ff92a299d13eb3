#pragma once

#include <string>

namespace ringtail::support {

// A veth pair in the current network namespace, which must be a private one (`unshare -Urn`), for
// the time of a scope. The link is silent: no IPv6, no ARP, no multicast, so that a test sees its
// own frames only; and the frames arrive as they were sent, because offloads are off.
class VethLink {
 public:
  static constexpr int kDefaultMtu = 1500;

  // Makes both ends and brings them up; throws std::runtime_error. Names have 15 characters at
  // most.
  explicit VethLink(std::string name = "veth0", std::string peer = "veth1", int mtu = kDefaultMtu);
  VethLink(const VethLink&) = delete;
  VethLink& operator=(const VethLink&) = delete;
  ~VethLink();

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::string& peer() const { return peer_; }

  void set_mtu(int mtu);
  // Of both ends. A link that is up carries frames when these return.
  void bring_up();
  void bring_down();
  // Deletes the pair, as when a virtual machine goes; create() makes it anew under the same names.
  void remove();
  void create();

 private:
  std::string name_;
  std::string peer_;
  int mtu_;
  bool exists_ = false;
};

// Brings up `lo` of a private network namespace, which starts down.
void bring_loopback_up();

}  // namespace ringtail::support
