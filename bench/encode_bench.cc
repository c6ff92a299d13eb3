// What encoding a block in place costs, by the shape of its records. Each block was copied to its
// place right before, so it lies in the cache as far as that holds it.

#include <benchmark/benchmark.h>

#include <chrono>

#include "bench/filled_block.h"
#include "pcapfile/in_place_encoder.h"
#include "pcapfile/pcap_format.h"
#include "ring/block_layout.h"
#include "ring/frame_cursor.h"

namespace ringtail::bench {
namespace {

using pcapfile::Format;
using pcapfile::LinkHeader;
using pcapfile::Precision;

template <LinkHeader kLinkHeader, Precision kPrecision, Format kFormat = Format::kPcap>
void encode_block(benchmark::State& state) {
  using Clock = std::chrono::steady_clock;
  constexpr pcapfile::RecordShape kShape{kLinkHeader, kPrecision, pcapfile::kMaxSnaplen, kFormat};
  FilledBlock block(kLinkHeader, static_cast<std::size_t>(state.range(0)));
  std::int64_t run_bytes = 0;
  for (auto _ : state) {
    const auto bytes = block.fresh();
    const auto begin = Clock::now();
    ring::FrameCursor frames(bytes, ring::kFirstFrameOffset, block.packets());
    const auto run = pcapfile::encode_in_place<ring::kBytesBeforeData>(
        frames, bytes.subspan(ring::kRunOffset), 0, kShape);
    benchmark::ClobberMemory();
    state.SetIterationTime(std::chrono::duration<double>(Clock::now() - begin).count());
    run_bytes += static_cast<std::int64_t>(run.end);
  }
  state.SetItemsProcessed(state.iterations() * block.packets());
  state.SetBytesProcessed(run_bytes);
}

void sizes(benchmark::internal::Benchmark* bench) {
  bench->Arg(64)->Arg(512)->Arg(1500)->Arg(9000)->Arg(FilledBlock::kMix)->UseManualTime();
}

BENCHMARK(encode_block<LinkHeader::kEthernet, Precision::kNano>)->Apply(sizes);
BENCHMARK(encode_block<LinkHeader::kEthernet, Precision::kMicro>)->Apply(sizes);
BENCHMARK(encode_block<LinkHeader::kOther, Precision::kNano>)->Apply(sizes);
BENCHMARK(encode_block<LinkHeader::kCooked, Precision::kNano>)->Apply(sizes);
BENCHMARK(encode_block<LinkHeader::kEthernet, Precision::kNano, Format::kPcapng>)->Apply(sizes);
BENCHMARK(encode_block<LinkHeader::kCooked, Precision::kNano, Format::kPcapng>)->Apply(sizes);

}  // namespace
}  // namespace ringtail::bench
