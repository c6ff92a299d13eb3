"""Do the sender, the link and the verifier themselves lose, add or change anything?"""

import pathlib
import signal
import unittest
import unittest.mock

from support import EndToEndTest, Metrics, Process, Recorder, Sender, Tcpdump, Timeout, Totals
from support import capinfos, compare, main, run, send, tcpdump_count, tshark_fields, verify, wait_until

FRAMES = 20_000


class SenderToVerifier(EndToEndTest):
    def capture(self, link, name, *arguments):
        path = self.folder / f"{name}.pcap"
        return self.enter(Tcpdump(link.recorder_namespace, link.RECORDER, path, *arguments))

    def test_each_number_arrives_exactly_once(self):
        for apart in (False, True):
            with self.subTest(apart=apart):
                link = self.link(apart=apart)
                tcpdump = self.capture(link, f"apart-{apart}")
                sent = send(link, count=FRAMES, size="imix", first=1000, flows=50)
                self.assertEqual(sent, FRAMES)
                file = tcpdump.stop_after(sent)
                self.assert_each_once([file], sent, first=1000)
                self.assertEqual(tcpdump_count(file), sent)
                self.assertEqual(int(capinfos(file)["Number of packets"]), sent)

    def test_two_recordings_of_one_link_are_the_same(self):
        link = self.link()
        left = self.capture(link, "left")
        right = self.capture(link, "right", "-s", "2000")
        sent = send(link, count=FRAMES, size="60-1514", rate=50_000)
        files = [tcpdump.stop_after(sent) for tcpdump in (left, right)]
        found = self.assert_same_frames(files[:1], files[1:])
        self.assertEqual(found["common"], sent)

    def test_comparison_tells_a_recording_that_misses_frames(self):
        link = self.link()
        whole = self.capture(link, "whole")
        odd = self.capture(link, "odd", "udp[15] & 1 = 1")
        sent = send(link, count=1000)
        files = [whole.stop_after(sent), odd.stop_after(sent // 2)]
        found = compare(files[:1], files[1:])
        self.assertEqual((found["common"], found["only_left"], found["only_right"]), (500, 500, 0))
        self.assertEqual(verify(files[1:], expected=(0, sent - 1))["missing"], 500)

    def test_tagged_and_cut_frames_are_recognised(self):
        link = self.link()
        tcpdump = self.capture(link, "tagged", "-s", "96")
        sent = send(link, count=500, size="64-900", vlan=42)
        file = tcpdump.stop_after(sent)
        found = verify([file], expected=(0, sent - 1))
        self.assertEqual((found["missing"], found["corrupt"], found["foreign"]), (0, 0, 0))
        self.assertGreater(found["truncated"], 0)
        self.assertEqual(tshark_fields(file, "vlan.id"), [["42"]] * sent)

    def test_tcpdump_is_asked_anew_what_it_has_taken(self):
        link = self.link()
        tcpdump = self.capture(link, "asked-before")
        tcpdump.note_unfiltered()
        sent = send(link, count=100)
        self.assert_each_once([tcpdump.stop_after_all()], sent)

    def test_link_that_comes_up_brings_no_frames_of_its_own(self):
        link = self.link(apart=True)
        tcpdump = self.capture(link, "silent")
        link.bring_down()
        link.bring_up()
        sent = send(link, count=1)
        self.assert_each_once([tcpdump.stop_after(sent)], 1)

    def test_background_sender_counts_what_it_sent_until_stopped(self):
        link = self.link()
        tcpdump = self.capture(link, "background")
        sender = self.enter(Sender(link, self.folder, count=0, rate=20_000))
        tcpdump.wait_for(lambda: tcpdump.captured() >= 1000, "1000 packets")
        sent = sender.stop_and_count()
        self.assert_each_once([tcpdump.stop_after(sent)], sent)

    def test_connection_is_made_within_the_namespace(self):
        link = self.link(apart=True)
        server = self.enter(Process(
            link.recorder_namespace.command("/usr/bin/python3", "-m", "http.server", "--bind", "127.0.0.1", "9477"),
            self.folder, "server"))  # fmt: skip

        def connected():
            try:
                return link.recorder_namespace.connect(("127.0.0.1", 9477))
            except ConnectionRefusedError:
                return None

        server.wait_for(connected, "a connection").close()
        with self.assertRaises(ConnectionRefusedError):
            link.sender_namespace.connect(("127.0.0.1", 9477))
        self.assertEqual(server.stop(signal.SIGTERM), -signal.SIGTERM)

    def test_namespaces_are_removed(self):
        with self.subTest():
            link = self.link(apart=True)
            names = [namespace.name for namespace, _ in link.ends()]
            self.assertTrue(all(name in run("ip", "netns", "list") for name in names))
        self.doCleanups()
        listed = run("ip", "netns", "list").split()
        self.assertFalse(any(name in listed for name in names))


class RecorderInANamespace(EndToEndTest):
    def setUp(self):
        super().setUp()
        fake = str(pathlib.Path(__file__).parent / "fake_recorder.py")
        self.enter(unittest.mock.patch.dict("os.environ", RINGTAIL_BINARY=fake))
        self.namespace = self.link().recorder_namespace

    def test_is_waited_for_scraped_and_stopped(self):
        recorder = self.enter(Recorder(self.namespace, {"captures": []}, self.folder)).wait_ready()
        self.assertEqual(recorder.metrics().totals().received, 5)
        totals = recorder.stop_and_total()
        self.assertEqual((totals.written, totals.by_reason["storage_full"], totals.files), (4, 1, 1))

    def test_early_end_is_told_with_its_words(self):
        recorder = self.enter(Recorder(self.namespace, "no: json", self.folder))
        with self.assertRaisesRegex(AssertionError, "JSONDecodeError"):
            recorder.wait_ready()

    def test_only_finished_files_are_listed(self):
        recorder = self.enter(Recorder(self.namespace, {}, self.folder))
        (recorder.directory / "all").mkdir()
        for name in ("2.pcap", "1.pcap", "3.pcap.part", "1.pcap.json"):
            (recorder.directory / "all" / name).touch()
        self.assertEqual([file.name for file in recorder.files("all")], ["1.pcap", "2.pcap"])
        self.assertEqual([file.name for file in recorder.unfinished_files()], ["3.pcap.part"])


class Contract(unittest.TestCase):
    SCRAPE = (
        "# HELP ringtail_received_packets_total Packets\n"
        "# TYPE ringtail_received_packets_total counter\n"
        'ringtail_received_packets_total{interface="e\\"0",capture="a",worker="0"} 7\n'
        'ringtail_received_packets_total{interface="e1",capture="a",worker="1"} 3\n'
        'ringtail_written_packets_total{interface="e1",capture="a",worker="1"} 8\n'
        'ringtail_dropped_packets_total{interface="e1",capture="a",worker="1",reason="ring_full"} 2\n'
        "ringtail_build_info 1\n"
    )
    LINE = (
        "[info] total: received=10 written=8 dropped=2 ring_full=1 storage_full=0 storage_error=0 "
        "rate_limit=1 limit_reached=0 malformed=0 written_bytes=900 files=3\n"
    )

    def test_scrape_is_parsed_and_the_identity_holds(self):
        metrics = Metrics(self.SCRAPE)
        self.assertEqual(metrics.value("ringtail_received_packets_total", interface='e"0'), 7)
        self.assertEqual(metrics.sum("ringtail_received_packets_total"), 10)
        metrics.totals().assert_identity()

    def test_final_totals_are_parsed_and_the_identity_holds(self):
        totals = Totals.from_log("[info] noise\n" + self.LINE)
        self.assertEqual((totals.received, totals.files, totals.by_reason["rate_limit"]), (10, 3, 1))
        totals.assert_identity()

    def test_broken_identity_is_an_error(self):
        for change in (("received=10", "received=11"), ("ring_full=1", "ring_full=0"), ("malformed=0 ", "")):
            with self.subTest(change), self.assertRaises(AssertionError):
                Totals.from_log(self.LINE.replace(*change)).assert_identity()

    def test_deadline_says_what_was_waited_for(self):
        with self.assertRaisesRegex(Timeout, "the moon"):
            wait_until(lambda: False, "the moon", seconds=0.02)


if __name__ == "__main__":
    main()
