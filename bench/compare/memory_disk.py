"""A file system on a disk of memory: what a recorder loses on it is not the disk's fault.

The disk is a loop device on a file in memory, which is all taken beforehand; the file system on it is a real one, and
takes direct writes. What copies the writes is a kernel worker, on whichever CPU the kernel finds for it.
"""

import contextlib

from namespaces import run

_BYTES = 8 << 30
_USABLE_BYTES = _BYTES * 3 // 4  # that a run may record: a file system has its own part, and files are preallocated
_MIB = 1 << 20


def _unmount(path):
    while path.is_mount():
        run("umount", path)


@contextlib.contextmanager
def memory_disk(folder):
    """The path to record to, for the time of a `with`."""
    path = folder / "memory-disk"
    path.mkdir(exist_ok=True)
    _unmount(path)  # what a run that was killed has left
    try:
        run("mount", "-t", "tmpfs", "-o", f"size={_BYTES // _MIB + 64}M", "none", path)
        image = path / "image"
        run("dd", "if=/dev/zero", f"of={image}", f"bs={_MIB}", f"count={_BYTES // _MIB}")
        run("mkfs.xfs", "-q", image)
        run("mount", "-o", "loop", image, path)  # upon the other one
        yield path
    finally:
        _unmount(path)


def frames(traffic, rate, seconds):
    """That come in that time, but no more than there is room for."""
    return int(min(rate * seconds, _USABLE_BYTES / traffic.bytes))
