#include "filter/compiler.h"

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

Answer compiled_on(pcap_t* handle, const Job& job, How how) {
  if (handle == nullptr) return refusal("out of memory");
  CompileOutcome outcome = compile_on(handle, job.expression, job.options);
  if (outcome.program.empty()) return refusal(outcome.reason);
  Answer answer;
  answer.compiled.program = std::move(outcome.program);
  answer.compiled.how = how;
  return answer;
}

Answer on_dead_handle(int link_type, const Job& job) {
  const PcapHandle handle = open_dead(link_type, job.target.snaplen);
  return compiled_on(handle.get(), job, How::kDeadHandle);
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
      answer = compiled_on(opened.handle.get(), {numeric, job.target, job.options},
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
    return compiled_on(opened.handle.get(), job, How::kLive);
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

Answer for_other_link(int link_type, const Job& job) {
  const OpenedHandle opened = open_live(job.target.interface, job.target.snaplen);
  if (!opened.handle) return on_dead_handle(link_type, job);
  // A program for another link type would look for everything in the wrong place.
  const int recorded = pcap_datalink(opened.handle.get());
  if (recorded != link_type) {
    return refusal("libpcap takes the packets of " + job.target.interface + " for DLT " +
                   std::to_string(recorded) + ", not for " + job.target.link_type);
  }
  return compiled_on(opened.handle.get(), job, How::kLive);
}

Answer answer_for(int link_type, const Job& job) {
  switch (link_type) {
    case DLT_EN10MB:
      return for_ethernet(job);
    case DLT_LINUX_SLL2:
      return for_cooked(job);
    default:
      return for_other_link(link_type, job);
  }
}

}  // namespace

void answer_to(int pipe, const std::string& expression, const Target& target) {
  const Job job{expression, target, {target.optimize, netmask_of(target.interface)}};
  const int link_type = pcap_datalink_name_to_val(target.link_type.c_str());
  Answer answer = answer_for(link_type, job);
  Compiled& compiled = answer.compiled;
  if (compiled.how != How::kPrivateNamespace && compiled.names.empty())
    compiled.names = names_in(expression, compiled.program);
  const bool written = write_all(pipe, to_bytes(answer));
  if (!written || answer.reason.empty()) return;
  if (const auto place = error_place(expression, answer.reason, link_type))
    (void)write_all(pipe, place_to_bytes(*place));
}

}  // namespace ringtail::filter
