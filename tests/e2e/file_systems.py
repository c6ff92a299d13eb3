"""File systems that only a test sees: mounted in a mount namespace of their own, gone with the test."""

import fcntl
import os
import pathlib
import struct

from namespaces import run
from process import Process

FORGET = 2  # EXT4_GOING_FLAGS_NOLOGFLUSH, XFS_FSOP_GOING_FLAGS_NOLOGFLUSH
SHUTDOWN = 0x8004587D  # EXT4_IOC_SHUTDOWN, XFS_IOC_GOINGDOWN


class Mount(Process):
    """`mount` arguments on `folder`, in the namespace of a process that holds it.

    `path` is the mounted folder as others reach it. It has no meaning any more once this has ended.
    """

    def __init__(self, folder, *arguments):
        folder = pathlib.Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        script = 'mount "$@" && echo mounted && exec sleep infinity'
        command = ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh", *arguments, folder]
        super().__init__(command, folder.parent, f"{folder.name}.mount")
        self.path = pathlib.Path(f"/proc/{self.pid}/root{folder}")
        self._folder = folder
        self._arguments = arguments

    def __enter__(self):
        super().__enter__()
        try:
            self.wait_for(lambda: "mounted" in self.stdout, "it is mounted")
        except BaseException:
            self.__exit__()
            raise
        return self

    def _run(self, *command):
        run("nsenter", "--target", str(self.pid), "--mount", *map(str, command))

    def unmount(self):
        """As when a disk is pulled: who has files open there keeps them, nobody finds it any more."""
        self._run("umount", "--lazy", self._folder)

    def mount_again(self):
        self._run("mount", *self._arguments, self._folder)


def on_image(folder, kind, mebibytes):
    """The arguments for a Mount of a new ext4 or xfs of that size, in a file beside `folder`."""
    image = folder.parent / f"{folder.name}.image"
    folder.parent.mkdir(parents=True, exist_ok=True)
    run("truncate", f"--size={mebibytes}M", image)
    # mkfs.xfs makes no file system below 300 MB but for its own tests, which it knows by these.
    own_tests = {"TEST_DIR": "1", "TEST_DEV": "1", "QA_CHECK_FS": "1"}
    run(f"mkfs.{kind}", "-q", image, env={**os.environ, **own_tests})
    return ("-o", "loop", image)


def tmpfs(folder, size):
    return Mount(folder, "-t", "tmpfs", "-o", f"size={size}", "none")


def shut_down(path, how=0):
    """Ends the ext4 or xfs that `path` is on, as if its disk were gone; with FORGET also its journal's news."""
    folder = os.open(path, os.O_RDONLY)
    try:
        fcntl.ioctl(folder, SHUTDOWN, struct.pack("I", how))
    finally:
        os.close(folder)


def fill(path):
    """A file that takes what is left of its file system."""
    chunk = bytes(1 << 20)
    with open(path, "wb", buffering=0) as file:
        while True:
            try:
                file.write(chunk)
            except OSError:
                if len(chunk) == 1:
                    return path
                chunk = chunk[: len(chunk) // 2]
