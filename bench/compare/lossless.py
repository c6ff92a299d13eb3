"""What is lost at the generator's full speed, and the highest rate of which nothing is, on a disk of memory.

There a recorder that writes directly is not held up by the disk, and one that leaves it to the page cache gains
nothing from a run's being short.
"""

import dataclasses
import statistics

import memory_disk
from measurement import measure
from traffic import Traffic

_STEPS = 6


@dataclasses.dataclass(frozen=True)
class LosslessRate:
    recorder: str
    size: str
    packets_per_second: float
    is_all: bool  # that the generator can do: the recorder may do more


def _run(kind, traffic, folder, rate, wanted_rate, seconds):
    return measure(kind, traffic, folder, memory_disk.frames(traffic, rate, seconds), wanted_rate)


def full_speed(kind, size, folder, seconds):
    with Traffic(size) as traffic:
        return _run(kind, traffic, folder, traffic.full_rate(), 0, seconds)


def highest_rate(kind, size, folder, seconds, runs):
    """Found by halving, where most of its `runs` at full speed lost something."""
    runs = [run for run in runs if (run.recorder, run.size) == (kind.name, size)]
    assert runs, "each run at full speed failed"
    full = statistics.median(run.rate for run in runs)
    if statistics.median(run.lost for run in runs) == 0:
        return LosslessRate(kind.name, size, full, True)
    lossless, lossy = 0.0, full
    with Traffic(size) as traffic:
        for _ in range(_STEPS):
            rate = (lossless + lossy) / 2
            if _run(kind, traffic, folder, rate, rate, seconds).lost == 0:
                lossless = rate
            else:
                lossy = rate
    return LosslessRate(kind.name, size, lossless, False)
