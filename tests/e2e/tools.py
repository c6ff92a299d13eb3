"""The sender, the verifier and the well-known tools, with their output as values."""

import os
import re
import signal
import subprocess

from namespaces import run
from process import Process

# What tcpdump tells at its end, on three lines, and when asked meanwhile, on one.
_STATISTICS = re.compile(
    r"(\d+) packets? captured(?:, |\n)(\d+) packets? received by filter(?:, |\n)(\d+) packets? dropped by kernel"
)


def _sender_command(link, options):
    flags = [part for key, value in options.items() for part in (f"--{key.replace('_', '-')}", value)]
    return link.sender_namespace.command(os.environ["RINGTAIL_PACKET_SENDER"], "--interface", link.SENDER, *flags)


def send(link, **options):
    """Sends numbered frames to the end and returns how many were accepted.

    Options are those of packet_sender: count, size, rate, first, cpu, vlan, flows.
    """
    return _sent(run(*_sender_command(link, options)))


def _sent(output):
    return int(re.fullmatch(r"sent (\d+)\n", output)[1])


class Sender(Process):
    """packet_sender in the background; `count=0` sends until stop_and_count()."""

    def __init__(self, link, folder, name="packet_sender", **options):
        super().__init__(_sender_command(link, options), folder, name)

    def stop_and_count(self):
        self.stop()
        return _sent(self.stdout)

    def wait_and_count(self, seconds=60.0):
        status = self.wait(seconds)
        assert status == 0, f"packet_sender ended with {status}: {self.stderr}"
        return _sent(self.stdout)


class Tcpdump(Process):
    """`tcpdump -w` on an interface, listening once entered; extra arguments, filter last."""

    def __init__(self, namespace, interface, path, *arguments):
        self.path = path
        self.came_unfiltered = 0
        command = ("tcpdump", "-i", interface, "-w", path, "-U", "-n", "-Z", "root", "-B", 32768,
                   "--time-stamp-precision=nano", *arguments)  # fmt: skip
        super().__init__(namespace.command(*command), path.parent, f"{path.name}.tcpdump")

    def __enter__(self):
        super().__enter__()
        try:
            self.wait_for(lambda: "listening on" in self.stderr, "tcpdump listens")
        except BaseException:
            self.__exit__()
            raise
        return self

    def _reports(self):
        return [tuple(map(int, report)) for report in _STATISTICS.findall(self.stderr)]

    def _report(self):
        """(captured, received by filter, dropped by kernel) as it is now, not as it was last told."""
        told = len(self._reports())
        if self.running():
            self.send_signal(signal.SIGUSR1)
            self.wait_for(lambda: len(self._reports()) > told, "tcpdump tells its statistics")
        return self._reports()[-1]

    def captured(self):
        """How many packets it has taken so far."""
        return self._report()[0]

    def lost(self):
        """How many packets have passed its filter, so far, that it has not taken."""
        captured, received, _ = self._report()
        return received - captured - self.came_unfiltered

    def stop_after(self, packets, seconds=60.0):
        """Ends it once it has taken that many; fails if the kernel dropped some for it."""
        self.wait_for(lambda: self.captured() >= packets, f"tcpdump took {packets} packets", seconds)
        return self._stop()

    def note_unfiltered(self):
        """What came before it had its filter counts as passed, but is not taken. To be called while nothing passes."""
        self.came_unfiltered += self.lost()

    def stop_after_all(self, may_lose=0, seconds=60.0):
        """When no more comes: ends it once it has taken what has passed its filter, or all but `may_lose`.

        Fails like stop_after().
        """
        self.wait_for(lambda: self.lost() in range(may_lose + 1), "tcpdump took what passed its filter", seconds)
        return self._stop()

    def _stop(self):
        status = self.stop(signal.SIGINT)
        assert status == 0, f"tcpdump ended with {status}: {self.stderr}"
        dropped = self._report()[2]
        assert dropped == 0, f"tcpdump itself lost packets: {self.stderr}"
        return self.path


def _values(output):
    pairs = (line.split("=", 1) for line in output.splitlines())
    return {key: int(value) for key, value in pairs if value.isdigit()}


def _verifier(accepted, arguments):
    command = [os.environ["RINGTAIL_VERIFY_CAPTURE"], *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode not in accepted:
        raise AssertionError(f"verify_capture: status {done.returncode}\n{done.stderr}{done.stdout}")
    return _values(done.stdout)


def verify(files, expected=None, max_step_back_us=None):
    """The totals of well-formed files; `expected` is (first, last) number, both included."""
    arguments = []
    if expected is not None:
        arguments += ["--expect", f"{expected[0]}-{expected[1]}"]
    if max_step_back_us is not None:
        arguments += ["--max-step-back-us", max_step_back_us]
    return _verifier((0,), [*arguments, *files])


def compare(left, right, strip_vlan=False):
    """What two sets of files have in common, whether or not they are equal; `strip_vlan`: apart from VLAN tags."""
    options = ["--compare", "--strip-vlan"] if strip_vlan else ["--compare"]
    return _verifier((0, 3), [*options, *left, "--", *right])


def tcpdump_count(file, *expression):
    """How many packets tcpdump reads from a file; fails unless it reads it to the end."""
    done = subprocess.run(["tcpdump", "-nn", "-r", file, *expression], capture_output=True, text=True)
    assert done.returncode == 0 and "truncated" not in done.stderr, f"tcpdump -r {file}: {done.stderr}"
    return len(done.stdout.splitlines())


def tshark_fields(file, *fields, display_filter=None):
    """One list of strings a packet."""
    arguments = [part for field in fields for part in ("-e", field)]
    if display_filter:
        arguments += ["-Y", display_filter]
    output = run("tshark", "-n", "-r", file, "-T", "fields", *arguments)
    return [line.split("\t") for line in output.splitlines()]


def capinfos(file):
    """capinfos' table of machine-readable values as a dict, keyed by its column titles."""
    output = run("capinfos", "-T", "-M", file)
    titles, values = (line.split("\t") for line in output.splitlines()[:2])
    return dict(zip(titles, values))
