"""A file system on a disk of memory: what a recorder loses on it is not the disk's fault.

The disk is a loop device on a file in memory, which is all taken beforehand; the file system on it is a real one, and
takes direct writes. What copies the writes is a kernel worker, on whichever CPU the kernel finds for it.
"""

import contextlib

from namespaces import run
from traffic import HEADER_BYTES

_BYTES = 8 << 30
_USABLE_BYTES = _BYTES * 3 // 4  # a file system has its own part, and files are preallocated
_MIB = 1 << 20


def _path(folder):
    return folder / "memory-disk"


def remove(folder):
    """The one there, if there is one: a run that was killed leaves it."""
    while _path(folder).is_mount():
        run("umount", _path(folder))


@contextlib.contextmanager
def memory_disk(folder):
    """The path to record to, for the time of a `with`."""
    path = _path(folder)
    path.mkdir(exist_ok=True)
    try:
        run("mount", "-t", "tmpfs", "-o", f"size={_BYTES // _MIB + 64}M", "none", path)
        image = path / "image"
        run("dd", "if=/dev/zero", f"of={image}", f"bs={_MIB}", f"count={_BYTES // _MIB}")
        run("mkfs.xfs", "-q", image)
        run("mount", "-o", "loop", image, path)  # upon the other one
        yield path
    finally:
        remove(folder)


def room(traffic):
    """For how many frames, in any recorder's files, behind those that warm up."""
    return int(_USABLE_BYTES / (traffic.bytes + HEADER_BYTES)) - traffic.once_through_the_ring()
