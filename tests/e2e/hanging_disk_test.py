"""What happens when the disk neither writes nor fails: a file system that is frozen."""

import signal

import file_systems
from support import EndToEndTest, Recorder, Totals, main, run, send, settings_for, verify

LOAD = {"size": 1000, "flows": 16}


class HangingDisk(EndToEndTest):
    def start(self):
        """A recorder on a file system of its own, with packets on it already."""
        self.recorder_link = self.link()
        root = self.folder / "root"
        self.mount = self.enter(file_systems.Mount(root, *file_systems.on_image(root, "ext4", 256)))
        settings = settings_for(self.recorder_link, {"directory": str(self.mount.path / "data"), "max_size": "128MiB"},
                                workers=1, rotate={"size": "8MiB"}, ring={"memory": "32MiB"})
        self.recorder = self.enter(Recorder(self.recorder_link.recorder_namespace, settings, self.folder)).wait_ready()
        self.sent = send(self.recorder_link, count=2_000, **LOAD)
        self.recorder.wait_metrics(lambda m: m.totals().written == self.sent, "all is written")
        return self.recorder

    def freeze(self):
        run("fsfreeze", "--freeze", self.mount.path)
        self.addCleanup(self.thaw)
        self.frozen = True

    def thaw(self):
        if self.frozen:
            run("fsfreeze", "--unfreeze", self.mount.path)
            self.frozen = False

    def send_more(self, count):
        self.sent += send(self.recorder_link, count=count, first=self.sent, **LOAD)

    def test_ring_bridges_the_time_and_readyz_says_what_is_wrong(self):
        recorder = self.start()
        self.freeze()
        self.send_more(5_000)
        body = recorder.wait_not_ready()
        self.assertIn("waits for the disk", recorder.get("/readyz")[1], body)
        self.thaw()
        recorder.wait_ready()
        totals = recorder.stop_and_total()
        self.assertEqual((totals.received, totals.written), (self.sent, self.sent), "the ring was large enough")
        self.assert_each_once(recorder.files(), self.sent)

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

    def test_stop_does_not_wait_for_ever_and_counts_what_it_leaves(self):
        recorder = self.start()
        self.freeze()
        self.send_more(5_000)
        recorder.wait_not_ready()
        recorder.send_signal(signal.SIGTERM)
        recorder.wait_for(lambda: "total:" in recorder.stderr, "it says its totals", seconds=20)
        self.assertIn("stuck in a system call", recorder.stderr)
        self.thaw()  # until then the kernel itself holds the thread, and so the process
        self.assertEqual(recorder.wait(15), 6, recorder.stderr)
        totals = Totals.from_log(recorder.stderr)
        totals.assert_identity()
        self.assertEqual(totals.received, self.sent)
        self.assertGreater(totals.by_reason["storage_error"], 0)


if __name__ == "__main__":
    main()
