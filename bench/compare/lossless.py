"""What is lost at the generator's full speed, and the highest rate of which nothing is, on a disk of memory.

There a recorder that writes directly is not held up by the disk. Each run is several times what a ring holds, so that
it is not the ring that takes it.
"""

import dataclasses
import statistics

import memory_disk
from measurement import measure
from traffic import Traffic

_STEPS = 6
_RINGS = 8  # that a run fills at least


@dataclasses.dataclass(frozen=True)
class LosslessRate:
    recorder: str
    size: str
    packets_per_second: float
    is_all: bool  # that the generator can do: the recorder may do more


def _run(kind, traffic, folder, rate, wanted_rate, seconds):
    count = max(int(rate * seconds), _RINGS * traffic.once_through_the_ring())
    return measure(kind, traffic, folder, min(count, memory_disk.room(traffic)), wanted_rate)


def full_speed(kind, traffic, folder, full, seconds):
    return _run(kind, traffic, folder, full, 0, seconds)


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
            run = _run(kind, traffic, folder, rate, rate, seconds)
            if run.lost == 0:
                lossless = run.rate
            else:
                lossy = rate
    return LosslessRate(kind.name, size, lossless, False)
