"""The link that is recorded, and the generator that fills it."""

import dataclasses

import host
import paths
from namespaces import Link

SENDER_CPU, RECORDER_CPU = 0, 1
RING_BYTES = 256 << 20
HEADER_BYTES = 82  # what a TPACKET_V3 ring takes for a packet besides its bytes
_LARGEST_XDP_FRAME = 3400
_SLOWEST_XDP_RATE = 1e4  # packets a second; live frames are sent many at a time
_TRIED_FRAMES = 200_000
_MEAN_MIX_BYTES = (7 * 60 + 4 * 590 + 1514) / 12


@dataclasses.dataclass(frozen=True)
class Sent:
    frames: int  # that reached the recorder's end of the link
    seconds: float
    cpu_seconds: float  # of sending and receiving, on SENDER_CPU

    @property
    def rate(self):
        return self.frames / self.seconds


class Traffic:
    """Frames of one size ("64", ..., or "imix") on a link of its own, sent on SENDER_CPU, which receives them, too.

    They carry "udp", or TCP segments with the flag "ack" or "syn".
    """

    def __init__(self, size, carries="udp"):
        self.size = size
        self.carries = carries
        self.bytes = _MEAN_MIX_BYTES if size == "imix" else int(size)
        self.way = "xdp" if self.bytes <= _LARGEST_XDP_FRAME else "socket"
        self.link = Link(mtu=9000, apart=True)

    def __enter__(self):
        self.link.__enter__()
        try:
            if self.way == "xdp":  # GRO gives the other end the queue that takes XDP frames
                self.link.recorder_namespace.run("ethtool", "-K", Link.RECORDER, "gro", "on")
        except BaseException:
            self.link.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.link.__exit__()

    def _received(self):
        path = f"/sys/class/net/{Link.RECORDER}/statistics/rx_packets"
        return int(self.link.recorder_namespace.run("cat", path))

    def send(self, count, rate=0):
        way = "socket" if 0 < rate < _SLOWEST_XDP_RATE else self.way
        before, softirq = self._received(), host.softirq_ns(SENDER_CPU)
        command = ("taskset", "-c", SENDER_CPU, paths.GENERATOR, "--interface", Link.SENDER, "--size", self.size,
                   "--carries", self.carries, "--count", count, "--rate", rate, "--way", way)  # fmt: skip
        output = self.link.sender_namespace.run(*command)
        said = {key: float(value) for key, value in (line.split("=") for line in output.splitlines())}
        softirq = host.softirq_ns(SENDER_CPU) - softirq
        return Sent(self._received() - before, said["seconds"], said["cpu_seconds"] + softirq / 1e9)

    def full_rate(self):
        """What the generator reaches, in packets a second."""
        return self.send(_TRIED_FRAMES).rate

    def once_through_the_ring(self):
        """How many frames fill RING_BYTES of ring once."""
        return int(RING_BYTES / (self.bytes + HEADER_BYTES)) + 1

    @property
    def recorder_namespace(self):
        return self.link.recorder_namespace
