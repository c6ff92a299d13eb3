"""One run of one recorder: traffic at a rate, in two parts, and what it cost.

The first part fills the ring once, or at a low rate is as long as the second ("cold": ring and page cache are
memory that nobody used lately); before the second one memory just used is given back for it ("warm"). CPU time is
taken when the recorder is ready and quiet, and each time when it has settled after a part, so that neither its start
nor its end is in it.
"""

import dataclasses
import tempfile
import time

import host
from traffic import RECORDER_CPU

_SET_UP_SECONDS = 0.2  # of doing nothing: a recorder that said that it is ready has set up its threads' rings, too


@dataclasses.dataclass(frozen=True)
class Run:
    recorder: str
    size: str
    wanted_rate: float  # packets a second; 0: full speed, which the disk may limit
    rate: float  # that came in the second part
    packets: int  # that came in both parts
    lost: int  # of these, not in the files
    cold_us: float  # CPU of the recorder's process for each packet of the first part
    warm_us: float  # the same for each packet of the second part that is not lost
    kernel_us: float  # CPU of the kernel's workers until all is on disk, for each recorded packet of both parts
    busy_us: float  # all that the recorder's CPU did, like warm_us, in ticks of 10 ms
    cached_bytes: int  # growth of the page cache, both parts
    dirty_bytes: int  # of these, not on disk when the recorder has settled
    resident_bytes: int
    anonymous_bytes: int
    recorded_bytes: int  # both parts
    warm_packets: int
    warm_seconds: float  # from the first packet of the second part until the recorder has settled
    coldness: float  # of the memory of the first part: times as long to get as memory just used
    ring_peak_share: float | None  # most of the ring that was in use, as the recorder says, if it does

    @property
    def lost_share(self):
        return self.lost / self.packets

    @property
    def bytes_per_second(self):
        """Of the second part, on the way to disk."""
        warm_share = (self.warm_packets - self.lost) / (self.packets - self.lost)
        return self.recorded_bytes * warm_share / self.warm_seconds


@dataclasses.dataclass(frozen=True)
class Part:
    frames: int
    rate: float
    cpu_ns: int
    busy_seconds: float
    seconds: float


def send(traffic, recorder, count, rate):
    cpu, busy = host.process_ns(recorder.pid), host.busy_seconds(RECORDER_CPU)
    sent = traffic.send(count, rate)
    begin = time.monotonic() - sent.seconds
    settled = host.wait_settled(recorder.pid, recorder.settled_seconds)
    return Part(sent.frames, sent.rate, host.process_ns(recorder.pid) - cpu,
                 host.busy_seconds(RECORDER_CPU) - busy, max(settled - begin, sent.seconds))  # fmt: skip


def wait_set_up(recorder):
    recorder.wait_ready()
    host.wait_settled(recorder.pid, _SET_UP_SECONDS)


def measure(make_recorder, traffic, folder, count, rate=0, limit=0):
    """Full speed, if no rate is given: not more than `limit`, if there is one."""
    host.write_out(folder)
    with tempfile.TemporaryDirectory(dir=folder) as place, host.ColdMemory() as memory, \
            make_recorder(traffic, place) as recorder:
        wait_set_up(recorder)
        workers = host.kernel_workers()
        cached, dirty = host.memory_bytes("Cached", "Dirty")
        once = traffic.once_through_the_ring()
        cold = send(traffic, recorder, min(once, count) if rate else once, rate or limit)
        memory.give_back()
        warm = send(traffic, recorder, count, rate or limit)
        cached_after, dirty_after = host.memory_bytes("Cached", "Dirty")
        resident = host.resident_bytes(recorder.pid)
        ring_peak_share = recorder.ring_peak_share()
        recorder.stop()
        host.write_out(folder)
        kernel_ns = host.kernel_workers_ns(workers, host.kernel_workers())
        packets = cold.frames + warm.frames
        recorded = recorder.recorded_packets()
        # What the first part brings fits into the ring, so the second one has the losses.
        warm_recorded = max(recorded - cold.frames, 1)
        return Run(
            recorder=recorder.name, size=traffic.size, wanted_rate=rate, rate=warm.rate, packets=packets,
            lost=packets - recorded, cold_us=cold.cpu_ns / cold.frames / 1e3, warm_us=warm.cpu_ns / warm_recorded / 1e3,
            kernel_us=kernel_ns / max(recorded, 1) / 1e3, busy_us=warm.busy_seconds / warm_recorded * 1e6,
            cached_bytes=cached_after - cached, dirty_bytes=dirty_after - dirty,
            resident_bytes=resident["VmRSS"], anonymous_bytes=resident["RssAnon"],
            recorded_bytes=recorder.recorded_bytes() if recorder.writes else 0, warm_packets=warm.frames,
            warm_seconds=warm.seconds, coldness=memory.coldness, ring_peak_share=ring_peak_share,
        )  # fmt: skip
