// What looking at each packet of a block costs.

#include <benchmark/benchmark.h>

#include "bench/filled_block.h"
#include "ring/block_layout.h"
#include "ring/frame_cursor.h"

namespace ringtail::bench {
namespace {

void walk_block(benchmark::State& state) {
  FilledBlock block(pcapfile::LinkHeader::kEthernet, static_cast<std::size_t>(state.range(0)));
  const auto bytes = block.fresh();
  std::uint64_t wire_bytes = 0;
  for (auto _ : state) {
    ring::FrameCursor frames(bytes, ring::kFirstFrameOffset, block.packets());
    while (const auto frame = frames.next()) wire_bytes += frame->length;
  }
  benchmark::DoNotOptimize(wire_bytes);
  state.SetItemsProcessed(state.iterations() * block.packets());
}
BENCHMARK(walk_block)->Arg(64)->Arg(512)->Arg(1500)->Arg(9000)->Arg(FilledBlock::kMix);

}  // namespace
}  // namespace ringtail::bench
