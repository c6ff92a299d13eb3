"""Do a capture's options do what those of tcpdump do? Wherever it can, tcpdump itself is beside it."""

import json
import os
import socket
import struct
import subprocess
import time

from headers import UDP, ethernet, ip, udp
from support import EndToEndTest, Recorder, Tcpdump, capinfos, main, send, settings_for, tcpdump_count, tshark_fields

TUNSETIFF = 0x400454CA
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000
DATAGRAMS = 40


def datagrams_through_loopback(namespace, count=DATAGRAMS):
    """Through the whole stack, so that each passes the loopback going out and coming in."""
    script = (
        "import socket; a = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); a.bind(('127.0.0.1', 0));"
        f"[a.sendto(b'x' * n, a.getsockname()) for n in range({count})]"
    )
    namespace.run("python3", "-c", script)


class Options(EndToEndTest):
    def tcpdump(self, namespace, interface, name, *arguments):
        return self.enter(Tcpdump(namespace, interface, self.folder / f"{name}.pcap", *arguments))

    def ping(self, link):
        """Packets of the stack in both directions, seen as outgoing and incoming at either end."""
        script = (
            "import socket; s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW); s.bind((%r, 0));"
            "[s.send(bytes.fromhex(%r) + bytes([n]) * 46) for n in range(%d)]"
        )
        for (namespace, name), mark in zip(link.ends(), ("a", "b")):
            frame = ethernet(0x88B5, mark.encode())
            namespace.run("python3", "-c", script % (name, frame.hex(), DATAGRAMS))

    def test_direction_is_that_of_tcpdump(self):
        for direction in ("in", "out", "both"):
            with self.subTest(direction=direction):
                link = self.link(apart=True)
                theirs = "inout" if direction == "both" else direction
                tcpdump = self.tcpdump(link.recorder_namespace, link.RECORDER, direction, "-Q", theirs)
                recorder = self.record_link(link, name=direction, direction=direction,
                                            storage={"directory": str(self.folder / direction)})  # fmt: skip
                self.ping(link)
                expected = DATAGRAMS * (2 if direction == "both" else 1)
                tcpdump.stop_after(expected)
                self.assertEqual(recorder.stop_and_total().written, expected)
                self.assert_same_frames(recorder.files(), [tcpdump.path])

    def test_loopback_is_recorded_once_by_itself_and_among_all(self):
        link = self.link(apart=True)
        namespace = link.recorder_namespace
        tcpdumps = {name: self.tcpdump(namespace, name, name) for name in ("lo", "any")}
        captures = [{"name": name, "interfaces": [name], "workers": 2, "ring": {"memory": "16MiB"}} for name in tcpdumps]
        settings = {"captures": captures, "storage": {"max_size": "1GiB", "min_free": "0%"}}
        recorder = self.enter(Recorder(namespace, settings, self.folder)).wait_ready()
        datagrams_through_loopback(namespace)
        self.ping(link)
        tcpdumps["lo"].stop_after(DATAGRAMS)
        tcpdumps["any"].stop_after(3 * DATAGRAMS)
        recorder.stop()
        for name, tcpdump in tcpdumps.items():
            # Whoever scrapes /readyz also passes the loopback.
            mine = [f for f in recorder.files(name)]
            datagrams = sum(tcpdump_count(f, "udp") for f in mine)
            self.assertEqual(datagrams, DATAGRAMS, name)
            self.assertEqual(datagrams, tcpdump_count(tcpdump.path, "udp"), name)
        linktypes = {capinfos(f)["File encapsulation"] for f in recorder.files("any")}
        self.assertEqual(linktypes, {"linux-sll2"})

    def test_promiscuity_lasts_as_long_as_a_recorder_that_wants_it(self):
        link = self.link()

        def promiscuity():
            shown = link.recorder_namespace.run("ip", "-d", "-j", "link", "show", "dev", link.RECORDER)
            return json.loads(shown)[0]["promiscuity"]

        for wanted in (True, False):
            recorder = self.record_link(link, name=f"promiscuous-{wanted}", promiscuous=wanted, workers=1)
            self.assertEqual(promiscuity(), int(wanted))
            recorder.stop()
            self.assertEqual(promiscuity(), 0)

    def test_microseconds_are_what_old_tools_read(self):
        link = self.link()
        recorder = self.record_link(link, timestamps={"precision": "micro"})
        sent = send(link, count=2000)
        recorder.stop()
        (file,) = recorder.files()
        self.assertEqual(file.read_bytes()[:4], struct.pack("=I", 0xA1B2C3D4))
        self.assertEqual(capinfos(file)["File time precision"], "microseconds")
        self.assert_each_once([file], sent)

    def test_an_adapter_without_a_clock_is_refused_and_named(self):
        link = self.link()
        settings = settings_for(link, timestamps={"source": "adapter"})
        recorder = self.enter(Recorder(link.recorder_namespace, settings, self.folder))
        self.assertEqual(recorder.wait(), 1)
        self.assertIn(f"the adapter of {link.RECORDER} has no clock", recorder.stderr)

    def test_a_capture_ends_at_its_limit_and_with_the_last_of_them_the_process(self):
        link = self.link()
        captures = settings_for(link, workers=2, limit={"packets": 777})["captures"]
        captures += settings_for(link, workers=2, limit={"bytes": "10000"})["captures"]
        captures[1]["name"] = "bytes"
        settings = {"captures": captures, "storage": {"max_size": "1GiB", "min_free": "0%"}}
        recorder = self.enter(Recorder(link.recorder_namespace, settings, self.folder)).wait_ready()
        send(link, count=3000, flows=16)
        self.assertEqual(recorder.wait(), 0)
        self.assertEqual(sum(int(capinfos(f)["Number of packets"]) for f in recorder.files("all")), 777)
        sizes = [f.stat().st_size - 24 for f in recorder.files("bytes")]
        self.assertLessEqual(sum(sizes), 10_000)
        self.assertGreater(sum(sizes), 10_000 - 2 * (60 + 16))
        self.assertIn("capture all: its limit is reached", recorder.stderr)
        self.assertIn("every capture has reached its limit", recorder.stderr)
        self.assert_only_finished_files(recorder)

    def test_a_limit_of_time_ends_a_silent_recording(self):
        link = self.link()
        started = time.monotonic()
        recorder = self.record_link(link, limit={"duration": "500ms"})
        self.assertEqual(recorder.wait(), 0)
        self.assertGreaterEqual(time.monotonic() - started, 0.5)
        self.assertEqual(recorder.files(), [])

    def test_a_filter_may_be_in_a_file_beside_the_settings(self):
        link = self.link()
        (self.folder / "which.bpf").write_text("# what matters\nether proto 0x88b5\n  and len = 61\n")
        recorder = self.record_link(link, filter_file="which.bpf")
        self.ping(link)
        frame = ethernet(0x0806, bytes(46))
        namespace, name = link.ends()[0]
        script = f"import socket; s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW); s.bind(('{name}', 0)); s.send(bytes.fromhex('{frame.hex()}'))"
        namespace.run("python3", "-c", script)
        self.assertEqual(recorder.stop_and_total().written, 2 * DATAGRAMS)

    def test_broadcasts_of_the_subnet_of_the_interface_are_recorded(self):
        link = self.link()
        link.recorder_namespace.run("ip", "address", "add", "10.1.2.3/24", "dev", link.RECORDER)
        recorder = self.record_link(link, filter="ip broadcast")
        broadcasts = ["10.1.2.255", "10.1.2.0", "255.255.255.255"]
        frames = [ethernet(*ip(UDP, udp(7, 7, bytes(18)), "10.1.2.9", to)) for to in ["10.1.2.7", *broadcasts, "255.1.2.7"]]
        script = (
            "import socket; s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW); s.bind((%r, 0));"
            "[s.send(bytes.fromhex(frame)) for frame in %r]"
        )
        link.sender_namespace.run("python3", "-c", script % (link.SENDER, [frame.hex() for frame in frames]))
        recorder.stop_and_total()
        recorded = [fields for file in recorder.files() for fields in tshark_fields(file, "ip.dst")]
        self.assertEqual(recorded, [[to] for to in broadcasts])


class RawIp(EndToEndTest):
    """A tunnel's packets have no link header, and are recorded without one."""

    def tun(self, namespace):
        """A tun device that exists as long as its file; what is written to it comes in."""
        open_tun = (
            "import array, fcntl, os, socket, struct; tun = os.open('/dev/net/tun', os.O_RDWR);"
            f"fcntl.ioctl(tun, {TUNSETIFF}, struct.pack('16sH22x', b'tun0', {IFF_TUN | IFF_NO_PI}));"
            "socket.socket(fileno=%d).sendmsg([b'.'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [tun]))])"
        )
        here, there = socket.socketpair()
        with here, there:
            command = namespace.command("python3", "-c", open_tun % there.fileno())
            subprocess.run(command, pass_fds=[there.fileno()], check=True)
            _, fds, _, _ = socket.recv_fds(here, 1, 1)
        self.addCleanup(os.close, fds[0])
        namespace.run("ip", "link", "set", "dev", "tun0", "up")
        return fds[0]

    def test_a_tunnel_is_recorded_as_tcpdump_records_it(self):
        link = self.link()
        namespace = link.recorder_namespace
        tun = self.tun(namespace)
        # Not `inbound` for tcpdump: libpcap filters what comes first once more itself, and there knows
        # no direction.
        tcpdump = self.enter(Tcpdump(namespace, "tun0", self.folder / "tun.pcap", "udp"))
        settings = settings_for(link, interfaces=["tun0"], filter="udp and inbound", workers=2)
        recorder = self.enter(Recorder(namespace, settings, self.folder)).wait_ready()
        for n in range(DATAGRAMS):
            family = ("10.0.0.1", "10.0.0.2") if n % 2 else ("2001:db8::1", "2001:db8::2")
            _, packet = ip(UDP, udp(1000 + n, 53, b"x" * n), *family)
            os.write(tun, packet)
        tcpdump.stop_after(DATAGRAMS)
        self.assertEqual(recorder.stop_and_total().written, DATAGRAMS)
        self.assert_same_frames(recorder.files(), [tcpdump.path])
        self.assertEqual({capinfos(f)["File encapsulation"] for f in recorder.files()}, {"rawip"})


if __name__ == "__main__":
    main()
