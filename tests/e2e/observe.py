"""What the kernel says of a running recorder: its threads, its memory, its CPU time, its disk, its cached pages and its locks."""

import fcntl
import os
import pathlib
import re
import time

from namespaces import run


def cpu_seconds(pid):
    """User and system time of all threads so far."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def context_switches(pid, thread_prefix):
    """{thread name: how often it was switched away from}."""
    found = {}
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        name = (task / "comm").read_text().strip()
        if name.startswith(thread_prefix):
            lines = (task / "status").read_text().splitlines()
            found[name] = sum(int(line.split()[1]) for line in lines if "ctxt_switches" in line)
    return found


def resources(pid):
    """What a process has: descriptors, threads, and memory in KiB, with that of the rings apart."""
    with open(f"/proc/{pid}/status") as status, open(f"/proc/{pid}/maps") as maps:
        resident = int(re.search(r"VmRSS:\s+(\d+)", status.read())[1])
        rings = re.findall(r"^([0-9a-f]+)-([0-9a-f]+) .* socket:\[\d+\]$", maps.read(), re.MULTILINE)
    return {
        "descriptors": len(os.listdir(f"/proc/{pid}/fd")),
        "threads": sum(1 for task in pathlib.Path(f"/proc/{pid}/task").iterdir() if not _is_of_io_uring(task)),
        "rings": sum(int(end, 16) - int(begin, 16) for begin, end in rings) // 1024,
        "resident": resident,
    }


def _is_of_io_uring(task):
    """The kernel makes such threads, and ends them when they are idle."""
    try:
        return (task / "comm").read_text().startswith("iou-")
    except (FileNotFoundError, ProcessLookupError):  # it has
        return True


def sockets(pid):
    """How many it has open."""
    return _count_descriptors(pid, "socket:")


def io_urings(pid):
    """How many it has open."""
    return _count_descriptors(pid, "anon_inode:[io_uring]")


def _count_descriptors(pid, kind):
    return sum(1 for fd in pathlib.Path(f"/proc/{pid}/fd").iterdir() if _is(fd, kind))


def _is(fd, kind):
    try:
        return os.readlink(fd).startswith(kind)
    except FileNotFoundError:  # closed meanwhile
        return False


def _sizes(directory):
    """{path: bytes on disk}; None if a file vanished meanwhile."""
    try:
        return {path: path.lstat().st_blocks * 512 for path in directory.rglob("*") if not path.is_dir()}
    except FileNotFoundError:
        return None


def disk_use(directory):
    """{path: bytes on disk} of all files, as it was at one moment.

    Files come and go while they are read, which could count both a deleted one and its successor: so
    only a reading before and after which the folder held the same names is one.
    """
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        sizes = _sizes(directory)
        again = _sizes(directory)
        if sizes is not None and again is not None and sizes.keys() == again.keys():
            return sizes
    raise AssertionError(f"{directory} never stood still")


def cached_bytes(files):
    """How much of the files the page cache holds."""
    if not files:
        return 0
    output = run("fincore", "--noheadings", "--bytes", "--raw", "--output", "RES", *files)
    return sum(map(int, output.split()))


def is_locked(path):
    """Whether somebody, be it the kernel for a write that is not through, has the file's lock."""
    file = os.open(path, os.O_RDONLY | os.O_NOATIME)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return False
    except BlockingIOError:
        return True
    finally:
        os.close(file)
