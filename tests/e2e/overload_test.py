"""When the recorder is stalled and the ring overflows: is every packet on disk or counted as lost?"""

import signal

from support import EndToEndTest, Sender, main, tcpdump_count, verify, wait_until

PASSED_WHILE_STALLED = 300_000  # far more than the ring holds


class Overload(EndToEndTest):
    def received_by_link(self, link):
        path = f"/sys/class/net/{link.RECORDER}/statistics/rx_packets"
        return int(link.recorder_namespace.run("cat", path))

    def test_sent_is_on_disk_or_counted_as_dropped(self):
        link = self.link()
        recorder = self.record_link(link, {"max_size": "8GiB"}, ring={"memory": "8MiB"})
        sender = self.enter(Sender(link, self.folder, count=0))
        recorder.wait_metrics(lambda m: m.totals().received > 10_000, "traffic arrives")
        recorder.send_signal(signal.SIGSTOP)
        passed = self.received_by_link(link) + PASSED_WHILE_STALLED
        wait_until(lambda: self.received_by_link(link) >= passed, "traffic overflows the ring", seconds=60)
        recorder.send_signal(signal.SIGCONT)
        before = recorder.metrics().totals().written
        recorder.wait_metrics(lambda m: m.totals().written > before + 10_000, "recording goes on")
        sent = sender.stop_and_count()

        def all_accounted_for(metrics):
            totals = metrics.totals()
            return totals.received == totals.written + totals.dropped == sent

        scrape = recorder.wait_metrics(all_accounted_for, "received = written + dropped = sent")
        self.assertGreater(scrape.sum("ringtail_ring_freezes_total"), 0)
        self.assertGreater(scrape.totals().by_reason["ring_full"], 0)

        totals = recorder.stop_and_total()
        self.assertEqual(totals.received, sent)
        self.assertEqual(totals.by_reason["ring_full"], totals.dropped, "nothing is lost for another reason")
        files = recorder.files()
        found = verify(files, expected=(0, sent - 1))
        self.assertEqual((found["distinct"], found["missing"]), (totals.written, totals.dropped))
        self.assertEqual((found["duplicates"], found["corrupt"], found["foreign"], found["unexpected"]), (0, 0, 0, 0))
        self.assertEqual(sum(tcpdump_count(file) for file in files), totals.written)


if __name__ == "__main__":
    main()
