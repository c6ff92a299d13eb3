"""Does a capture's program get each whole file, and can it do the recording no harm?"""

import json
import os
import signal

from support import EndToEndTest, Sender, main, send, tcpdump_count, wait_until

RESULTS = ("ok", "failed", "timeout", "dropped")


def shell(script):
    """The file's path is $0."""
    return ["/bin/sh", "-c", script]


class OnClose(EndToEndTest):
    def runs(self, metrics):
        return {result: int(metrics.value("ringtail_on_close_runs_total", capture="all", result=result)) for result in RESULTS}

    def told(self):
        """Lines of the program's, one for each file."""
        return sorted(path.read_text() for path in (self.folder / "told").glob("*.txt"))

    def telling_of_packets(self):
        (self.folder / "told").mkdir()
        return shell(
            f't="{self.folder}/told/$(basename "$0").txt"; '
            'n=$(tcpdump --count -r "$0" 2>/dev/null) && test -s "$0.json" && '
            'echo "$0 $n $RINGTAIL_CAPTURE" > "$t.new" && mv "$t.new" "$t"'
        )

    def assert_told_of(self, files):
        for file in files:
            packets = tcpdump_count(file)
            said = f"{file} {packets} packet{'' if packets == 1 else 's'} all\n"
            self.assertEqual((self.folder / "told" / f"{file.name}.txt").read_text(), said)

    def test_it_gets_each_whole_file_those_of_the_stop_and_recovered_ones_too(self):
        link = self.link()
        program = self.telling_of_packets()
        options = {"rotate": {"size": "2MiB"}, "ring": {"memory": "8MiB"}, "on_close": program}
        killed = self.record_link(link, name="killed", **options)
        with Sender(link, self.folder, count=0, size="1000", rate=10_000):
            killed.wait_for(lambda: len(self.told()) >= 2 and killed.unfinished_files(), "it is told of two files")
            killed.stop(signal.SIGKILL)
        closed = set(killed.files())
        recorder = self.record_link(link, name="again", **options)
        recorder.wait_for(lambda: not recorder.unfinished_files(), "what was left is finished")
        sent = send(link, count=5_000, size="1000")
        totals = recorder.stop_and_total()
        self.assertEqual((totals.written, totals.dropped), (sent, 0))
        # Of the files that were closed right before the kill it may not have been told.
        finished = [file for file in recorder.files() if file not in closed]
        self.assertGreater(len(finished), totals.files, "recovered ones are among them")
        self.assert_told_of(finished)
        self.assertNotIn("error:", recorder.stderr)

    def test_a_program_that_hangs_is_ended_and_counted_and_nothing_is_lost(self):
        link = self.link()
        recorder = self.record_link(
            link, rotate={"size": "2MiB"}, on_close=shell("sleep 1000 & sleep 1000"), on_close_timeout="1s"
        )
        sent = send(link, count=6_000, size="1000", rate=20_000)
        metrics = recorder.wait_metrics(lambda m: self.runs(m)["timeout"] >= 2, "two runs are ended")
        self.assertEqual(self.runs(metrics)["ok"], 0)
        totals = recorder.stop_and_total()
        self.assertEqual((totals.written, totals.dropped), (sent, 0))
        self.assertEqual(recorder.stderr.count("did not end in time"), 1)

    def test_it_does_not_hold_up_the_end_longer_than_the_drain_may_take(self):
        link = self.link()
        recorder = self.record_link(link, on_close=shell(f"echo $$ > {self.folder}/pid; sleep 1000"))
        sent = send(link, count=100, size="100")
        recorder.wait_metrics(lambda m: m.totals().written == sent, "all is written")
        recorder.send_signal(signal.SIGTERM)
        pid = self.folder / "pid"
        recorder.wait_for(lambda: pid.exists() and pid.read_text().strip(), "the program runs")
        self.assertEqual(recorder.stop(signal.SIGTERM), 0, "a second signal ends it at once, and nothing was lost")
        self.assertIn("on_close: 1 programs are killed", recorder.stderr)
        wait_until(lambda: not os.path.exists(f"/proc/{pid.read_text().strip()}"), "it is gone", 10)

    def test_many_files_and_a_slow_program_do_not_harm_the_recording(self):
        link = self.link()
        recorder = self.record_link(
            link, {"max_size": "2GiB"}, workers=2, rotate={"size": "2MiB"}, on_close=shell("sleep 0.2; exit 3")
        )
        # As many as make a hundred files, however slow the disk is and however much of them it costs.
        sent = 0
        while recorder.metrics().value("ringtail_closed_files_total", capture="all") <= 100:
            sent += send(link, count=50_000, size="1400", rate=50_000, flows=16)
        totals = recorder.stop_and_total()
        self.assertEqual(totals.written, totals.received - totals.by_reason["ring_full"])
        self.assertGreater(totals.files, 100)
        self.assertEqual(totals.received, sent)
        self.assertEqual(recorder.stderr.count("exited with 3"), 1, "once, however many there are")
        self.assert_only_finished_files(recorder)
        sidecars = [json.loads(file.with_name(file.name + ".json").read_text()) for file in recorder.files()]
        self.assertEqual(sum(sidecar["packets"] for sidecar in sidecars), totals.written)

    def test_a_file_that_it_replaces_is_no_longer_counted_as_ours(self):
        link = self.link()
        recorder = self.record_link(link, on_close=["/bin/gzip"])
        send(link, count=100, size="100")
        recorder.stop_and_total()
        self.assertEqual(recorder.files(), [])
        (compressed,) = recorder.directory.glob("all/*.pcap.gz")
        again = self.record_link(link, name="again", on_close=["/bin/gzip"])
        again.wait_for(lambda: not list(again.directory.glob("all/*.json")), "the sidecar without a file is gone")
        again.stop_and_total()
        self.assertTrue(compressed.exists())


if __name__ == "__main__":
    main()
