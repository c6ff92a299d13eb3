"""Private network namespaces and the silent veth link in them."""

import ctypes
import itertools
import os
import socket
import subprocess
import threading

CLONE_NEWNET = 0x40000000
OFFLOADS_OFF = ("gro", "off", "gso", "off", "tso", "off", "tx", "off")

_serial = itertools.count()
_libc = ctypes.CDLL(None, use_errno=True)


def run(*command, **options):
    """Runs a command to its end; its error message is part of the exception."""
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, command))}: status {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def remove_abandoned():
    """Removes the namespaces of test runs that were killed."""
    for line in run("ip", "netns", "list").splitlines():
        name = line.split()[0]
        prefix, _, rest = name.partition("-")
        pid = rest.partition("-")[0]
        if prefix == "rt" and pid.isdigit() and not os.path.exists(f"/proc/{pid}"):
            run("ip", "netns", "delete", name)


class Namespace:
    """A network namespace with `lo` up and IPv6 off, for the time of a `with`."""

    def __init__(self):
        self.name = f"rt-{os.getpid()}-{next(_serial)}"

    def __enter__(self):
        run("ip", "netns", "add", self.name)
        try:
            for which in ("all", "default"):
                self.run("sysctl", "-qw", f"net.ipv6.conf.{which}.disable_ipv6=1")
            self.run("ip", "link", "set", "dev", "lo", "up")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        run("ip", "netns", "delete", self.name)

    def command(self, *command):
        """The argument list that runs `command` in here; the process keeps its own pid."""
        return ["ip", "netns", "exec", self.name, *map(str, command)]

    def run(self, *command, **options):
        return run(*self.command(*command), **options)

    def call(self, function):
        """What `function()` returns when it is called in here: the sockets that it makes are of this namespace."""
        result = []

        def call_in_here():  # a namespace is entered by one thread, which then ends
            try:
                with open(f"/run/netns/{self.name}", "rb") as namespace:
                    if _libc.setns(namespace.fileno(), CLONE_NEWNET) != 0:
                        raise OSError(ctypes.get_errno(), f"setns {self.name}")
                result.append((function(), None))
            except Exception as error:
                result.append((None, error))

        thread = threading.Thread(target=call_in_here)
        thread.start()
        thread.join()
        value, error = result[0]
        if error is not None:
            raise error
        return value

    def connect(self, address, timeout=5.0):
        """A TCP connection made in here, used from outside; `address` is (host, port)."""
        return self.call(lambda: socket.create_connection(address, timeout))


class Link:
    """A veth pair between a sender's and a recorder's end: silent, with offloads off.

    Both ends are in one namespace, or with `apart=True` each in one of its own. Commands for an end
    run in `sender_namespace` or `recorder_namespace`.
    """

    SENDER = "send0"
    RECORDER = "record0"

    def __init__(self, mtu=1500, apart=False):
        self.mtu = mtu
        self.recorder_namespace = Namespace()
        self.sender_namespace = Namespace() if apart else self.recorder_namespace
        self._entered = []

    def __enter__(self):
        try:
            for namespace in {id(n): n for n in (self.recorder_namespace, self.sender_namespace)}.values():
                self._entered.append(namespace.__enter__())
            self.create()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        while self._entered:
            self._entered.pop().__exit__()

    def ends(self):
        return ((self.sender_namespace, self.SENDER), (self.recorder_namespace, self.RECORDER))

    def create(self):
        """Makes the pair; also after remove(), under the same names."""
        self.sender_namespace.run(
            "ip", "link", "add", "name", self.SENDER, "type", "veth",
            "peer", "name", self.RECORDER, "netns", self.recorder_namespace.name,
        )  # fmt: skip
        for namespace, name in self.ends():
            namespace.run("ip", "link", "set", "dev", name, "arp", "off", "multicast", "off", "mtu", self.mtu)
            namespace.run("ethtool", "-K", name, *OFFLOADS_OFF)
        self.bring_up()

    def remove(self):
        self.sender_namespace.run("ip", "link", "delete", "dev", self.SENDER)

    def bring_up(self):
        for namespace, name in self.ends():
            namespace.run("ip", "link", "set", "dev", name, "up")
        # The kernel activates the transmit queue of an end that gained its carrier later, up to a
        # second after (linkwatch), and drops silently until then. Asking for the link state makes it
        # do so now.
        for namespace, name in self.ends():
            namespace.run("ethtool", name)

    def bring_down(self):
        for namespace, name in self.ends():
            namespace.run("ip", "link", "set", "dev", name, "down")
