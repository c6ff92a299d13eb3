"""What the kernel says of CPU time and memory, and what the machine is."""

import contextlib
import mmap
import os
import pathlib
import platform
import re
import statistics
import subprocess
import time

import paths  # noqa: F401
from waiting import wait_until

_KERNEL_WORKERS = re.compile(r"kworker/|jbd2/|kswapd|kcompactd|khugepaged")
_CHUNK_BYTES = 128 << 20
_LEAST_HELD_BYTES, _MOST_HELD_BYTES = 3 << 30, 12 << 30
_COLD = 3  # times as long as memory just used
_MADV_POPULATE_WRITE = 23  # Linux 5.14, not in this Python


def _schedstat(task):
    """CPU time in nanoseconds, and how often it got a CPU; the field between these is how long it waited for one."""
    try:
        fields = (task / "schedstat").read_text().split()
        return int(fields[0]), int(fields[2])
    except (FileNotFoundError, ProcessLookupError):
        return 0, 0


def _thread_ns(task):
    return _schedstat(task)[0]


def process_ns(pid):
    """CPU time of all threads of a process that are there now, in user and system mode."""
    return sum(_thread_ns(task) for task in pathlib.Path(f"/proc/{pid}/task").iterdir())


def pin_threads(pid, cpu):
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        os.sched_setaffinity(int(task.name), {cpu})


def wakeups(pid):
    """How often its threads got a CPU: on a CPU that has nothing else to do, how often they were woken."""
    return sum(_schedstat(task)[1] for task in pathlib.Path(f"/proc/{pid}/task").iterdir())


def softirq_ns(cpu):
    """What a CPU's ksoftirqd has done so far: packets that their sender's own CPU time did not receive."""
    for process in pathlib.Path("/proc").iterdir():
        try:
            if process.name.isdigit() and (process / "comm").read_text() == f"ksoftirqd/{cpu}\n":
                return _thread_ns(process)
        except (FileNotFoundError, ProcessLookupError):
            continue
    raise AssertionError(f"no ksoftirqd/{cpu}")


def kernel_workers():
    """{pid: CPU nanoseconds} of the threads that write the page cache out, free it and complete writes."""
    found = {}
    for process in pathlib.Path("/proc").iterdir():
        if not process.name.isdigit():
            continue
        try:
            if _KERNEL_WORKERS.match((process / "comm").read_text()):
                found[process.name] = _thread_ns(process)
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def kernel_workers_ns(before, after):
    """What they took in between; those that have ended are not in it."""
    return sum(taken - before.get(pid, 0) for pid, taken in after.items())


def busy_seconds(cpu):
    """All that the CPU has done so far but idling: /proc/stat, in ticks of 10 ms."""
    for line in pathlib.Path("/proc/stat").read_text().splitlines():
        name, *fields = line.split()
        if name == f"cpu{cpu}":
            user, nice, system, _idle, _iowait, irq, softirq, *_ = map(int, fields)
            return (user + nice + system + irq + softirq) / 100
    raise AssertionError(f"no CPU {cpu}")


def memory_bytes(*names):
    """Of /proc/meminfo."""
    values = dict(re.findall(r"^(\S+):\s+(\d+) kB$", pathlib.Path("/proc/meminfo").read_text(), re.MULTILINE))
    return [int(values[name]) * 1024 for name in names]


def resident_bytes(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return {name: int(re.search(rf"^{name}:\s+(\d+) kB$", status, re.MULTILINE)[1]) * 1024
            for name in ("VmRSS", "RssAnon")}  # fmt: skip


def wait_settled(pid, quiet_seconds, seconds=60.0):
    """Until a process has done next to nothing for that long: it has taken all that came. Returns since when."""
    seen = [process_ns(pid), time.monotonic()]

    def settled():
        now = process_ns(pid)
        if now - seen[0] > 2_000_000:
            seen[:] = [now, time.monotonic()]
        return time.monotonic() - seen[1] >= quiet_seconds

    wait_until(settled, "the recorder has nothing left to do", seconds)
    return seen[1]


class ColdMemory:
    """For the time of a `with` what is taken is memory that nobody used lately: that which was is held meanwhile.

    A virtual machine does not have such memory: its host gives it page by page, at the first touch. What is held, 3
    GiB or more, is taken next when it has been given back.
    """

    def __enter__(self):
        self._held, seconds = [], []
        most = min(memory_bytes("MemAvailable")[0] // 2, _MOST_HELD_BYTES)
        while len(self._held) * _CHUNK_BYTES < most:
            chunk = mmap.mmap(-1, _CHUNK_BYTES, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
            chunk.madvise(mmap.MADV_NOHUGEPAGE)
            begin = time.monotonic()
            chunk.madvise(_MADV_POPULATE_WRITE)
            seconds.append(time.monotonic() - begin)
            self._held.append(chunk)
            if len(self._held) * _CHUNK_BYTES >= _LEAST_HELD_BYTES and min(seconds[-4:]) > _COLD * min(seconds):
                break
        # How many times as long it took as memory just used; about 1 where there is no difference.
        self.coldness = statistics.median(seconds[-4:]) / min(seconds)
        return self

    def __exit__(self, *_):
        self.give_back()

    def give_back(self):
        while self._held:
            self._held.pop().close()


@contextlib.contextmanager
def awake():
    """For the time of a `with` no CPU sleeps when it has nothing to do, as a busy server's never does. Gives whether
    the kernel lets that be asked for."""
    try:
        file = open("/dev/cpu_dma_latency", "wb", buffering=0)
    except OSError:
        yield False
        return
    with file:
        file.write(bytes(4))  # the latency that is endured, as long as it is open: none
        yield True


def write_out(folder):
    """All that is dirty on the folder's file system."""
    subprocess.run(["sync", "--file-system", folder], check=True)


def description(directory):
    """The machine, in one line."""
    cpu = re.search(r"^model name\s*:\s*(.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    cpus = sum(line.startswith("processor") for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines())
    flags = pathlib.Path("/proc/cpuinfo").read_text()
    virtual = " (virtual)" if " hypervisor" in flags else ""
    source, kind = subprocess.run(["findmnt", "-n", "-o", "SOURCE,FSTYPE", "-T", directory],
                                  capture_output=True, text=True, check=True).stdout.split()  # fmt: skip
    memory = memory_bytes("MemTotal")[0] / 2**30
    return (f"{cpus} CPUs{virtual} {cpu[1] if cpu else platform.machine()}, {memory:.0f} GiB, "
            f"Linux {platform.release()}, {kind} on {source}")  # fmt: skip
