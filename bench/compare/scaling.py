"""Does a packet cost the same at each rate, and with one worker and two? On warm memory, beside the null consumer.

A block that is retired by its timeout is not full, and what a block costs is shared by fewer packets. That share is
told beside the cost, from what packets cost more at a thousand a second, where a block has about sixty, than at the
highest rate. What the machine makes of a rate, by memory and caches that others use, the null consumer pays as well.
No CPU sleeps meanwhile: how long one needs to come back says something of the machine, not of the recorder.

Of the same traffic, each of two workers has half: its blocks take twice as long to be filled, and are as long out of
the caches. They share the recorder's CPU: on the other one, of the two that there are, it is the sender that they would
share it with.
"""

import dataclasses
import tempfile

import host
import measurement
import memory_disk
from recorders import Null, Ringtail
from traffic import RECORDER_CPU, SENDER_CPU, Traffic

_CPUS = (RECORDER_CPU, SENDER_CPU)  # that the workers are given
SLOWEST = 1e3  # packets a second: all blocks are retired by their timeout, with few packets, but enough for a write
_SLOW = 2.5e5  # up to there a run is longer: it has few blocks, and what else the process does counts for more


@dataclasses.dataclass(frozen=True)
class Case:
    size: str
    workers: int
    wanted_rate: float  # packets a second; 0: full speed


CASES = tuple(Case(size, workers, rate) for size in ("64", "1500")
              for rate, most in ((SLOWEST, 1), (1e4, 1), (1e5, 1), (2.5e5, 1), (5e5, 2), (1e6, 2), (0, 1))
              for workers in range(1, most + 1))  # fmt: skip


@dataclasses.dataclass(frozen=True)
class ScalingRun:
    case: Case
    repetition: int
    rate: float  # that came
    recorder_us: float  # CPU of the recorder's process for each recorded packet
    null_us: float  # of the null consumer's for each packet that came, at the same rate
    packets_per_block: float
    timed_out_share: float  # of the blocks
    lost_share: float

    @property
    def timed_out_per_packet(self):
        return self.timed_out_share / self.packets_per_block


def _blocks(recorder):
    metrics = recorder.process.metrics()
    return [metrics.sum("ringtail_ring_retired_blocks_total", reason=reason) for reason in ("full", "timeout")]


def _warm_up(traffic, recorder):
    """The rate at which full speed came."""
    recorder.wait_ready()
    return measurement.send(traffic, recorder, traffic.once_through_the_ring(), 0).rate


def _frames(case, traffic, rate, seconds):
    if 0 < case.wanted_rate <= _SLOW:
        seconds *= 4
    return min(int((case.wanted_rate or rate) * seconds), memory_disk.room(traffic))


def _null_us(case, traffic, place, seconds):
    with Null(traffic, place) as consumer:
        rate = _warm_up(traffic, consumer)
        part = measurement.send(traffic, consumer, _frames(case, traffic, rate, seconds), case.wanted_rate)
        consumer.stop()
        return part.cpu_ns / part.frames / 1e3


def measure(case, repetition, folder, seconds):
    with Traffic(case.size) as traffic, tempfile.TemporaryDirectory(dir=folder) as place:
        null_us = _null_us(case, traffic, place, seconds)
        with Ringtail(traffic, place, cpus=_CPUS[: case.workers]) as recorder:
            rate = _warm_up(traffic, recorder)
            host.pin_threads(recorder.pid, RECORDER_CPU)
            blocks, written = _blocks(recorder), recorder.process.metrics().totals().written
            part = measurement.send(traffic, recorder, _frames(case, traffic, rate, seconds), case.wanted_rate)
            full, timed_out = (after - before for after, before in zip(_blocks(recorder), blocks))
            recorder.stop()
            written = recorder.totals.written - written
            return ScalingRun(case, repetition, part.rate, part.cpu_ns / written / 1e3, null_us,
                              written / (full + timed_out), timed_out / (full + timed_out),
                              1 - written / part.frames)  # fmt: skip
