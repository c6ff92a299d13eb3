"""How much of what the disk takes Ringtail reaches: fio's direct writes of 1 MiB, 8 deep, on the same file system."""

import dataclasses
import json
import tempfile

import measurement
from namespaces import run
from recorders import Ringtail
from traffic import RECORDER_CPU, Traffic

SIZE = "3000"  # more bytes a second than a disk takes


@dataclasses.dataclass(frozen=True)
class DiskRun:
    fio_bytes_per_second: float
    ringtail_bytes_per_second: float
    ringtail_lost_share: float  # above 0, the disk or the CPU was the limit, not the traffic


def fio_bytes_per_second(folder, size_bytes):
    with tempfile.TemporaryDirectory(dir=folder) as place:
        output = run("taskset", "-c", str(RECORDER_CPU), "fio", "--name=sequential", f"--directory={place}",
                     "--rw=write", "--bs=1M", "--iodepth=8", "--direct=1", "--ioengine=libaio", "--fallocate=posix",
                     f"--size={size_bytes}", "--output-format=json")  # fmt: skip
    return json.loads(output)["jobs"][0]["write"]["bw_bytes"]


def measure(folder, size_bytes):
    """Both write about so much."""
    with Traffic(SIZE) as traffic:
        ringtail = measurement.measure(Ringtail, traffic, folder, int(size_bytes / (traffic.bytes + 16)))
    return DiskRun(fio_bytes_per_second(folder, size_bytes), ringtail.bytes_per_second, ringtail.lost_share)
