"""What Ringtail costs where nothing happens: CPU time on a silent link, everything on that is on by default."""

import dataclasses
import tempfile
import time

import host
import paths
from namespaces import Link
from recorder import Recorder
from traffic import RECORDER_CPU, SENDER_CPU

CAPTURES, WORKERS = 4, 2
SCRAPE_SECONDS = 15  # as Prometheus does
_SETTLED_SECONDS = 1.0
_THROUGH = ("taskset", "-c", f"{SENDER_CPU},{RECORDER_CPU}")


@dataclasses.dataclass(frozen=True)
class IdleRun:
    share: float  # of one CPU
    wakeups: float  # of all threads together, each second
    scrape_us: float  # CPU time of one scrape; it is in `share`


def _settings(interface):
    captures = [{"name": f"c{i}", "interfaces": [interface], "workers": WORKERS, "ring": {"memory": "32MiB"}}
                for i in range(CAPTURES)]  # fmt: skip
    return {"captures": captures, "storage": {"max_size": "64GiB", "min_free": "0%"}}


def _scrape_ns(recorder):
    before = host.process_ns(recorder.pid)
    status, _, _ = recorder.request("GET", "/metrics", {"Accept-Encoding": "gzip"})
    assert status == 200, f"/metrics says {status}"
    return host.process_ns(recorder.pid) - before


def measure(folder, seconds):
    with Link() as link, tempfile.TemporaryDirectory(dir=folder) as place:
        settings = _settings(link.RECORDER)
        with Recorder(link.recorder_namespace, settings, place, through=_THROUGH, binary=paths.RINGTAIL) as recorder:
            recorder.wait_ready()
            host.wait_settled(recorder.pid, _SETTLED_SECONDS)
            begin, cpu_ns, wakeups = time.monotonic(), host.process_ns(recorder.pid), host.wakeups(recorder.pid)
            scrapes = []
            while len(scrapes) * SCRAPE_SECONDS < seconds:
                time.sleep(min(SCRAPE_SECONDS, seconds))
                scrapes.append(_scrape_ns(recorder))
            passed = time.monotonic() - begin
            cpu_ns, wakeups = host.process_ns(recorder.pid) - cpu_ns, host.wakeups(recorder.pid) - wakeups
            recorder.stop_and_total()
        return IdleRun(cpu_ns / 1e9 / passed, wakeups / passed, sum(scrapes) / len(scrapes) / 1e3)
