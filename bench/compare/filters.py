"""What filters cost: the receiving side (the sender's CPU here) and the recorder, by captures and by what they take."""

import dataclasses
import tempfile

import host
import measurement
from recorders import Ringtail
from traffic import RECORDER_CPU, Traffic

SIZE = "64"
CAPTURES = (1, 4, 16)
# The generator's packets have one of 100 source ports, from 20000 on.
FILTERS = {"nothing": "udp src port 9", "1 %": "udp src port 20000", "all": "udp"}


@dataclasses.dataclass(frozen=True)
class FilterRun:
    captures: int
    takes: str
    receive_us: float  # CPU time that the captures add to sending and receiving one packet
    recorder_us: float  # CPU of the recorder for each packet that came
    lost_share: float  # of what the filters took


def _captures(count, expression):
    return [
        {"name": f"c{i}", "interfaces": ["record0"], "cpus": [RECORDER_CPU], "ring": {"memory": "16MiB"},
         "filter": expression} for i in range(count)
    ]  # fmt: skip


def measure(captures, takes, folder, count):
    with Traffic(SIZE) as traffic, tempfile.TemporaryDirectory(dir=folder) as place:
        alone = traffic.send(count)
        with Ringtail(traffic, place, _captures(captures, FILTERS[takes]), watched=[]) as recorder:
            measurement.wait_set_up(recorder)
            before = host.process_ns(recorder.pid)
            sent = traffic.send(count)
            host.wait_settled(recorder.pid, recorder.settled_seconds)
            recorder_ns = host.process_ns(recorder.pid) - before
            recorder.stop()
            totals = recorder.totals
        return FilterRun(
            captures, takes,
            receive_us=(sent.cpu_seconds / sent.frames - alone.cpu_seconds / alone.frames) * 1e6,
            recorder_us=recorder_ns / sent.frames / 1e3,
            lost_share=totals.dropped / max(totals.received, 1),
        )  # fmt: skip
