"""The recorders that are compared: how each is started, stopped, and asked for what it has recorded.

Each runs on RECORDER_CPU with RING_BYTES of buffer and writes into a folder of its own. What is in its
files is counted by capinfos; in stenotype's, which capinfos cannot read, from the blocks' own headers.
"""

import os
import pathlib
import re
import shutil
import signal
import struct

import paths
from namespaces import run
from process import Process
from recorder import Recorder
from traffic import RECORDER_CPU, RING_BYTES

_RING_MIB = RING_BYTES >> 20
_INTERFACE = "record0"


def _pinned(*command, cpus=(RECORDER_CPU,)):
    return ("taskset", "-c", ",".join(map(str, cpus)), *command)


def _capinfos_count(files):
    if not files:
        return 0
    lines = run("capinfos", "-T", "-M", "-r", "-c", *files).splitlines()
    return sum(int(line.rsplit("\t", 1)[1]) for line in lines)


def _listens(process):
    """Whether it has a packet socket that the kernel delivers to."""
    try:
        lines = pathlib.Path(f"/proc/{process.pid}/net/packet").read_text().splitlines()[1:]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return any(line.split()[5] == "1" for line in lines)  # Running


class Tool:
    """A program that is started with a command line. Subclasses say which."""

    name = ""
    program = ""
    stop_signal = signal.SIGINT
    stop_seconds = 30.0
    writes = True
    settled_seconds = 0.3  # a partly filled block is handed over within this time

    def __init__(self, traffic, folder):
        self.folder = pathlib.Path(folder) / self.name.replace(" ", "_")
        self.folder.mkdir()
        self.process = Process(traffic.recorder_namespace.command(*_pinned(*self.command())), folder, self.folder.name)

    @classmethod
    def missing(cls):
        return shutil.which(cls.program) is None

    @classmethod
    def version(cls):
        """Of its Debian package."""
        return run("dpkg-query", "-W", "-f=${Package} ${Version}", cls.package)

    def __enter__(self):
        self.process.__enter__()
        return self

    def __exit__(self, *_):
        self.process.__exit__()
        shutil.rmtree(self.folder)

    def command(self):
        raise NotImplementedError

    def ready(self):
        return _listens(self.process)

    def wait_ready(self):
        self.process.wait_for(self.ready, f"{self.name} receives")

    @property
    def pid(self):
        return self.process.pid

    def stop(self):
        status = self.process.stop(self.stop_signal, self.stop_seconds)
        assert status == 0, f"{self.name} ended with {status}: {self.process.stderr}"

    def files(self):
        return [path for path in self.folder.rglob("*") if path.is_file()]

    def ring_peak_share(self):
        """None: it does not tell."""
        return None

    def recorded_bytes(self):
        return sum(path.stat().st_size for path in self.files())

    def recorded_packets(self):
        return _capinfos_count(self.files())


class Null(Tool):
    name = "null consumer"
    stop_signal = signal.SIGTERM
    writes = False

    @classmethod
    def missing(cls):
        return False

    @classmethod
    def version(cls):
        return "bench/null_recorder.cc"

    def command(self):
        return (paths.NULL_RECORDER, _INTERFACE, _RING_MIB)

    def ready(self):
        return "ready" in self.process.stdout

    def recorded_packets(self):
        return int(re.search(r"received=(\d+)", self.process.stdout)[1])


class Tcpdump(Tool):
    name = program = package = "tcpdump"
    settled_seconds = 1.3

    def command(self):
        return ("tcpdump", "-i", _INTERFACE, "-w", self.folder / "out.pcap", "-n", "-Z", "root", "-B", _RING_MIB * 1024)

    def ready(self):
        return "listening on" in self.process.stderr


class Dumpcap(Tool):
    name = program = "dumpcap"
    package = "wireshark-common"
    settled_seconds = 0.5

    def command(self):
        return ("dumpcap", "-q", "-i", _INTERFACE, "-B", _RING_MIB, "-w", self.folder / "out.pcapng")

    def ready(self):
        return "File: " in self.process.stderr


class NetsniffNg(Tool):
    name = program = package = "netsniff-ng"

    def command(self):
        return ("netsniff-ng", "--in", _INTERFACE, "--out", self.folder / "out.pcap", "--silent", "--notouch-irq",
                "--ring-size", f"{_RING_MIB}MiB", "--bind-cpu", RECORDER_CPU)  # fmt: skip


class Stenotype(Tool):
    name = program = "stenotype"
    package = "stenographer"
    settled_seconds = 1.3
    _BLOCK_BYTES = 1 << 20
    _PACKETS_IN_BLOCK = struct.Struct("=12xI")  # tpacket_block_desc.hdr.bh1.num_pkts

    def command(self):
        for folder in ("PKT0", "IDX0"):
            (self.folder / folder).mkdir()
        return ("stenotype", f"--iface={_INTERFACE}", f"--dir={self.folder}", "--threads=1",
                f"--blocks={_RING_MIB}", "--blockage_sec=1",
                "--uid=root", "--gid=root", "--no_index", "--seccomp=none", "--no_watchdogs")  # fmt: skip

    def stop(self):
        """On a silent link it does not end when asked to. What it had is on disk: it has settled."""
        self.process.stop(signal.SIGKILL)

    def _packets_by_block(self):
        for path in self.files():
            with open(path, "rb") as file:
                for at in range(0, path.stat().st_size, self._BLOCK_BYTES):
                    header = os.pread(file.fileno(), self._PACKETS_IN_BLOCK.size, at)
                    yield self._PACKETS_IN_BLOCK.unpack(header.ljust(self._PACKETS_IN_BLOCK.size, b"\0"))[0]

    def recorded_packets(self):
        return sum(self._packets_by_block())

    def recorded_bytes(self):
        return self._BLOCK_BYTES * sum(packets > 0 for packets in self._packets_by_block())


class Ringtail:
    name = "Ringtail"
    format = "pcap"
    writes = True
    settled_seconds = 1.6  # blocks wait for each other, and a page's rest for more, for no longer

    def __init__(self, traffic, folder, captures=None, watched=None, max_size="64GiB", cpus=(RECORDER_CPU,)):
        """`watched` are the interfaces of the TCP watch; by default those that are recorded."""
        folder = pathlib.Path(folder)
        capture = {"name": "all", "interfaces": [_INTERFACE], "cpus": list(cpus),
                   "ring": {"memory": f"{_RING_MIB}MiB"}, "format": self.format}  # fmt: skip
        settings = {"captures": captures or [capture], "storage": {"max_size": max_size, "min_free": "0%"}}
        if watched is not None:
            settings["tcp_watch"] = {"interfaces": watched}
        self.process = Recorder(traffic.recorder_namespace, settings, folder, through=_pinned(cpus=cpus), binary=paths.RINGTAIL)

    @classmethod
    def missing(cls):
        return False

    @classmethod
    def version(cls):
        return run(paths.RINGTAIL, "--version").strip()

    def __enter__(self):
        self.process.__enter__()
        return self

    def __exit__(self, *_):
        self.process.__exit__()
        shutil.rmtree(self.process.directory)

    def wait_ready(self):
        self.process.wait_ready()

    @property
    def pid(self):
        return self.process.pid

    def ring_peak_share(self):
        return self.process.metrics().value("ringtail_ring_used_peak_ratio")

    def stop(self):
        self.totals = self.process.stop_and_total()

    def recorded_bytes(self):
        return sum(path.stat().st_size for path in self.process.files())

    def recorded_packets(self):
        count = _capinfos_count(self.process.files())
        assert count == self.totals.written, f"{count} packets in the files, {self.totals}"
        return count


class RingtailPcapng(Ringtail):
    name = "Ringtail pcapng"
    format = "pcapng"


ALL = (Ringtail, RingtailPcapng, Null, Tcpdump, Dumpcap, NetsniffNg, Stenotype)

