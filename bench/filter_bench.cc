// What putting a compiled filter together costs (at start and at a reload, not for a packet).

#include <benchmark/benchmark.h>

#include <string>

#include "filter/cooked.h"
#include "filter/direction.h"
#include "filter/expression.h"
#include "filter/scratch_memory.h"

namespace ringtail::bench {
namespace {

filter::Program compiled(const std::string& link_type) {
  return filter::compile("tcp port 443 or udp port 53 or host 192.0.2.1",
                         {.interface = {}, .link_type = link_type})
      .program;
}

void compose_direction(benchmark::State& state) {
  const filter::Program program = compiled("EN10MB");
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        filter::with_direction(program, filter::Direction::kIn, filter::Loopback::kNone));
  }
}
BENCHMARK(compose_direction);

void zero_scratch_memory(benchmark::State& state) {
  const filter::Program program = compiled("EN10MB");
  for (auto _ : state) benchmark::DoNotOptimize(filter::with_zeroed_memory(program));
}
BENCHMARK(zero_scratch_memory);

void compile_in_child(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(compiled("EN10MB"));
}
BENCHMARK(compile_in_child)->UseRealTime();

void compile_cooked_in_child(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(compiled(std::string(filter::kCookedLinkType)));
  }
}
BENCHMARK(compile_cooked_in_child)->UseRealTime();

}  // namespace
}  // namespace ringtail::bench
