#include "filter/pcap_handle.h"

#include <arpa/inet.h>

namespace ringtail::filter {
namespace {

constexpr int kSmallBufferBytes = 256 << 10;  // of a handle that captures nothing

void reject_everything(pcap_t* handle) {
  bpf_insn reject{BPF_RET | BPF_K, 0, 0, 0};
  bpf_program program{1, &reject};
  (void)pcap_setfilter(handle, &program);  // failing: some traffic is copied and thrown away
}

}  // namespace

OpenedHandle open_live(const std::string& interface, std::uint32_t snaplen) {
  char error[PCAP_ERRBUF_SIZE] = "";
  OpenedHandle opened;
  opened.handle.reset(pcap_create(interface.c_str(), error));
  if (!opened.handle) return {nullptr, PCAP_ERROR, error};
  pcap_set_snaplen(opened.handle.get(), static_cast<int>(snaplen));
  pcap_set_buffer_size(opened.handle.get(), kSmallBufferBytes);
  opened.status = pcap_activate(opened.handle.get());
  if (opened.status < 0) {
    const std::string details = pcap_geterr(opened.handle.get());
    opened.reason = pcap_statustostr(opened.status);
    if (!details.empty()) opened.reason += " (" + details + ")";
    opened.handle.reset();
    return opened;
  }
  reject_everything(opened.handle.get());
  return opened;
}

PcapHandle open_dead(int link_type, std::uint32_t snaplen) {
  return PcapHandle(pcap_open_dead(link_type, static_cast<int>(snaplen)));
}

CompileOutcome compile_on(pcap_t* handle, const std::string& expression, CompileOptions options) {
  bpf_program compiled{};
  if (pcap_compile(handle, &compiled, expression.c_str(), options.optimize ? 1 : 0,
                   options.netmask) != 0) {
    return {{}, pcap_geterr(handle)};
  }
  CompileOutcome outcome;
  outcome.program.reserve(compiled.bf_len);
  for (unsigned i = 0; i < compiled.bf_len; ++i) {
    const bpf_insn& instruction = compiled.bf_insns[i];
    outcome.program.push_back({instruction.code, instruction.jt, instruction.jf, instruction.k});
  }
  pcap_freecode(&compiled);
  return outcome;
}

std::uint32_t netmask_of(const std::string& interface) {
  char error[PCAP_ERRBUF_SIZE] = "";
  bpf_u_int32 network = 0;
  bpf_u_int32 netmask = 0;
  const bool known =
      !interface.empty() && pcap_lookupnet(interface.c_str(), &network, &netmask, error) == 0;
  // pcap_compile() compares it with words as a program loads them, pcap_lookupnet() has it as it is
  // sent; whoever hands it on as it is, such as tcpdump -f, looks at the wrong end of addresses.
  return known ? ntohl(netmask) : 0;
}

}  // namespace ringtail::filter
