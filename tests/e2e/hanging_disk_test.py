"""What happens when the disk neither writes nor fails: a file system that is frozen, or the disk below it."""

import signal
import time

import file_systems
from support import (
    EndToEndTest, Recorder, Sender, Totals, cpu_seconds, is_locked, main, run, send, settings_for, verify, wait_until,
)  # fmt: skip

LOAD = {"size": 1000, "flows": 16}
HANG_SECONDS = 5


class HangingDisk(EndToEndTest):
    def start(self, ring="32MiB", file="8MiB"):
        """A recorder on a file system of its own, with packets on it already; its disk is a file on another."""
        self.recorder_link = self.link()
        disk = self.folder / "disk"
        self.disk = self.enter(file_systems.Mount(disk, *file_systems.on_image(disk, "ext4", 1024)))
        root = self.folder / "root"
        image = file_systems.on_image(self.disk.path / "root", "ext4", 768)
        self.mount = self.enter(file_systems.Mount(root, *image))
        self.frozen_path = self.disk.path if self.hangs == "disk" else self.mount.path
        self.frozen = False
        self.settings = settings_for(
            self.recorder_link, {"directory": str(self.mount.path / "data"), "max_size": "512MiB", "io": self.io},
            workers=1, rotate={"size": file}, ring={"memory": ring},
        )  # fmt: skip
        self.sent = 0
        self.recorder = self.start_again("ringtail")
        self.send_more(2_000)
        self.recorder.wait_metrics(lambda m: m.totals().written == self.sent, "all is written")
        return self.recorder

    def start_again(self, name):
        return self.enter(Recorder(self.recorder_link.recorder_namespace, self.settings, self.folder, name)).wait_ready()

    def freeze(self):
        run("fsfreeze", "--freeze", self.frozen_path)
        self.addCleanup(self.thaw)
        self.frozen = True

    def thaw(self):
        if self.frozen:
            run("fsfreeze", "--unfreeze", self.frozen_path)
            self.frozen = False

    def send_more(self, count):
        self.sent += send(self.recorder_link, count=count, first=self.sent, **LOAD)

    def assert_all_written(self):
        totals = self.recorder.stop_and_total()
        self.assertEqual((totals.received, totals.written), (self.sent, self.sent), "the ring was large enough")
        self.assert_each_once(self.recorder.files(), self.sent)


class EachWay:
    def test_ring_bridges_the_time_and_readyz_says_what_is_wrong(self):
        recorder = self.start()
        self.freeze()
        self.send_more(15_000)  # more than may be in flight
        cpu = cpu_seconds(recorder.pid)
        time.sleep(HANG_SECONDS)  # not a wait for something: how long the disk hangs
        self.assertLess(cpu_seconds(recorder.pid) - cpu, HANG_SECONDS / 20, "it does nothing meanwhile")
        body = recorder.wait_not_ready()
        self.assertIn("waits for the disk", recorder.get("/readyz")[1], body)
        self.thaw()
        recorder.wait_ready()
        self.assert_all_written()

    def test_readyz_says_so_of_a_single_write(self):
        recorder = self.start()
        self.freeze()
        self.send_more(500)
        self.assertIn("waits for the disk", recorder.wait_not_ready().get("/readyz")[1])
        self.thaw()
        recorder.wait_ready()
        self.assert_all_written()

    def test_stop_does_not_wait_for_ever_and_counts_what_it_leaves(self):
        recorder = self.start()
        self.freeze()
        self.send_more(5_000)
        recorder.wait_not_ready()
        recorder.send_signal(signal.SIGTERM)
        recorder.wait_for(lambda: "stuck in the kernel" in recorder.stderr, "it gives up", seconds=20)
        self.thaw()  # until then the kernel itself may hold a thread, and so the process
        self.assertEqual(recorder.wait(15), 6, recorder.stderr)
        totals = Totals.from_log(recorder.stderr)
        totals.assert_identity()
        self.assertEqual(totals.received, self.sent)
        self.assertGreater(totals.by_reason["storage_error"], 0)


class HangingFileSystem(EachWay, HangingDisk):
    """A frozen file system keeps a thread waiting that the kernel has made for the write."""

    hangs, io = "file system", "auto"


class HangingWorker(EachWay, HangingDisk):
    hangs, io = "file system", "blocking"


class HangingWrites(EachWay, HangingDisk):
    """A frozen disk keeps nothing waiting but the write."""

    hangs, io = "disk", "auto"

    def test_what_the_ring_cannot_hold_is_counted(self):
        recorder = self.start()
        self.freeze()
        self.send_more(60_000)
        recorder.wait_metrics(lambda m: m.totals().by_reason["ring_full"] > 0, "the ring is full")
        self.thaw()
        recorder.wait_metrics(lambda m: m.totals().received == m.totals().written + m.totals().dropped, "it caught up")
        totals = recorder.stop_and_total()
        self.assertEqual(totals.received, self.sent)
        self.assertEqual(totals.dropped, totals.by_reason["ring_full"])
        found = verify(recorder.files(), expected=(0, self.sent - 1))
        self.assertEqual((found["distinct"], found["missing"], found["corrupt"]), (totals.written, totals.dropped, 0))

    def test_hiccups_of_a_fifth_of_a_second_cost_nothing(self):
        recorder = self.start(ring="256MiB", file="128MiB")
        sender = self.enter(Sender(self.recorder_link, self.folder, count=0, first=self.sent, rate=20_000, **LOAD))
        for _ in range(4):
            self.freeze()
            time.sleep(0.2)  # not a wait for something: how long the disk hangs
            self.thaw()
            time.sleep(0.3)  # nor is this: how long it works
        self.sent += sender.stop_and_count()
        recorder.wait_metrics(lambda m: m.totals().received == m.totals().written + m.totals().dropped, "it caught up")
        self.assert_all_written()

    def test_files_of_a_killed_run_are_left_alone_until_its_last_writes_are_through(self):
        recorder = self.start()
        (unfinished,) = recorder.unfinished_files()  # to look for it later would wait for the disk as well
        self.freeze()
        self.send_more(5_000)
        recorder.wait_not_ready()
        self.assertEqual(recorder.stop(signal.SIGKILL), -signal.SIGKILL)
        self.assertTrue(is_locked(unfinished), "the kernel has writes to it in flight")
        self.thaw()
        wait_until(lambda: not is_locked(unfinished), "they are through")
        again = self.start_again("again")
        again.wait_for(lambda: not again.unfinished_files(), "it is recovered")
        self.assertEqual(again.stop_and_total().received, 0)
        found = verify(again.files())
        self.assertGreater(found["distinct"], 2_000, "of what was in flight")
        self.assertEqual((found["missing"], found["corrupt"], found["duplicates"]), (0, 0, 0))


if __name__ == "__main__":
    main()
