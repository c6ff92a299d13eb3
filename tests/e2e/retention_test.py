"""Can the store be left alone: do interval, size, count, age and write rate hold, together and by themselves?"""

import os
import pathlib
import struct
import time

import file_systems
from keeper import Keeper
from support import EndToEndTest, Recorder, Sender, main, run, send, settings_for, verify

MIB = 1 << 20
DAY = 24 * 3600
# How far behind its interval a file's last packet may lie: a block timeout, on a machine that is busy.
BLOCK_NS = 250_000_000
SECOND_NS = 1_000_000_000


def packet_times(file):
    """Nanoseconds since 1970 of each packet."""
    data = file.read_bytes()
    times, at = [], 24
    while at < len(data):
        seconds, nanoseconds, size = struct.unpack_from("<III", data, at)
        times.append(seconds * SECOND_NS + nanoseconds)
        at += 16 + size
    return times


def named_second(file):
    return file.name[: len("20260131T235959")]


class Clock:
    """The wall clock that a recorder alone sees."""

    def __init__(self, path):
        self.path = path
        path.write_bytes(bytes(16))

    def through(self):
        return ("env", f"LD_PRELOAD={os.environ['RINGTAIL_SET_CLOCK_LIBRARY']}", f"RINGTAIL_TEST_CLOCK={self.path}")

    def set_ahead(self, seconds):
        with open(self.path, "r+b") as file:
            file.write(struct.pack("<q", seconds))

    def _readings(self):
        return struct.unpack("<qQ", self.path.read_bytes())[1]

    def wait_for_readings(self, recorder, count=2):
        wanted = self._readings() + count
        recorder.wait_for(lambda: self._readings() >= wanted, f"the clock is read {count} times")


class Retention(EndToEndTest):
    def record_bursts(self, recorder, count, first=0):
        """Each in a file of its own, which closes without further packets."""
        known = set(recorder.files())
        for burst in range(first, first + count):
            send(recorder.link, count=10, first=10 * burst, size=100)
            file = recorder.wait_for(lambda: set(recorder.files()) - known, f"file {burst} is closed").pop()
            known.add(file)
            yield file

    def test_an_hour_of_rotation_in_a_few_seconds(self):
        link = self.link()
        recorder = self.record_link(
            link, {"max_size": "14MiB"}, workers=2, rotate={"size": "2MiB", "interval": "1s"}, keep={"files": 5})
        keeper = Keeper(recorder, self.folder / "kept")
        keeper.start()
        self.addCleanup(keeper.stop)
        sender = self.enter(Sender(link, self.folder, count=42_000, size="60-1514", rate=6_000, flows=64))
        sent = sender.wait_and_count()
        totals = recorder.stop_and_total()
        files = keeper.stop()

        self.assertLessEqual(keeper.most_bytes, 14 * MIB)
        self.assertEqual((totals.written, totals.dropped), (sent, 0))
        self.assert_each_once(files, sent)
        self.assertLessEqual(len(recorder.files()), 5)
        self.assertEqual(recorder.files()[-1].name, files[-1].name)
        for worker in (0, 1):
            self.assert_rotated_each_second([file for file in files if f"_w{worker}." in file.name])
        self.assertTrue(any(file.stat().st_size > MIB for file in files), "size closes files as well")

    def assert_rotated_each_second(self, files):
        """One worker's: each file begins in the second that its name says and ends with it."""
        seconds = []
        for file in files:
            self.assertLessEqual(file.stat().st_size, 2 * MIB)
            times = packet_times(file)
            begin = times[0] // SECOND_NS
            self.assertEqual(time.strftime("%Y%m%dT%H%M%S", time.gmtime(begin)), named_second(file))
            self.assertLess(max(times), (begin + 1) * SECOND_NS + BLOCK_NS, file.name)
            seconds.append(begin)
        self.assertEqual(sorted(set(seconds)), list(range(seconds[0], seconds[-1] + 1)), "no second was left out")

    def test_count_and_age_hold_on_a_silent_link_and_across_restarts(self):
        link = self.link()
        rotate = {"interval": "1s"}
        recorder = self.record_link(link, rotate=rotate, keep={"files": 2, "age": "1h"}, name="counted")
        files = list(self.record_bursts(recorder, 3))
        recorder.wait_for(lambda: recorder.files() == sorted(files[1:]), "the oldest is deleted")
        recorder.stop_and_total()
        self.assert_each_once(recorder.files(), 20, first=10)

        recorder = self.record_link(link, rotate=rotate, keep={"files": 1}, name="fewer")
        recorder.wait_for(lambda: recorder.files() == files[2:], "one more is deleted at the next start")
        recorder.stop_and_total()

        recorder = self.record_link(link, rotate=rotate, keep={"age": "2s"}, name="aged")
        recorder.wait_for(lambda: not recorder.files(), "a file of an earlier run is deleted when it is too old")
        (file,) = self.record_bursts(recorder, 1, first=3)
        age = time.time() - packet_times(file)[-1] / SECOND_NS
        self.assertLess(age, 2)
        recorder.wait_for(lambda: not recorder.files(), "one of this run, too, although no packet comes")
        recorder.wait_metrics(lambda m: not m.find("ringtail_oldest_packet_timestamp_seconds"), "no packet is left")
        self.assertEqual(recorder.stop_and_total().written, 10)

    def test_a_wall_clock_that_steps_a_day_ahead_and_back_deletes_nothing(self):
        if "RINGTAIL_SET_CLOCK_LIBRARY" not in os.environ:
            return  # a build with a sanitizer; the unit tests step the clock there
        link = self.link()
        clock = Clock(self.folder / "clock")
        settings = settings_for(link, rotate={"interval": "1s"}, keep={"age": "1h"})

        def start(name):
            recorder = Recorder(link.recorder_namespace, settings, self.folder, name, through=clock.through())
            recorder.link = link
            return self.enter(recorder).wait_ready()

        recorder = start("stepped")
        (file,) = self.record_bursts(recorder, 1)
        for ahead in (DAY, 0):
            clock.set_ahead(ahead)
            clock.wait_for_readings(recorder)
            self.assertEqual(recorder.files(), [file], ahead)
        recorder.stop_and_total()

        # At the start there is nothing to compare it with: then it is believed.
        clock.set_ahead(DAY)
        recorder = start("ahead")
        recorder.wait_for(lambda: not recorder.files(), "what is a day old is deleted")

    def test_write_rate_bounds_what_goes_to_disk_and_the_rest_is_counted(self):
        link = self.link()
        begin = time.monotonic()
        recorder = self.record_link(link, {"max_write_rate": "1MiB/s"})
        sent = send(link, count=40_000, size=1000, rate=20_000)
        self.assertEqual(recorder.get("/readyz")[0], 200)
        totals = recorder.stop_and_total()
        seconds = time.monotonic() - begin
        self.assertEqual(totals.received, sent)
        self.assertGreater(totals.by_reason["rate_limit"], 0)
        self.assertEqual(totals.by_reason["rate_limit"], totals.dropped)
        self.assertLessEqual(totals.written_bytes, (seconds + 1) * MIB + MIB, "a second's worth, and a block")
        self.assertGreater(totals.written_bytes, MIB)

    def test_a_directory_that_must_be_mounted_is_refused_when_it_is_not(self):
        link = self.link()
        settings = settings_for(link, {"directory": "/ringtail-is-not-mounted/data", "require_mount": True})
        recorder = self.enter(Recorder(link.recorder_namespace, settings, self.folder))
        self.assertEqual(recorder.wait(), 1)
        self.assertIn("/ringtail-is-not-mounted/data is not on a mount of its own", recorder.stderr)
        self.assertFalse(pathlib.Path("/ringtail-is-not-mounted").exists())

    def test_nothing_is_recorded_beside_a_mount_that_vanishes(self):
        link = self.link()
        below = self.folder / "root"
        mount = self.enter(file_systems.Mount(below, *file_systems.on_image(below, "ext4", 96)))
        storage = {"directory": str(mount.path / "data"), "require_mount": True, "max_size": "48MiB"}
        recorder = self.record_link(link, storage, rotate={"size": "2MiB"})
        sent = send(link, count=1_000, size=1000)
        recorder.wait_metrics(lambda m: m.totals().written == sent, "all is written")
        mount.unmount()

        def send_more():
            nonlocal sent
            sent += send(link, count=1_000, first=sent, size=1000)
            return recorder.metrics().totals().by_reason["storage_error"]

        recorder.wait_for(send_more, "packets are discarded")
        recorder.wait_not_ready()
        self.assertIn("capture all is not recording", recorder.get("/readyz")[1])
        self.assertGreater(send_more(), 0)
        self.assertEqual(list(below.iterdir()), [], "nothing is made on the file system below")
        self.assertEqual(recorder.stderr.count("storage.require_mount"), 1, recorder.stderr)

        mount.mount_again()
        recorder.wait_ready(5)
        before = sent
        send_more()
        totals = recorder.stop_and_total()
        self.assertEqual((totals.received, totals.dropped), (sent, totals.by_reason["storage_error"]))
        self.assertEqual(recorder.stderr.count("can be made again"), 1, recorder.stderr)
        # The file that could not be finished while the mount was away, through a path that only the kernel can follow.
        run(os.environ["RINGTAIL_BINARY"], "repair", recorder.directory)
        self.assertEqual(recorder.unfinished_files(), [])
        found = verify(recorder.files(), expected=(0, sent - 1))
        self.assertEqual((found["distinct"], found["missing"], found["duplicates"]), (totals.written, totals.dropped, 0))
        self.assertEqual(verify(recorder.files(), expected=(before, sent - 1))["missing"], 0)


if __name__ == "__main__":
    main()
