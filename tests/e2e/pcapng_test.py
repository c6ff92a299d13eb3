"""Do pcapng files hold the same packets as pcap files, and do readers find in them what only pcapng can tell?"""

import contextlib
import os
import signal
import socket

from pcap_file import read_pcap
from sidecar_test import sidecar_of
from support import (
    EndToEndTest, Recorder, Sender, capinfos, main, run, send, settings_for, tcpdump_count, tshark_fields, verify,
)  # fmt: skip

FILTER = "not ip6 and not port 54"
COUNTS = ("received", "dropped", "accepted_by_filter", "dropped_by_os", "delivered_to_user")
SO_TIMESTAMP = 29  # socket(7), which Python does not name
IN, OUT = 1, 2
UNICAST, MULTICAST, BROADCAST, PROMISCUOUS = 1, 2, 3, 4

# Frames to each kind of receiver.
SEND = """
import socket, sys
interface, *receivers = sys.argv[1:]
with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as packets:
    packets.bind((interface, 0))
    for receiver in receivers:
        packets.send(bytes.fromhex(receiver) + bytes.fromhex("020000000009") + bytes.fromhex("88b5") + bytes(46))
"""


def as_pcap(file):
    """The records of a pcapng file, as Wireshark's library reads them."""
    target = file.with_suffix(".converted")
    run("editcap", "-F", "nsecpcap", file, target)
    records = read_pcap(target)
    target.unlink()
    return records


def statistics(file):
    """The numbers of the Interface Statistics Blocks in a file and their comments, read as blocks."""
    fields = [f"pcapng.options.option.data.interface.{count}" for count in COUNTS]
    output = run("tshark", "-r", file, "-X", "read_format:MIME Files Format", "-T", "fields",
                 *(part for field in [*fields, "pcapng.options.option.data.comment"] for part in ("-e", field)))  # fmt: skip
    *counts, comment = output.rstrip("\n").split("\t")
    if not counts[0]:
        return None
    return {**{name: int(count) for name, count in zip(COUNTS, counts)}, "comment": comment}


def losses(comment):
    """What a comment says was dropped, by reason."""
    pairs = (part.split(" ") for part in comment.removeprefix("dropped: ").split(", ") if part)
    return {reason: int(count) for reason, count in pairs}


@contextlib.contextmanager
def packets_stamped_once():
    """While a socket wants stamps, the kernel stamps a packet when it comes in, and not once for each recorder."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wanting:
        wanting.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMP, 1)
        yield


class Pcapng(EndToEndTest):
    def record_both(self, link, interface, **capture):
        """A recorder with a capture in each format, named for it."""
        settings = settings_for(link, interfaces=[interface], ring={"memory": "32MiB"}, rotate={"size": "2MiB"}, **capture)
        settings["captures"] = [settings["captures"][0] | {"name": name, "format": name} for name in ("pcap", "pcapng")]
        return self.enter(Recorder(link.recorder_namespace, settings, self.folder)).wait_ready()

    def assert_same_packets(self, recorder, count):
        recorded = {}
        for name, read in (("pcap", read_pcap), ("pcapng", as_pcap)):
            files = recorder.files(name)
            self.assertTrue(files and all(file.suffix == f".{name}" for file in files), files)
            recorded[name] = [record for file in files for record in read(file)]
            self.assertEqual(sum(tcpdump_count(file) for file in files), count)
        self.assertEqual(len(recorded["pcap"]), count)
        different = [pair for pair in zip(recorded["pcap"], recorded["pcapng"], strict=True) if pair[0] != pair[1]]
        self.assertEqual(different[:1], [], "times, lengths and bytes are the same")

    def test_the_same_packets_as_in_pcap_byte_for_byte_and_to_the_nanosecond(self):
        for interface, capture in (("record0", {}), ("any", {"filter": "not tcp"}), ("record0", {"snaplen": 97})):
            with self.subTest(interface=interface, **capture):
                self.enter(packets_stamped_once())
                link = self.link()
                recorder = self.record_both(link, interface, **capture)
                sent = send(link, count=8_000, size="imix")
                sent += send(link, count=1_000, first=sent, size="60-70", vlan="5")
                self.assertEqual(recorder.stop_and_total().dropped, 0)
                self.assert_only_finished_files(recorder)
                self.assert_same_packets(recorder, sent)
                for file in recorder.files("pcapng"):
                    self.assertLessEqual(file.stat().st_size, 2 << 20)
                    told = statistics(file)
                    self.assertEqual((told["received"], told["comment"]), (sidecar_of(file)["received"], ""))
            self.forget_recordings()

    def test_readers_find_where_a_file_comes_from(self):
        link = self.link()
        recorder = self.record_link(link, format="pcapng", filter=FILTER, snaplen=1000, timestamps={"precision": "micro"})
        sent = send(link, count=100, size="60")
        recorder.stop_and_total()
        (file,) = recorder.files()
        self.assertEqual(file.suffix, ".pcapng")
        report = run("capinfos", file)
        for line in (
            "Capture oper-sys:    Linux " + os.uname().release, "Capture application: ringtail 0.", "Capture hardware: ",
            "Strict time order:   True", "File timestamp precision:  microseconds (6)", "Name = record0",
            "Description = capture all, worker 0", "Capture length = 1004", f"Filter string = {FILTER}",
            "Number of stat entries = 1", f"Number of packets = {sent}",
        ):  # fmt: skip
            self.assertIn(line, report)
        self.assertEqual(capinfos(file)["Number of packets"], str(sent))
        self.assertEqual(set(map(tuple, tshark_fields(file, "frame.interface_name"))), {("record0",)})

    def test_each_packet_tells_its_direction_and_who_it_was_for(self):
        link = self.link()
        recorder = self.record_link(link, format="pcapng")
        own = link.recorder_namespace.run("cat", f"/sys/class/net/{link.RECORDER}/address").strip().replace(":", "")
        link.sender_namespace.run("/usr/bin/python3", "-c", SEND, link.SENDER, own, "01005e000001", "ff" * 6, "020000000001")
        link.recorder_namespace.run("/usr/bin/python3", "-c", SEND, link.RECORDER, "020000000001")
        recorder.stop_and_total()
        (file,) = recorder.files()
        flags = [int(value[0], 16) for value in tshark_fields(file, "frame.packet_flags")]
        self.assertEqual(flags, [IN | UNICAST << 2, IN | MULTICAST << 2, IN | BROADCAST << 2, IN | PROMISCUOUS << 2, OUT])

    def test_losses_travel_with_the_files_and_agree_with_sidecars_and_metrics(self):
        link = self.link()
        recorder = self.record_link(link, workers=2, ring={"memory": "16MiB"}, rotate={"size": "2MiB"}, format="pcapng")
        for burst in range(2):
            recorder.send_signal(signal.SIGSTOP)
            send(link, count=40_000, first=burst * 40_000, size="1000", flows=16)
            recorder.send_signal(signal.SIGCONT)
            recorder.wait_metrics(lambda m: m.totals().received == m.totals().written + m.totals().dropped, "the rings are empty")
        totals = recorder.stop_and_total()
        self.assertGreater(totals.by_reason["ring_full"], 0)
        told = []
        for file in recorder.files():
            told.append(statistics(file))
            sidecar = sidecar_of(file)
            self.assertEqual(losses(told[-1]["comment"]), {reason: n for reason, n in sidecar["dropped"].items() if n})
            self.assertEqual(told[-1]["received"], sidecar["received"])
            self.assertEqual(told[-1]["accepted_by_filter"], sidecar["received"])
            self.assertEqual(capinfos(file)["Number of packets"], str(sidecar["packets"]))
            self.assertEqual(sidecar["bytes"], file.stat().st_size)
        sums = {name: sum(statistics[name] for statistics in told) for name in COUNTS}
        self.assertEqual(sums, {
            "received": totals.received, "dropped": totals.dropped, "accepted_by_filter": totals.received,
            "dropped_by_os": totals.by_reason["ring_full"], "delivered_to_user": totals.written,
        })  # fmt: skip

    def test_a_kill_leaves_whole_packets_and_no_claim_about_losses(self):
        link = self.link()
        killed = self.record_link(link, name="killed", format="pcapng")
        with Sender(link, self.folder, count=0, size="60-1000", rate=20_000):
            killed.wait_metrics(lambda m: m.totals().written > 20_000, "packets are on disk")
            written = killed.metrics().totals().written
            killed.stop(signal.SIGKILL)
        (unfinished,) = killed.unfinished_files()
        self.assertEqual(unfinished.suffixes[-2:], [".pcapng", ".part"])
        run(os.environ["RINGTAIL_BINARY"], "repair", self.folder / "capture")
        (file,) = killed.files()
        self.assertGreaterEqual(tcpdump_count(file), written)
        self.assertIn("Number of stat entries = 0", run("capinfos", file))
        as_pcap(file)
        self.assertEqual(sidecar_of(file)["origin"], "recovered")

    def test_a_reload_changes_format_and_filter_of_the_files_that_follow(self):
        link = self.link()
        recorder = self.record_link(link)
        sent = 0
        steps = ({"format": "pcapng", "filter": "udp"}, {"format": "pcapng", "filter": "udp or tcp"}, {"format": "pcap"})
        for step, capture in enumerate(steps, 1):
            sent += send(link, count=1_000, first=sent)
            recorder.wait_metrics(lambda m: m.totals().received >= sent, "they are there")
            recorder.write_settings(settings_for(link, **capture))
            recorder.send_signal(signal.SIGHUP)
            recorder.wait_for(lambda: recorder.stderr.count(" reloaded") == step, "it is reloaded")
        sent += send(link, count=1_000, first=sent)
        self.assertEqual(recorder.stop_and_total().written, sent)
        self.assert_only_finished_files(recorder)
        files = recorder.files()
        self.assertEqual([file.suffix for file in files], [".pcap", ".pcapng", ".pcapng", ".pcap"])
        for file, expression in zip(files[1:3], ("udp", "udp or tcp")):
            self.assertIn(f"Filter string = {expression}\n", run("capinfos", file))
            self.assertEqual(capinfos(file)["Number of packets"], "1000")
        self.assertEqual(verify([files[0], files[3]])["packets"], 2_000)


if __name__ == "__main__":
    main()
