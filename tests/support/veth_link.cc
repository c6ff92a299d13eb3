#include "support/veth_link.h"

#include <exception>
#include <utility>

#include "support/shell_command.h"

namespace ringtail::support {
namespace {

void make_silent(const std::string& end) {
  // The test for the file is for kernels without IPv6.
  const std::string setting = "/proc/sys/net/ipv6/conf/" + end + "/disable_ipv6";
  run_command("if [ -e " + setting + " ]; then echo 1 > " + setting + "; fi");
  run_command("ip link set dev " + end + " arp off multicast off");
  run_command("ethtool -K " + end + " gro off gso off tso off tx off > /dev/null");
}

}  // namespace

VethLink::VethLink(std::string name, std::string peer, int mtu)
    : name_(std::move(name)), peer_(std::move(peer)), mtu_(mtu) {
  create();
}

VethLink::~VethLink() {
  try {
    remove();
  } catch (const std::exception&) {  // ignoring it: the namespace takes the link along
  }
}

void VethLink::create() {
  run_command("ip link add name " + name_ + " type veth peer name " + peer_);
  exists_ = true;
  make_silent(name_);
  make_silent(peer_);
  set_mtu(mtu_);
  bring_up();
}

void VethLink::set_mtu(int mtu) {
  mtu_ = mtu;
  for (const auto& end : {name_, peer_}) {
    run_command("ip link set dev " + end + " mtu " + std::to_string(mtu));
  }
}

void VethLink::bring_up() {
  run_command("ip link set dev " + name_ + " up");
  run_command("ip link set dev " + peer_ + " up");
  // The kernel activates the transmit queue of an end that gained its carrier later, up to a second
  // after (linkwatch), and drops silently until then. Asking for the link state makes it do so now.
  run_command("ethtool " + name_ + " > /dev/null");
  run_command("ethtool " + peer_ + " > /dev/null");
}

void VethLink::bring_down() {
  run_command("ip link set dev " + name_ + " down");
  run_command("ip link set dev " + peer_ + " down");
}

void VethLink::remove() {
  if (!exists_) return;
  exists_ = false;
  run_command("ip link delete dev " + name_);
}

void bring_loopback_up() { run_command("ip link set dev lo up"); }

}  // namespace ringtail::support
