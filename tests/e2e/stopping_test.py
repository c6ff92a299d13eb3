"""Does every way to end lose nothing that was received, or at least nothing uncounted?"""

import signal
import time

from support import EndToEndTest, Recorder, Sender, Totals, disk_use, main, send, settings_for, verify

BIG = {"max_size": "8GiB"}


class Stopping(EndToEndTest):
    def under_load(self, name="ringtail", **sender):
        """A recorder in the middle of traffic."""
        link = self.link()
        recorder = self.record_link(link, BIG, name=name, workers=2)
        self.sender = self.enter(Sender(link, self.folder, count=0, flows=64, **sender))
        recorder.wait_metrics(lambda m: m.totals().written > 20_000, "traffic is recorded")
        return recorder

    def assert_on_disk(self, recorder, totals):
        found = verify(recorder.files())
        self.assertEqual((found["packets"], found["distinct"]), (totals.written, totals.written))
        self.assertEqual((found["corrupt"], found["foreign"]), (0, 0))
        self.assertEqual(sum(file.stat().st_size for file in recorder.files()), totals.written_bytes)
        self.assert_only_finished_files(recorder)

    def test_signal_under_full_load_drains(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(signal=number.name):
                recorder = self.under_load()
                self.assertEqual(recorder.stop(number), 0, recorder.stderr)
                totals = Totals.from_log(recorder.stderr)
                totals.assert_identity()
                self.assertLessEqual(totals.received, self.sender.stop_and_count())
                self.assertEqual(totals.by_reason["ring_full"], totals.dropped, "the drain loses nothing")
                self.assert_on_disk(recorder, totals)
            self.forget_recordings()

    def test_sigusr1_says_how_it_stands_and_changes_nothing(self):
        recorder = self.record_link(self.link())
        sent = send(recorder.link, count=1000)
        recorder.wait_metrics(lambda m: m.totals().written == sent, "all is written")
        recorder.send_signal(signal.SIGUSR1)
        recorder.wait_for(lambda: f"so far: received={sent} written={sent} dropped=0" in recorder.stderr, "it is logged")
        sent += send(recorder.link, count=1000, first=sent)
        self.assertEqual(recorder.stop_and_total().written, sent)

    def test_second_signal_ends_the_drain(self):
        recorder = self.under_load()
        # Both are pending when it wakes up with its rings full.
        recorder.send_signal(signal.SIGSTOP)
        freshly_sent = send(recorder.link, count=100_000, first=10**9, flows=64)
        self.assertEqual(freshly_sent, 100_000)
        recorder.send_signal(signal.SIGTERM)
        recorder.send_signal(signal.SIGINT)
        recorder.send_signal(signal.SIGCONT)
        status = recorder.wait(15)
        self.assertIn("again", recorder.stderr)
        totals = Totals.from_log(recorder.stderr)
        lost = totals.by_reason["storage_error"]
        self.assertEqual(status, 6 if lost > 0 else 0, recorder.stderr)
        totals.assert_identity()
        self.assert_on_disk(recorder, totals)

    def test_hangup_that_nohup_ignores_does_not_end_it(self):
        link = self.link()
        recorder = Recorder(link.recorder_namespace, settings_for(link), self.folder, through=["nohup"])
        self.enter(recorder).wait_ready().send_signal(signal.SIGHUP)
        self.assertEqual(send(link, count=1_000), 1_000)
        self.assertEqual(recorder.stop_and_total().written, 1_000)
        self.assertIn("Terminated: finishing the files", recorder.stderr)

    def test_reader_of_the_output_that_is_gone_does_not_end_it(self):
        recorder = self.record_link(self.link())
        recorder.send_signal(signal.SIGPIPE)
        self.assertEqual(send(recorder.link, count=1_000), 1_000)
        totals = recorder.stop_and_total()
        self.assertEqual(totals.written, 1_000)

    def test_silent_link_does_not_delay_the_end(self):
        recorder = self.record_link(self.link(), workers=2)
        begin = time.monotonic()
        self.assertEqual(recorder.stop_and_total().received, 0)
        self.assertLess(time.monotonic() - begin, 2)

    def test_signal_right_after_start_leaves_nothing_behind(self):
        link = self.link()
        settings = settings_for(link, workers=2)
        for awaited in ("files:", "metrics:"):
            with self.subTest(signal_after=awaited):
                recorder = self.enter(Recorder(link.recorder_namespace, settings, self.folder))
                recorder.wait_for(lambda: awaited in recorder.stderr, f"it says {awaited}")
                self.assertEqual(recorder.stop_and_total().received, 0)
                self.assert_only_finished_files(recorder)
        with self.subTest(signal_after="exec"):
            recorder = self.enter(Recorder(link.recorder_namespace, settings, self.folder))
            self.assertIn(recorder.stop(), (0, -signal.SIGTERM), recorder.stderr)
        with self.subTest("it starts again"):
            self.record_link(link, workers=2).stop_and_total()
            self.assert_only_finished_files(recorder)

    def test_kill_loses_nothing_that_was_counted_as_written(self):
        recorder = self.under_load(rate=50_000, size="60-1514")
        written = recorder.metrics().totals().written
        recorder.stop(signal.SIGKILL)
        self.sender.stop_and_count()

        again = Recorder(recorder.namespace, settings_for(recorder.link, BIG, workers=2), self.folder, "again")
        again.link = recorder.link
        self.enter(again).wait_ready(5)
        again.wait_for(lambda: not again.unfinished_files(), "no file is unfinished any more")
        used = again.metrics().value("ringtail_storage_used_bytes", capture="all")
        self.assertGreaterEqual(used, sum(disk_use(again.directory).get(path, 0) for path in again.files()))
        self.assertEqual(again.stop_and_total().received, 0)
        self.assert_only_finished_files(again)

        found = verify(again.files())
        self.assertGreaterEqual(found["distinct"], written)
        self.assertEqual((found["corrupt"], found["foreign"], found["duplicates"]), (0, 0, 0))
        self.assert_recording_goes_on(again)

    def assert_recording_goes_on(self, before):
        recorder = self.record_link(before.link, BIG, name="third")
        self.assertEqual(send(before.link, count=1_000), 1_000)
        self.assertEqual(recorder.stop_and_total().written, 1_000)


if __name__ == "__main__":
    main()
