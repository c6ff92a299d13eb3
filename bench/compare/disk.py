"""How much of what the disk takes Ringtail reaches: fio's direct writes of 1 MiB, 8 deep, on the same file system.

More is sent than the disk takes, for long enough that files are rotated and the oldest of them removed. What
was lost must be lost to a full ring, and counted.
"""

import dataclasses
import json
import statistics
import tempfile
import time

import host
from namespaces import run
from recorders import Ringtail
from traffic import RECORDER_CPU, Traffic

SIZES = ("1500", "3000")
_KEPT = "16GiB"
_FIO_BYTES = 16 << 30  # once over a new file, as Ringtail's are: written again, it would be faster


@dataclasses.dataclass(frozen=True)
class DiskRun:
    size: str
    fio_bytes_per_second: float  # mean of a run before and one after: what a disk gives changes
    ringtail_bytes_per_second: float
    offered_bytes_per_second: float
    ringtail_lost_share: float  # above 0, the disk or the CPU was the limit, not the traffic
    files: int
    removed: int
    cached_bytes: int  # growth of the page cache


def fio_bytes_per_second(folder):
    with tempfile.TemporaryDirectory(dir=folder) as place:
        output = run("taskset", "-c", str(RECORDER_CPU), "fio", "--name=sequential", f"--directory={place}",
                     "--rw=write", "--bs=1M", "--iodepth=8", "--direct=1", "--ioengine=libaio", "--fallocate=posix",
                     f"--size={_FIO_BYTES}", "--output-format=json")  # fmt: skip
    return json.loads(output)["jobs"][0]["write"]["bw_bytes"]


def _record(size, folder, seconds):
    with (Traffic(size) as traffic, tempfile.TemporaryDirectory(dir=folder) as place,
          Ringtail(traffic, place, max_size=_KEPT) as recorder):  # fmt: skip
        recorder.wait_ready()
        tried = traffic.send(traffic.once_through_the_ring())
        host.wait_settled(recorder.pid, recorder.settled_seconds)
        (cached,) = host.memory_bytes("Cached")
        written = recorder.process.metrics().totals().written_bytes
        begin = time.monotonic()
        sent = traffic.send(int(tried.rate * seconds))
        passed = max(host.wait_settled(recorder.pid, recorder.settled_seconds) - begin, sent.seconds)
        (cached_after,) = host.memory_bytes("Cached")
        files = len(recorder.process.files())
        recorder.stop()
        totals = recorder.totals
        assert totals.received == tried.frames + sent.frames, f"{tried.frames + sent.frames} came: {totals}"
        assert totals.dropped == totals.by_reason["ring_full"], f"lost for another reason than a full ring: {totals}"
        return DiskRun(size, 0.0, (totals.written_bytes - written) / passed, sent.rate * (traffic.bytes + 16),
                       totals.dropped / sent.frames, totals.files, totals.files - files,
                       cached_after - cached)  # fmt: skip


def measure(size, folder, seconds):
    fio = [fio_bytes_per_second(folder)]
    recorded = _record(size, folder, seconds)
    fio.append(fio_bytes_per_second(folder))
    return dataclasses.replace(recorded, fio_bytes_per_second=statistics.fmean(fio))
