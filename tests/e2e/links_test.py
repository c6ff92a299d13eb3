"""Do interfaces come and go, and all that they bring is recorded, at no cost that stays?"""

import os
import struct
import time

from numbered import numbers
from observe import resources
from support import EndToEndTest, Recorder, Sender, main, send, settings_for, tcpdump_count

SANITIZED = "RINGTAIL_TEST_EVERY" in os.environ  # slow, and it keeps what is freed
ROUNDS = 6 if SANITIZED else 20
BACK_SECONDS = 1.0
STANDSTILL_SECONDS = 0.2
ROUND_NUMBERS = 1_000_000
FLOWS = 64
LINKTYPE_ETHERNET, LINKTYPE_RAW = 1, 101

# Writes UDP and TCP packets to the tun device of the name in its argument, as many of each.
WRITE_TO_TUN = """
import fcntl, os, struct, sys
tun = os.open("/dev/net/tun", os.O_RDWR)
fcntl.ioctl(tun, 0x400454CA, struct.pack("16sH22x", sys.argv[1].encode(), 0x1001))  # TUNSETIFF: IFF_TUN | IFF_NO_PI
for protocol in (17, 6) * int(sys.argv[2]):
    os.write(tun, struct.pack("!BBHHHBBH4s4s20x", 0x45, 0, 40, 0, 0, 64, protocol, 0, bytes(4), bytes(4)))
"""


def linktype(file):
    return struct.unpack("<20xI", file.read_bytes()[:24])[0]


class Links(EndToEndTest):
    def replace_in_traffic(self, recorder, link, first):
        with Sender(link, self.folder, count=0, first=first, flows=FLOWS, rate=20_000) as sender:
            received = recorder.metrics().totals().received
            recorder.wait_metrics(lambda m: m.totals().received > received + 1_000, "traffic is received")
            link.remove()
            sender.stop_and_count()
        link.create()

    def most_ring_memory_within(self, recorder, seconds):
        """That memory, and whether the machine stood still meanwhile."""
        most, longest_look = 0, 0.0
        last = time.monotonic()
        end = last + seconds  # the promise that is measured, not a wait for something
        while last < end:
            most = max(most, resources(recorder.pid)["rings"])
            longest_look = max(longest_look, time.monotonic() - last)
            last = time.monotonic()
        return most, longest_look > STANDSTILL_SECONDS

    def assert_as_before(self, recorder, before):
        after = resources(recorder.pid)
        self.assertEqual((after["threads"], after["rings"]), (before["threads"], before["rings"]))
        # What each round left behind would be more; a scrape's connection and a file made ahead come and go.
        self.assertLess(after["descriptors"] - before["descriptors"], ROUNDS // 2)
        if not SANITIZED:
            self.assertLess(after["resident"], before["resident"] * 1.1 + 1024)

    def test_interface_that_is_replaced_again_and_again_is_back_within_a_second(self):
        for workers in (1, 2):
            with self.subTest(workers=workers):
                link = self.link()
                recorder = self.record_link(link, workers=workers)
                expected, stood_still, before = set(), set(), None
                for attempt in range(ROUNDS):
                    first = attempt * ROUND_NUMBERS
                    self.replace_in_traffic(recorder, link, first)
                    most, standstill = self.most_ring_memory_within(recorder, BACK_SECONDS)
                    if standstill:
                        stood_still.add(attempt)
                    sent = send(link, count=1_000, first=first + 500_000, flows=FLOWS)
                    expected.update(range(first + 500_000, first + 500_000 + sent))
                    recorder.wait_ready()
                    recorder.wait_metrics(lambda m: m.totals().received == m.totals().written, "all is on disk")
                    before = before or resources(recorder.pid)
                    self.assertLessEqual(most, before["rings"], "no memory twice")
                self.assert_as_before(recorder, before)
                totals = recorder.stop_and_total()
                self.assertEqual(totals.dropped, 0)
                found = numbers(recorder.files())
                self.assertEqual((len(found), len(set(found))), (totals.written, totals.written))
                late = {number // ROUND_NUMBERS for number in expected - set(found)}
                self.assertEqual(late - stood_still, set())
            self.forget_recordings()

    def test_interface_that_comes_after_the_start_is_recorded(self):
        link = self.link()
        link.remove()
        settings = settings_for(link, workers=2, filter="udp")
        recorder = self.enter(Recorder(link.recorder_namespace, settings, self.folder)).wait_not_ready()
        self.assertIn("all is not recording on record0 (worker 1): there is no such interface", recorder.get("/readyz")[1])
        self.assertIn("warning: record0: there is no such interface; recording begins when there is one", recorder.stderr)
        self.assertEqual(recorder.get("/healthz")[0], 200)
        link.create()
        recorder.wait_ready()
        sent = send(link, count=1_000, flows=FLOWS)
        self.assertEqual(recorder.stop_and_total().written, sent)
        self.assert_each_once(recorder.files(), sent)

    def test_interface_that_goes_takes_nothing_from_the_other_of_its_capture(self):
        link = self.link()
        settings = settings_for(link, workers=2, interfaces=[link.RECORDER, "going1"], ring={"memory": "128MiB"})
        recorder = self.enter(Recorder(link.recorder_namespace, settings, self.folder)).wait_not_ready()
        with Sender(link, self.folder, count=0, flows=FLOWS, rate=50_000) as sender:
            for _ in range(5):
                link.recorder_namespace.run("ip", "link", "add", "going0", "type", "veth", "peer", "name", "going1")
                link.recorder_namespace.run("ip", "link", "set", "going0", "up")
                link.recorder_namespace.run("ip", "link", "set", "going1", "up")
                recorder.wait_ready()
                link.recorder_namespace.run("ip", "link", "delete", "going0")
                recorder.wait_not_ready()
                self.assertNotIn(link.RECORDER, recorder.get("/readyz")[1])
            sent = sender.stop_and_count()
        totals = recorder.stop_and_total()
        self.assertEqual(totals.dropped, 0)
        self.assert_each_once([file for file in recorder.files() if link.RECORDER in file.name], sent)

    def test_interface_of_another_link_type_is_filtered_and_filed_as_such(self):
        link = self.link()
        recorder = self.record_link(link, filter="udp")
        namespace = link.recorder_namespace
        sent = send(link, count=100)
        link.remove()
        recorder.wait_not_ready()
        namespace.run("ip", "tuntap", "add", "dev", link.RECORDER, "mode", "tun")
        namespace.run("ip", "link", "set", link.RECORDER, "arp", "off", "multicast", "off", "up")
        recorder.wait_ready()
        namespace.run("python3", "-c", WRITE_TO_TUN, link.RECORDER, "50")
        namespace.run("ip", "link", "delete", link.RECORDER)
        recorder.wait_not_ready()
        link.create()
        recorder.wait_ready()
        sent += send(link, count=100, first=sent)
        self.assertEqual(recorder.stop_and_total().written, sent + 50)
        self.assert_each_once([file for file in recorder.files() if linktype(file) == LINKTYPE_ETHERNET], sent)
        (tunnelled,) = [file for file in recorder.files() if linktype(file) == LINKTYPE_RAW]
        self.assertEqual((tcpdump_count(tunnelled), tcpdump_count(tunnelled, "udp")), (50, 50))


if __name__ == "__main__":
    main()
