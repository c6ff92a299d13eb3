"""Does the TCP watch count what passes, in each direction, each second, and keep out of the recorders' way?"""

import itertools
import os
import time

from headers import (
    ACK, DESTINATION_OPTIONS, DOT1AD, DOT1Q, FIN, FRAGMENT, HOP_BY_HOP, PSH, RST, SYN, TCP, ethernet, ip, tagged, tcp,
)  # fmt: skip
from pcap_file import write_pcap
from support import METRICS_ADDRESS, EndToEndTest, Recorder, Sender, main, run, settings_for

SANITIZED = "RINGTAIL_TEST_EVERY" in os.environ  # it keeps what is freed
KINDS = {
    "syn": "tcp.flags.syn == 1 && tcp.flags.ack == 0",
    "syn_ack": "tcp.flags.syn == 1 && tcp.flags.ack == 1",
    "fin": "tcp.flags.fin == 1",
    "rst": "tcp.flags.reset == 1",
}
DROPPED = "ringtail_tcp_watch_dropped_packets_total"
ENDS4, ENDS6 = ("192.0.2.1", "192.0.2.2"), ("2001:db8::1", "2001:db8::2")
PADDING = b"\x01\x04\x00\x00\x00\x00"


def behind_headers(flags):
    """A segment behind IPv6's extension headers, in the first fragment and in a later one."""
    segment = tcp(4000, 80, flags)
    options = bytes([DESTINATION_OPTIONS, 0]) + PADDING + bytes([TCP, 0]) + PADDING
    yield HOP_BY_HOP, options + segment
    yield FRAGMENT, bytes([TCP, 0, 0, 1, 0, 0, 0, 7]) + segment
    yield FRAGMENT, bytes([TCP, 0, 0, 8, 0, 0, 0, 7]) + segment


def segments():
    """TCP of all combinations of flags, in both families, tagged or not, with options and behind other headers."""
    for flags in range(256):
        for ends in (ENDS4, ENDS6):
            frame = ethernet(*ip(TCP, tcp(4000, 80, flags, b"data", b"\x01" * (flags % 11 * 4)), *ends))
            yield from (frame, tagged(frame, (DOT1Q, 5)), tagged(frame, (DOT1AD, 7), (DOT1Q, 5)))
    for flags in (SYN, SYN | ACK, FIN | ACK, RST, SYN | FIN, PSH | ACK):
        yield ethernet(*ip(TCP, tcp(4000, 80, flags), *ENDS4, options=b"\x94\x04\x00\x00"))
        for next_header, payload in behind_headers(flags):
            yield ethernet(*ip(next_header, payload, *ENDS6))


def counts(metrics, interface, direction="in", what="packets_total"):
    return {kind: metrics.value(f"ringtail_tcp_{kind}_{what}", interface=interface, direction=direction)
            for kind in KINDS}  # fmt: skip


def by_tshark(pcap):
    """What tshark counts in a file, each fragment for itself."""
    options = [part for layer in ("ip", "ipv6") for part in ("-o", f"{layer}.defragment:FALSE")]
    return {kind: run("tshark", "-n", *options, "-r", pcap, "-Y", wanted).count("\n") for kind, wanted in KINDS.items()}


def resident_kib(pid):
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))


class TcpWatch(EndToEndTest):
    def write(self, frames):
        write_pcap(self.folder / "frames.pcap", frames)
        return self.folder / "frames.pcap"

    def replay(self, pcap, end, *options):
        namespace, interface = end
        output = namespace.run("tcpreplay", "-q", *options, "-i", interface, pcap)
        self.assertRegex(output, r"Failed packets: +0\n")

    def assert_counted(self, recorder, interface, direction, expected):
        recorder.wait_for(lambda: counts(recorder.metrics(), interface, direction) == expected,
                          f"{interface} {direction} has {expected}")  # fmt: skip
        self.assertEqual(recorder.metrics().sum(DROPPED), 0)

    def test_counts_are_those_of_tshark_in_each_direction(self):
        pcap = self.write(segments())
        expected = by_tshark(pcap)
        self.assertGreater(min(expected.values()), 100)
        for offload in ("on", "off"):
            with self.subTest(rxvlan=offload):
                link = self.link(mtu=9000)
                link.recorder_namespace.run("ethtool", "-K", link.RECORDER, "rxvlan", offload)
                recorder = self.record_link(link, name=f"ringtail-{offload}", workers=2)
                for direction, end in zip(("in", "out"), link.ends()):
                    self.replay(pcap, end, "--pps=20000")
                    self.assert_counted(recorder, link.RECORDER, direction, expected)
                recorder.stop_and_total()

    def test_any_counts_what_comes_by_each_interface(self):
        link = self.link(apart=True)
        # It does not look behind a second tag; and scrapes of the metrics pass `lo`, but end without RST.
        pcap = self.write(frame for frame in segments() if frame[16:18] != b"\x81\x00")
        recorder = self.record_link(link, interfaces=["any"])
        self.replay(pcap, link.ends()[0], "--pps=20000")
        expected = by_tshark(pcap)["rst"]
        recorder.wait_for(lambda: counts(recorder.metrics(), "any")["rst"] == expected, f"{expected} RST")

    def test_burst_within_a_second_stays_in_the_peak_when_the_rate_is_zero_again(self):
        link = self.link()
        recorder = self.record_link(link)
        pcap = self.write([ethernet(*ip(TCP, tcp(4000, 80, SYN), *ENDS4))] * 20_000)
        before = time.time()
        self.replay(pcap, link.ends()[0], "--topspeed")
        spent = int(time.time()) - int(before) + 1  # seconds that have some of them

        def told_and_over():
            metrics = recorder.metrics()
            rate, peak = (counts(metrics, link.RECORDER, what=what)["syn"] for what in ("rate", "rate_peak"))
            return (peak >= 20_000 / spent and rate == 0) and metrics

        metrics = recorder.wait_for(told_and_over, "the peak is known and the rate has fallen")
        peak = counts(metrics, link.RECORDER, what="rate_peak")
        if spent == 1:
            self.assertEqual(peak["syn"], 20_000)
        self.assertLessEqual(peak["syn"], 20_000)
        self.assertEqual(counts(metrics, link.RECORDER)["syn"], 20_000)
        self.assertEqual((peak["syn_ack"], peak["fin"], peak["rst"]), (0, 0, 0))

    def test_loopback_is_counted_once(self):
        link = self.link()
        recorder = self.record_link(link, interfaces=["lo"], filter="udp")
        before = counts(recorder.metrics(), "lo")["syn"]
        for _ in range(100):
            link.recorder_namespace.connect(METRICS_ADDRESS).close()
        metrics = recorder.wait_metrics(lambda m: counts(m, "lo")["syn"] >= before + 100, "each connection")
        self.assertLess(counts(metrics, "lo")["syn"], before + 200, "with the scrapes")
        self.assertEqual(counts(metrics, "lo", "out"), dict.fromkeys(KINDS, 0))

    def test_flood_costs_no_memory_and_no_packet_of_a_capture(self):
        link = self.link()
        recorder = self.record_link(link, filter="udp")
        pcap = self.write([ethernet(*ip(TCP, tcp(port, 80, SYN), *ENDS4)) for port in range(1000, 11_000)])
        sender = self.enter(Sender(link, self.folder, count=0, rate=2000))
        self.replay(pcap, link.ends()[0], "--topspeed", "--loop=5", "--preload-pcap")
        before = resident_kib(recorder.pid)
        self.replay(pcap, link.ends()[0], "--topspeed", "--loop=50", "--preload-pcap")
        after = resident_kib(recorder.pid)
        sent = sender.stop_and_count()

        def all_accounted():
            metrics = recorder.metrics()
            return counts(metrics, link.RECORDER)["syn"] + metrics.sum(DROPPED) == 550_000

        recorder.wait_for(all_accounted, "each SYN is counted, or counted as dropped")
        if not SANITIZED:
            self.assertLess(after - before, 4096, "KiB")
        totals = recorder.stop_and_total()
        self.assertEqual((totals.written, totals.dropped), (sent, 0))

    def test_interface_need_not_be_recorded_and_is_named_when_it_is_missing(self):
        link = self.link()
        settings = {**settings_for(link), "tcp_watch": {"interfaces": [link.SENDER, "absent0"]}}
        recorder = self.enter(Recorder(link.recorder_namespace, settings, self.folder)).wait_not_ready()
        self.assertEqual(recorder.get("/readyz")[1],
                         "the TCP watch does not count on absent0: there is no such interface\n")  # fmt: skip
        self.replay(self.write(segments()), link.ends()[0], "--pps=20000")
        self.assert_counted(recorder, link.SENDER, "out", by_tshark(self.folder / "frames.pcap"))
        self.assertEqual(recorder.metrics().find("ringtail_tcp_syn_rate", interface=link.RECORDER), [])
        link.recorder_namespace.run("ip", "link", "add", "absent0", "type", "veth", "peer", "name", "absent1")
        for end in ("absent0", "absent1"):
            link.recorder_namespace.run("ip", "link", "set", end, "up")
        recorder.wait_ready()

    def test_empty_list_turns_it_off(self):
        link = self.link()
        settings = {**settings_for(link), "tcp_watch": {"interfaces": []}}
        recorder = self.enter(Recorder(link.recorder_namespace, settings, self.folder)).wait_ready()
        self.assertNotIn("ringtail_tcp_", recorder.metrics().text)


if __name__ == "__main__":
    main()
