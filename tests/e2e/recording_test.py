"""Is each packet recorded exactly once, do all readers and counters agree, and does silence cost nothing?"""

import datetime
import re
import struct
import time

from support import EndToEndTest, capinfos, context_switches, cpu_seconds, main, send, tcpdump_count, tshark_fields

FRAMES = 20_000
NAME = re.compile(r"^(\d{8}T\d{6}\.\d{6})Z_record0_w(\d+)\.pcap$")
OBSERVED_SECONDS = 3.0
EPOCH = datetime.datetime(1970, 1, 1)


def first_packet_microseconds(file):
    with open(file, "rb") as stream:
        seconds, nanoseconds = struct.unpack("<24xII", stream.read(32))
    return seconds * 1_000_000 + nanoseconds // 1000


def start_in_name(file):
    start = datetime.datetime.strptime(NAME.match(file.name)[1], "%Y%m%dT%H%M%S.%f")
    return (start - EPOCH) // datetime.timedelta(microseconds=1)


class Recording(EndToEndTest):
    def record(self, workers):
        """Records FRAMES numbered frames; the recorder is stopped, its last scrape agreed with its totals."""
        link = self.link()
        recorder = self.record_link(link, workers=workers, rotate={"size": "2MiB"})
        self.assertEqual(send(link, count=FRAMES, size="60-1514", flows=64), FRAMES)
        scrape = recorder.wait_metrics(lambda m: m.totals().written == FRAMES, "all packets are on disk")
        totals = recorder.stop_and_total()
        self.assertEqual((totals.received, totals.written, totals.dropped), (FRAMES, FRAMES, 0))
        for field in ("received", "written", "by_reason", "written_bytes"):
            self.assertEqual(getattr(scrape.totals(), field), getattr(totals, field), field)
        return recorder, scrape, totals

    def assert_readers_agree(self, files, totals):
        self.assertEqual(len(files), totals.files)
        self.assertEqual(sum(tcpdump_count(file) for file in files), totals.written)
        self.assertEqual(sum(len(tshark_fields(file, "frame.number")) for file in files), totals.written)
        self.assertEqual(sum(int(capinfos(file)["Number of packets"]) for file in files), totals.written)
        self.assertEqual(sum(file.stat().st_size for file in files), totals.written_bytes)

    def test_each_packet_is_on_disk_once_and_all_readers_agree(self):
        for workers in (1, 2):
            with self.subTest(workers=workers):
                recorder, scrape, totals = self.record(workers)
                files = recorder.files()
                self.assertGreater(len(files), 2 * workers, "the files were to be several a worker")
                self.assert_each_once(files, FRAMES)
                self.assert_readers_agree(files, totals)
                self.assertEqual({int(NAME.match(file.name)[2]) for file in files}, set(range(workers)))
                for worker in range(workers):
                    self.assertGreater(scrape.value("ringtail_written_packets_total", worker=str(worker)), 0)
            self.forget_recordings()

    def test_names_state_the_first_packet_and_only_whole_files_stay(self):
        recorder, _, _ = self.record(workers=2)
        for file in recorder.files():
            self.assertRegex(file.name, NAME)
            self.assertEqual(start_in_name(file), first_packet_microseconds(file), file.name)
        self.assert_only_finished_files(recorder)

    def test_no_packet_makes_no_file(self):
        recorder = self.record_link(self.link(), workers=2)
        self.assertEqual(recorder.stop_and_total().files, 0)
        self.assertEqual(recorder.files(), [])
        self.assert_only_finished_files(recorder)

    def test_silent_link_costs_no_cpu(self):
        link = self.link()
        recorder = self.record_link(link, workers=2)
        for after in ("start", "traffic"):
            with self.subTest(after=after):
                if after == "traffic":
                    sent = send(link, count=1000, flows=64)
                    recorder.wait_metrics(lambda m: m.totals().written == sent, "all packets are on disk")
                cpu, switches = cpu_seconds(recorder.pid), context_switches(recorder.pid, "worker-")
                time.sleep(OBSERVED_SECONDS)  # not a wait for something: the time that is measured
                cpu = cpu_seconds(recorder.pid) - cpu
                self.assertLess(cpu, OBSERVED_SECONDS / 10)
                self.assertEqual(len(switches), 2)
                for thread, count in context_switches(recorder.pid, "worker-").items():
                    self.assertLess(count - switches[thread], 60, thread)


if __name__ == "__main__":
    main()
