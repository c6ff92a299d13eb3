"""What the TCP watch costs, which counts on each recorded interface unless it is turned off: with it and without."""

import dataclasses
import tempfile

import host
from filters import FILTERS, SIZE
from recorders import Ringtail
from traffic import RECORDER_CPU, Traffic

FLOOD_RATE = 1e6


@dataclasses.dataclass(frozen=True)
class Case:
    carries: str  # the traffic, as bench_generator names it; only of SYNs does the watch take any
    takes: str  # what the capture beside it takes
    wanted_rate: float  # packets a second; 0: full speed


CASES = (Case("udp", "nothing", 0), Case("ack", "nothing", 0), Case("syn", "nothing", 0),
         Case("syn", "all", FLOOD_RATE))  # fmt: skip


@dataclasses.dataclass(frozen=True)
class WatchRun:
    case: Case
    watch: bool
    rate: float  # that came
    receive_us: float  # CPU time that capture and watch add to sending and receiving one packet; at full speed alone,
    # as at a rate the generator spins until the next packet is due
    recorder_us: float  # CPU of the recorder for each packet that came and that the watch did not drop
    lost_share: float  # of what the capture takes
    dropped_share: float  # of the SYNs, by the watch
    growth_bytes: int  # of resident memory, from a tenth of the traffic on


def _captures(case):
    takes = {} if case.takes == "all" else {"filter": FILTERS[case.takes]}
    return [{"name": "beside", "interfaces": ["record0"], "cpus": [RECORDER_CPU], "ring": {"memory": "64MiB"}, **takes}]


def _counted_and_dropped(recorder, frames, case, watch):
    """SYNs of the watch. Each one that came is in one of these."""
    if not watch or case.carries != "syn":
        return frames, 0
    metrics = recorder.process.metrics()
    counted = metrics.sum("ringtail_tcp_syn_packets_total", interface="record0")
    dropped = metrics.sum("ringtail_tcp_watch_dropped_packets_total", interface="record0")
    assert counted + dropped == frames, f"of {frames} SYNs {counted} counted and {dropped} dropped"
    return counted, dropped


def measure(case, watch, folder, count):
    with Traffic(SIZE, case.carries) as traffic, tempfile.TemporaryDirectory(dir=folder) as place:
        alone = traffic.send(count, case.wanted_rate)
        watched = None if watch else []
        with Ringtail(traffic, place, _captures(case), watched) as recorder:
            recorder.wait_ready()
            first = traffic.send(count // 10, case.wanted_rate)
            host.wait_settled(recorder.pid, recorder.settled_seconds)
            resident, cpu_ns = host.resident_bytes(recorder.pid)["VmRSS"], host.process_ns(recorder.pid)
            sent = traffic.send(count, case.wanted_rate)
            host.wait_settled(recorder.pid, recorder.settled_seconds)
            cpu_ns = host.process_ns(recorder.pid) - cpu_ns
            resident = host.resident_bytes(recorder.pid)["VmRSS"] - resident
            came = first.frames + sent.frames
            counted, dropped = _counted_and_dropped(recorder, came, case, watch)
            recorder.stop()
            totals = recorder.totals
        return WatchRun(
            case, watch, rate=sent.rate,
            receive_us=(sent.cpu_seconds / sent.frames - alone.cpu_seconds / alone.frames) * 1e6,
            recorder_us=cpu_ns / (sent.frames * counted / came) / 1e3,
            lost_share=totals.dropped / max(totals.received, 1), dropped_share=dropped / came,
            growth_bytes=resident,
        )  # fmt: skip
