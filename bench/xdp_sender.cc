#include "bench/xdp_sender.h"

#include <linux/bpf.h>
#include <net/if.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>
#include <cstring>

#include "base/check.h"
#include "bench/xdp_program.h"

namespace ringtail::bench {
namespace {

// Few enough that they do not come as one burst, and that interrupts of the sender's CPU are not
// held up for long: the kernel lets them in between.
constexpr std::uint32_t kFramesAtOnce = 32;

bpf_attr no_attributes() {
  bpf_attr attributes;
  std::memset(&attributes, 0, sizeof attributes);
  return attributes;
}

int bpf(bpf_cmd command, bpf_attr& attributes) {
  return static_cast<int>(::syscall(SYS_bpf, command, &attributes, sizeof attributes));
}

std::uint64_t address_of(const void* memory) { return reinterpret_cast<std::uintptr_t>(memory); }

base::UniqueFd make_due_map(const std::string& interface) {
  bpf_attr attributes = no_attributes();
  attributes.map_type = BPF_MAP_TYPE_ARRAY;
  attributes.key_size = sizeof(std::uint32_t);
  attributes.value_size = sizeof(std::uint64_t);
  attributes.max_entries = 1;
  return base::UniqueFd(base::check(bpf(BPF_MAP_CREATE, attributes),
                                    "bpf(BPF_MAP_CREATE) to send on", interface, "it takes root"));
}

// When the next frame is due, by the clock that the program reads.
void set_due_now(int map, const std::string& interface) {
  const std::uint32_t key = 0;
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  const auto due =
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
  bpf_attr attributes = no_attributes();
  attributes.map_fd = static_cast<std::uint32_t>(map);
  attributes.key = address_of(&key);
  attributes.value = address_of(&due);
  base::check(bpf(BPF_MAP_UPDATE_ELEM, attributes), "bpf(BPF_MAP_UPDATE_ELEM) to send on",
              interface);
}

base::UniqueFd load(const std::vector<bpf_insn>& program, const std::string& interface) {
  bpf_attr attributes = no_attributes();
  attributes.prog_type = BPF_PROG_TYPE_XDP;
  attributes.insns = address_of(program.data());
  attributes.insn_cnt = static_cast<std::uint32_t>(program.size());
  attributes.license = address_of("GPL");
  return base::UniqueFd(base::check(bpf(BPF_PROG_LOAD, attributes), "bpf(BPF_PROG_LOAD) to send on",
                                    interface, "it takes root"));
}

int index_of(const std::string& interface) {
  const unsigned index = ::if_nametoindex(interface.c_str());
  base::check(index == 0 ? -1 : 0, "if_nametoindex of", interface);
  return static_cast<int>(index);
}

std::uint32_t interval_of(double frames_per_second) {
  constexpr double kNanosecondsPerSecond = 1e9;
  if (frames_per_second <= 0) return 0;
  return static_cast<std::uint32_t>(kNanosecondsPerSecond / frames_per_second);
}

}  // namespace

XdpSender::XdpSender(const std::string& interface, const FrameSizes& sizes, Carried carried,
                     double frames_per_second)
    : interface_(interface),
      frame_(make_frame(sizes.largest, carried)),
      due_map_(make_due_map(interface)),
      program_(load(sending_program({.interface_index = index_of(interface),
                                     .sizes = sizes,
                                     .interval_ns = interval_of(frames_per_second),
                                     .due_map = due_map_.get()}),
                    interface)) {}

void XdpSender::send(std::uint32_t count) {
  set_due_now(due_map_.get(), interface_);
  bpf_attr attributes = no_attributes();
  attributes.test.prog_fd = static_cast<std::uint32_t>(program_.get());
  attributes.test.data_in = address_of(frame_.data());
  attributes.test.data_size_in = static_cast<std::uint32_t>(frame_.size());
  attributes.test.repeat = count;
  attributes.test.batch_size = kFramesAtOnce;
  attributes.test.flags = BPF_F_TEST_XDP_LIVE_FRAMES;
  base::check(bpf(BPF_PROG_TEST_RUN, attributes), "bpf(BPF_PROG_TEST_RUN) to send on", interface_,
              "live frames need Linux 5.18; --way socket does without");
}

}  // namespace ringtail::bench
