#include "filter/expression.h"

#include <pcap/pcap.h>

#include <cerrno>
#include <iterator>
#include <memory>

#include "base/check.h"

namespace ringtail::filter {
namespace {

struct CloseHandle {
  void operator()(pcap_t* handle) const { pcap_close(handle); }
};
using Handle = std::unique_ptr<pcap_t, CloseHandle>;

constexpr std::uint32_t kPacketOutgoing = 4;  // PACKET_OUTGOING of packet(7)
constexpr int kMaxSnaplen = 262144;
constexpr int kSmallBufferBytes = 256 << 10;  // of the handle, which captures nothing that we read

[[noreturn]] void fail(const std::string& expression, const std::string& reason) {
  throw FilterError("filter '" + expression + "': " + reason);
}

// For what the expression is not to blame for; the error is `errno`.
[[noreturn]] void fail_in_this_state(const std::string& expression, const std::string& remedy) {
  base::throw_errno("compiling for live packets the filter", "'" + expression + "'", remedy);
}

Program compile_on(pcap_t* handle, const std::string& expression) {
  constexpr int kOptimize = 1;
  bpf_program compiled{};
  if (pcap_compile(handle, &compiled, expression.c_str(), kOptimize, PCAP_NETMASK_UNKNOWN) != 0) {
    fail(expression, pcap_geterr(handle));
  }
  Program program;
  program.reserve(compiled.bf_len);
  for (unsigned i = 0; i < compiled.bf_len; ++i) {
    const bpf_insn& instruction = compiled.bf_insns[i];
    program.push_back({instruction.code, instruction.jt, instruction.jf, instruction.k});
  }
  pcap_freecode(&compiled);
  return program;
}

Handle activate_loopback(const std::string& expression, std::uint32_t snaplen) {
  char error[PCAP_ERRBUF_SIZE] = "";
  Handle handle(pcap_create("lo", error));
  if (!handle) fail(expression, error);
  pcap_set_snaplen(handle.get(), static_cast<int>(snaplen));
  pcap_set_buffer_size(handle.get(), kSmallBufferBytes);
  const int result = pcap_activate(handle.get());
  if (result == PCAP_ERROR_PERM_DENIED) {
    errno = EPERM;
    fail_in_this_state(expression, "that needs CAP_NET_RAW: run as root or give it");
  }
  if (result == PCAP_ERROR_IFACE_NOT_UP) {
    errno = ENETDOWN;
    fail_in_this_state(expression, "it is compiled on the interface lo: `ip link set lo up`");
  }
  if (result < 0) {
    fail(expression, std::string(pcap_statustostr(result)) + ": " + pcap_geterr(handle.get()));
  }
  return handle;
}

}  // namespace

Program compile_for_ethernet(const std::string& expression, std::uint32_t snaplen) {
  if (expression.empty()) return {sock_filter{BPF_RET | BPF_K, 0, 0, snaplen}};
  return compile_on(activate_loopback(expression, snaplen).get(), expression);
}

void check_syntax(const std::string& expression) {
  const Handle handle(pcap_open_dead(DLT_EN10MB, kMaxSnaplen));
  if (!handle) fail(expression, "out of memory");
  (void)compile_on(handle.get(), expression);
}

Program without_outgoing(const Program& program) {
  Program composed{
      {BPF_LD | BPF_B | BPF_ABS, 0, 0, static_cast<std::uint32_t>(SKF_AD_OFF + SKF_AD_PKTTYPE)},
      {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, kPacketOutgoing},
      {BPF_RET | BPF_K, 0, 0, 0},
  };
  std::copy(program.begin(), program.end(), std::back_inserter(composed));
  return composed;
}

}  // namespace ringtail::filter
