"""Says whether this machine lets the tests make network namespaces, or why not."""

import functools
import os
import shutil
import subprocess

NEEDED_PROGRAMS = ("ip", "ethtool", "tcpdump")


@functools.cache
def refusal():
    """Why end-to-end tests cannot run here; an empty string if they can."""
    missing = [program for program in NEEDED_PROGRAMS if shutil.which(program) is None]
    if missing:
        return f"not installed: {', '.join(missing)}"
    if os.geteuid() != 0:
        return "end-to-end tests make network namespaces and need root (sudo make test)"
    name = f"rt-try-{os.getpid()}"
    added = subprocess.run(["ip", "netns", "add", name], capture_output=True, text=True)
    if added.returncode != 0:
        return f"this machine refuses network namespaces: {added.stderr.strip()}"
    subprocess.run(["ip", "netns", "delete", name], check=True)
    return ""


def must_not_skip():
    return bool(os.environ.get("RINGTAIL_TESTS_MUST_NOT_SKIP"))
