"""One run of one recorder: traffic at a rate, in two parts, and what it cost.

The first part fills the ring once ("cold": ring and page cache are memory just taken), the second one comes
after memory was used and given back ("warm"). CPU time is taken when the recorder is ready, and each time
when it has settled after a part, so that neither its start nor its end is in it.
"""

import dataclasses
import tempfile

import host
from traffic import RECORDER_CPU

TOUCHED_BYTES = 4 << 30


@dataclasses.dataclass(frozen=True)
class Run:
    recorder: str
    size: str
    wanted_rate: float  # 0: full speed
    rate: float  # packets that came a second, in the second part
    packets: int  # that came in both parts
    lost: int  # of these, not in the files
    cold_us: float  # CPU of the recorder's process for each packet that came, first part
    warm_us: float  # the same, second part
    kernel_us: float  # CPU of the kernel's workers until all is on disk, both parts
    busy_us: float  # all that the recorder's CPU did, second part, in ticks of 10 ms
    cached_bytes: int  # growth of the page cache, both parts
    dirty_bytes: int  # of these, not on disk when the traffic ends
    resident_bytes: int
    anonymous_bytes: int
    recorded_bytes: int
    seconds: float  # of the second part

    @property
    def lost_share(self):
        return self.lost / self.packets


def _send(traffic, recorder, count, rate):
    """(sent, CPU ns of the recorder) of one part."""
    before = host.process_ns(recorder.pid)
    sent = traffic.send(count, rate)
    host.wait_settled(recorder.pid, recorder.settled_seconds)
    return sent, host.process_ns(recorder.pid) - before


def measure(make_recorder, traffic, folder, count, rate=0):
    host.forget_files()
    with tempfile.TemporaryDirectory(dir=folder) as place, make_recorder(traffic, place) as recorder:
        recorder.wait_ready()
        workers = host.kernel_workers()
        cached, dirty = host.memory_bytes("Cached", "Dirty")
        cold, cold_ns = _send(traffic, recorder, traffic.once_through_the_ring(), rate)
        host.touch_memory(TOUCHED_BYTES)
        busy = host.busy_seconds(RECORDER_CPU)
        warm, warm_ns = _send(traffic, recorder, count, rate)
        busy = host.busy_seconds(RECORDER_CPU) - busy
        cached_after, dirty_after = host.memory_bytes("Cached", "Dirty")
        resident = host.resident_bytes(recorder.pid)
        recorder.stop()
        host.write_out()
        kernel_ns = host.kernel_workers_ns(workers, host.kernel_workers())
        packets = cold.frames + warm.frames
        return Run(
            recorder=recorder.name, size=traffic.size, wanted_rate=rate, rate=warm.rate, packets=packets,
            lost=packets - recorder.recorded_packets(),
            cold_us=cold_ns / cold.frames / 1000, warm_us=warm_ns / warm.frames / 1000,
            kernel_us=kernel_ns / packets / 1000, busy_us=busy / warm.frames * 1e6,
            cached_bytes=cached_after - cached, dirty_bytes=dirty_after - dirty,
            resident_bytes=resident["VmRSS"], anonymous_bytes=resident["RssAnon"],
            recorded_bytes=recorder.recorded_bytes() if recorder.writes else 0, seconds=warm.seconds,
        )  # fmt: skip


def loses_nothing(make_recorder, traffic, folder, count, rate):
    return measure(make_recorder, traffic, folder, count, rate).lost == 0
