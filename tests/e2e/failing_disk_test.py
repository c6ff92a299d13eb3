"""What happens when the disk fails: calls that return errors or never return, folders and mounts that go.

Always the same is asked: losses are counted under the right reason, each change is logged once,
recording resumes by itself, and every packet is on disk or counted.
"""

import errno
import os
import re
import shutil

import file_systems
from support import EndToEndTest, Recorder, Sender, main, run, send, settings_for, verify

LOAD = {"size": 1000, "flows": 16}
RING_MIB = 32


class DiskTest(EndToEndTest):
    def start(self, directory=None, io="auto", **capture):
        """A recorder whose calls fail as the test says, with packets on disk already."""
        self.the_link = self.link()
        self.faults = self.folder / "faults"
        through = ("env", f"LD_PRELOAD={os.environ['RINGTAIL_FAILING_CALLS_LIBRARY']}", "ASAN_OPTIONS=verify_asan_link_order=0",
                   f"RINGTAIL_FAILING_CALLS={self.faults}")  # fmt: skip
        storage = {"max_size": "256MiB", "io": io, **({"directory": str(directory)} if directory else {})}
        settings = settings_for(self.the_link, storage, rotate={"size": "4MiB"}, ring={"memory": f"{RING_MIB}MiB"}, **capture)
        recorder = Recorder(self.the_link.recorder_namespace, settings, self.folder, through=through)
        self.recorder = self.enter(recorder).wait_ready()
        self.sent = 0
        self.send_more(2_000)
        self.wait_accounted()
        return self.recorder

    def fault(self, *calls):
        """Calls fail from now on: ("pwritev2", errno.EIO), and with 0 they hang. Without calls none does."""
        new = self.faults.with_suffix(".new")
        new.write_text("".join(f"{call} {error}\n" for call, error in calls))
        new.rename(self.faults)

    def send_more(self, count, **options):
        self.sent += send(self.the_link, count=count, first=self.sent, **{**LOAD, **options})

    def wait_accounted(self):
        """Until each packet that was sent is written or counted as lost."""
        return self.recorder.wait_metrics(
            lambda m: (t := m.totals()).received == self.sent == t.written + t.dropped, f"all of {self.sent} are accounted for"
        ).totals()

    def wait_loss(self, reason):
        """Sends until something is lost for that reason; readyz then says that the capture does not record."""
        def lost(metrics):
            self.send_more(500)
            return metrics.totals().by_reason[reason] > 0

        self.recorder.wait_metrics(lost, f"packets are lost as {reason}")
        self.recorder.wait_not_ready()
        self.assertIn("capture all is not recording", self.recorder.get("/readyz")[1])
        self.assertEqual(self.recorder.get("/healthz")[0], 200)

    def assert_resumes(self, reason):
        """Recording is back within 5 s, nothing is lost any more, and files and counters agree."""
        self.recorder.wait_ready(5)
        self.wait_accounted()
        before = self.recorder.metrics().totals()
        self.send_more(3_000)
        totals = self.wait_accounted()
        self.assertEqual(totals.dropped, before.dropped, "nothing is lost after it is ready again")
        totals = self.recorder.stop_and_total()
        self.assertEqual(totals.received, self.sent)
        self.assertEqual(totals.dropped, totals.by_reason[reason])
        # One that could not be renamed in time stays unfinished until the next start.
        files = [*self.recorder.files(), *self.recorder.unfinished_files()]
        found = verify(files, expected=(0, self.sent - 1))
        self.assertEqual((found["duplicates"], found["corrupt"], found["truncated"]), (0, 0, 0))
        self.assertEqual(found["distinct"], totals.written)
        return totals

    def assert_said_once(self, text):
        """Of what fails (writes, sidecars, finishing) each says the reason once, whichever file it was."""
        lines = [re.sub(r"^\S+ \S+ |/\S+|\d{8}T\S+", "", line) for line in self.recorder.stderr.splitlines() if text in line]
        self.assertTrue(lines, self.recorder.stderr)
        self.assertEqual(len(lines), len(set(lines)), self.recorder.stderr)


class FailingCalls(DiskTest):
    def start(self, io="blocking"):
        """What io_uring writes is no call that can be made to fail."""
        return super().start(io=io)

    def test_failed_writes_are_counted_and_recording_resumes(self):
        self.start()
        self.fault(("pwritev2", errno.EIO))
        self.wait_loss("storage_error")
        self.fault()
        self.assert_resumes("storage_error")
        self.assert_said_once("Input/output error")

    def test_no_space_for_a_write_is_storage_full(self):
        self.start()
        self.fault(("pwritev2", errno.ENOSPC), ("fallocate", errno.ENOSPC))
        self.wait_loss("storage_full")
        self.fault()
        self.assert_resumes("storage_full")

    def test_a_file_system_that_is_read_only_for_a_while(self):
        self.start()
        self.fault(("pwritev2", errno.EROFS), ("fallocate", errno.EROFS), ("renameat2", errno.EROFS))
        self.wait_loss("storage_error")
        self.fault()
        self.assert_resumes("storage_error")

    def test_a_quota_is_storage_full(self):
        self.start()
        self.fault(("pwritev2", errno.EDQUOT), ("fallocate", errno.EDQUOT))
        self.wait_loss("storage_full")
        self.fault()
        self.assert_resumes("storage_full")

    def test_writes_that_fail_now_and_then_cost_what_is_counted_and_no_more(self):
        self.start()
        for _ in range(5):
            self.fault(("pwritev2", errno.EIO))
            self.wait_loss("storage_error")
            self.fault()
            self.recorder.wait_ready(5)
        self.assert_resumes("storage_error")

    def test_a_write_that_hangs_for_ten_seconds_costs_what_the_ring_cannot_hold_and_is_seen_all_the_time(self):
        recorder = self.start()
        self.fault(("pwritev2", 0))
        rate = 20_000  # blocks are full before their time is over
        seen = [self.sent]
        with Sender(self.the_link, self.folder, count=10 * rate, first=self.sent, rate=rate, **LOAD) as sender:
            while sender.running():
                scrape = recorder.wait_metrics(
                    lambda m: m.totals().received > seen[-1] + rate // 2 or not sender.running(), "what is received is counted")
                seen.append(scrape.totals().received)
            self.sent += sender.wait_and_count()
        self.assertGreater(len(seen), 10)
        self.assertIn("waits for the disk", recorder.get("/readyz")[1])
        held = recorder.metrics().totals()
        self.assertEqual(held.dropped, held.by_reason["ring_full"])
        self.assertGreater(held.dropped, 0)
        self.assertGreater(held.received - held.dropped - held.written, RING_MIB * 2**20 // 2000, "the ring has taken what it can")
        self.fault()
        totals = self.assert_resumes("ring_full")
        self.assertEqual(totals.dropped, held.dropped, "from then on nothing is lost")

    def test_a_file_that_cannot_be_made_durable_stays_unfinished_and_is_reported(self):
        self.start(io="auto")
        self.fault(("fdatasync", errno.EIO))
        self.send_more(10_000, rate=20_000)  # over two files
        self.wait_accounted()
        self.recorder.wait_for(lambda: "Input/output error" in self.recorder.stderr, "it is reported")
        self.assertTrue(any(self.recorder.directory.rglob("*.part")))
        self.fault()
        self.assertEqual(self.recorder.stop_and_total().dropped, 0)
        left = [*self.recorder.files(), *self.recorder.unfinished_files()]
        found = verify(left, expected=(0, self.sent - 1))
        self.assertEqual((found["distinct"], found["duplicates"]), (self.sent, 0))

    def test_a_disk_thread_that_hangs_costs_nothing_until_files_are_needed(self):
        self.start(io="auto")
        self.fault(("fdatasync", 0))
        self.send_more(3_000)
        self.wait_accounted()
        self.fault()
        totals = self.recorder.stop_and_total()
        self.assertEqual((totals.received, totals.dropped), (self.sent, 0))

    def test_no_descriptor_for_a_new_file(self):
        recorder = self.start(io="auto")
        in_use = len(os.listdir(f"/proc/{recorder.pid}/fd"))
        run("prlimit", "--pid", str(recorder.pid), f"--nofile={in_use - 1}:")
        recorder.wait_for(self.lost_after_sending("storage_error"), "packets are lost", 30)
        run("prlimit", "--pid", str(recorder.pid), "--nofile=1024:")
        self.assert_resumes("storage_error")
        self.assert_said_once("Too many open files")

    def lost_after_sending(self, reason):
        """Without a scrape, which takes a descriptor itself: what the log says."""
        def lost():
            self.send_more(2_000)
            return "Too many open files" in self.recorder.stderr

        return lost


class VanishingFolder(DiskTest):
    def test_the_captures_folder_is_removed_and_made_again(self):
        recorder = self.start()
        shutil.rmtree(recorder.directory / "all")
        self.send_more(12_000, rate=20_000)  # into the removed file, and then a new one is needed
        self.wait_accounted()
        recorder.wait_ready(10)
        self.send_more(3_000)
        self.wait_accounted()
        recorder.stop()
        self.assertTrue(recorder.files(), "it made its folder again")

    def test_a_file_system_that_ends_under_the_recording(self):
        """As when its disk is pulled out: each call fails from then on, and the stop is clean all the same."""
        for kind in ("ext4", "xfs"):
            with self.subTest(kind=kind):
                root = self.folder / "root"
                mount = self.enter(file_systems.Mount(root, *file_systems.on_image(root, kind, 300)))
                self.start(mount.path / "data")
                file_systems.shut_down(mount.path)
                self.wait_loss("storage_error")
                totals = self.recorder.stop_and_total()
                self.assertEqual(totals.received, self.sent)
                self.assertEqual(totals.dropped, totals.by_reason["storage_error"])
                self.forget_recordings()


if __name__ == "__main__":
    main()
