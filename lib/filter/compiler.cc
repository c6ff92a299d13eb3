#include "filter/compiler.h"

#include <net/if_arp.h>

#include <stdexcept>
#include <utility>

#include "filter/child_process.h"
#include "filter/cooked.h"
#include "filter/error_place.h"
#include "filter/pcap_handle.h"
#include "filter/private_namespace.h"
#include "filter/tokens.h"

namespace ringtail::filter {
namespace {

struct Job {
  const std::string& expression;
  const Target& target;
  CompileOptions options;
};

Answer refusal(std::string reason) { return {{}, std::move(reason), {}}; }

std::string name_of_link_type(int link_type) {
  const char* name = pcap_datalink_val_to_name(link_type);
  return name != nullptr ? name : "DLT " + std::to_string(link_type);
}

Answer compiled_on(pcap_t* handle, int link_type, const Job& job, How how) {
  if (handle == nullptr) return refusal("out of memory");
  CompileOutcome outcome = compile_on(handle, job.expression, job.options);
  if (outcome.program.empty()) return refusal(outcome.reason);
  Answer answer;
  answer.compiled.program = std::move(outcome.program);
  answer.compiled.link_type = name_of_link_type(link_type);
  answer.compiled.how = how;
  return answer;
}

Answer on_dead_handle(int link_type, const Job& job) {
  const PcapHandle handle = open_dead(link_type, job.target.snaplen);
  return compiled_on(handle.get(), link_type, job, How::kDeadHandle);
}

// The expression with its names as addresses; empty unless that certainly means the same.
std::string without_names(const Job& job, const Compiled& meant) {
  std::string numeric = with_addresses(job.expression, meant.names);
  if (numeric == job.expression) return numeric;
  const Answer answer = on_dead_handle(DLT_EN10MB, {numeric, job.target, job.options});
  return same_program(answer.compiled.program, meant.program) ? numeric : std::string();
}

// What depends on a live handle in Ethernet's code is where the tag is looked for. `plain` is the
// program without optimisation: the optimiser takes `ip and vlan` for impossible in a packet's
// bytes.
Answer on_dead_ethernet(const Job& job, Compiled plain) {
  Answer answer = on_dead_handle(DLT_EN10MB, job);
  if (mentions(job.expression, "vlan")) {
    if (!answer.reason.empty()) answer = {std::move(plain), {}, {}};
    answer.compiled.unchecked =
        "this program looks for the VLAN tag in the packet's bytes, where live packets mostly do "
        "not have it: compiling `vlan` for live packets needs CAP_NET_RAW with lo up, or a user "
        "namespace";
  }
  return answer;
}

// After this the process may be without a network.
Answer in_private_namespace(const Job& job) {
  const Job plainly{job.expression, job.target, {false, job.options.netmask}};
  Answer plain = on_dead_handle(DLT_EN10MB, plainly);
  if (!plain.reason.empty()) return plain;
  plain.compiled.names = names_in(job.expression, plain.compiled.program);
  const std::string numeric = without_names(plainly, plain.compiled);
  Answer answer = on_dead_ethernet(job, plain.compiled);
  if (!numeric.empty() && !enter_private_namespace()) {
    const OpenedHandle opened = open_live("lo", job.target.snaplen);
    if (opened.handle) {
      answer = compiled_on(opened.handle.get(), DLT_EN10MB, {numeric, job.target, job.options},
                           How::kPrivateNamespace);
    }
  }
  answer.compiled.names = std::move(plain.compiled.names);
  return answer;
}

Answer for_ethernet(const Job& job) {
  const OpenedHandle opened = open_live("lo", job.target.snaplen);
  // A handle of lo whose link type is another would be a surprise, and its code wrong.
  if (opened.handle && pcap_datalink(opened.handle.get()) == DLT_EN10MB)
    return compiled_on(opened.handle.get(), DLT_EN10MB, job, How::kLive);
  return in_private_namespace(job);
}

Answer for_cooked(const Job& job) {
  Answer answer = on_dead_handle(DLT_LINUX_SLL2, job);
  if (!answer.reason.empty()) return answer;
  try {
    answer.compiled.program = for_cooked_socket(std::move(answer.compiled.program));
  } catch (const std::invalid_argument& error) {
    return refusal(error.what());
  }
  return answer;
}

bool has_bare_ip_packets(int hardware_type) {
  return hardware_type == ARPHRD_NONE || hardware_type == ARPHRD_RAWIP ||
         hardware_type == ARPHRD_TUNNEL || hardware_type == ARPHRD_TUNNEL6 ||
         hardware_type == ARPHRD_SIT;
}

Answer for_other_link(const Job& job) {
  const OpenedHandle opened = open_live(job.target.interface, job.target.snaplen);
  if (opened.handle) {
    const int link_type = pcap_datalink(opened.handle.get());
    // libpcap records such a link cooked; one cooked format is enough.
    if (link_type == DLT_LINUX_SLL) return for_cooked(job);
    return compiled_on(opened.handle.get(), link_type, job, How::kLive);
  }
  if (has_bare_ip_packets(job.target.hardware_type)) return on_dead_handle(DLT_RAW, job);
  return refusal("it is compiled on the interface " + job.target.interface +
                 ", which cannot be opened: " + opened.reason);
}

Answer answer_for(const Job& job) {
  const int type = job.target.hardware_type;
  if (job.target.interface == "any") return for_cooked(job);
  if (type == ARPHRD_ETHER || type == ARPHRD_LOOPBACK) return for_ethernet(job);
  return for_other_link(job);
}

int link_type_of_places(const Target& target) {
  if (target.interface == "any") return DLT_LINUX_SLL2;
  return has_bare_ip_packets(target.hardware_type) ? DLT_RAW : DLT_EN10MB;
}

}  // namespace

void answer_to(int pipe, const std::string& expression, const Target& target) {
  const Job job{expression, target, {target.optimize, netmask_of(target.interface)}};
  Answer answer = answer_for(job);
  Compiled& compiled = answer.compiled;
  if (compiled.how != How::kPrivateNamespace && compiled.names.empty())
    compiled.names = names_in(expression, compiled.program);
  const bool written = write_all(pipe, to_bytes(answer));
  if (!written || answer.reason.empty()) return;
  if (const auto place = error_place(expression, answer.reason, link_type_of_places(target)))
    (void)write_all(pipe, place_to_bytes(*place));
}

}  // namespace ringtail::filter
