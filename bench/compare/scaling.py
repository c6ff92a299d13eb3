"""Does a packet cost the same at each rate, and with one worker and two? Of Ringtail alone, on warm memory.

A block that is retired by its timeout is not full, and what a block costs is shared by fewer packets: how many
packets a block had is told beside the cost.
"""

import dataclasses
import tempfile

import host
import measurement
from recorders import Ringtail
from traffic import RECORDER_CPU, SENDER_CPU, Traffic

_CPUS = (RECORDER_CPU, SENDER_CPU)  # of the first worker, and of the second


@dataclasses.dataclass(frozen=True)
class Case:
    size: str
    workers: int
    wanted_rate: float  # packets a second; 0: full speed


CASES = tuple(Case(size, 1, rate) for size in ("64", "1500") for rate in (1e4, 1e5, 5e5, 0)) + tuple(
    Case(size, 2, 5e5) for size in ("64", "1500"))  # fmt: skip


@dataclasses.dataclass(frozen=True)
class ScalingRun:
    case: Case
    rate: float  # that came
    recorder_us: float  # CPU of the recorder's process for each recorded packet
    packets_per_block: float
    timed_out_share: float  # of the blocks
    lost_share: float


def _blocks(recorder):
    metrics = recorder.process.metrics()
    return [metrics.sum("ringtail_ring_retired_blocks_total", reason=reason) for reason in ("full", "timeout")]


def measure(case, folder, seconds):
    with (Traffic(case.size) as traffic, tempfile.TemporaryDirectory(dir=folder) as place,
          Ringtail(traffic, place, cpus=_CPUS[: case.workers]) as recorder):  # fmt: skip
        recorder.wait_ready()
        tried = traffic.send(traffic.once_through_the_ring())
        host.wait_settled(recorder.pid, recorder.settled_seconds)
        host.touch_memory(measurement.TOUCHED_BYTES)
        blocks, cpu_ns = _blocks(recorder), host.process_ns(recorder.pid)
        written = recorder.process.metrics().totals().written
        sent = traffic.send(int((case.wanted_rate or tried.rate) * seconds), case.wanted_rate)
        host.wait_settled(recorder.pid, recorder.settled_seconds)
        cpu_ns = host.process_ns(recorder.pid) - cpu_ns
        full, timed_out = (after - before for after, before in zip(_blocks(recorder), blocks))
        recorder.stop()
        written = recorder.totals.written - written
        return ScalingRun(case, sent.rate, cpu_ns / written / 1e3, written / (full + timed_out),
                          timed_out / (full + timed_out), 1 - written / sent.frames)  # fmt: skip
