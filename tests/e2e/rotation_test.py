"""Does the disk budget hold at every moment, and are the survivors the newest packets without a gap?"""

from support import EndToEndTest, Recorder, Sender, disk_use, main, send, settings_for, verify, wait_until

MIB = 1 << 20
LOAD = {"size": "60-1514", "rate": 20_000}
METADATA_BYTES = 64 << 10  # set aside for each open file


class Rotation(EndToEndTest):
    def watch(self, recorder, sender, limit):
        """While the sender runs: the budget holds. Returns all finished names that were ever seen."""
        seen = set()

        def sample():
            use = disk_use(recorder.directory)
            seen.update(path for path in use if path.suffix == ".pcap")
            self.assertLessEqual(sum(use.values()), limit, use)
            return not sender.running()

        wait_until(sample, "the sender is through", seconds=60)
        return seen | set(recorder.files())

    def assert_files_follow_each_other(self, files, sent):
        """One worker's files: each begins with the number after the one before, and the last ends the traffic."""
        previous = None
        for file in files:
            found = verify([file])
            self.assertEqual((found["missing"], found["duplicates"], found["corrupt"], found["foreign"]), (0, 0, 0, 0))
            if previous is not None:
                self.assertEqual(found["first"], previous + 1, file.name)
            previous = found["last"]
        self.assertEqual(previous, sent - 1)

    def test_budget_holds_under_load_and_the_newest_stay(self):
        link = self.link()
        storage = {"max_size": "10MiB"}  # the least that is accepted for it
        recorder = self.record_link(link, storage, rotate={"size": "3MiB"})
        sender = self.enter(Sender(link, self.folder, count=80_000, **LOAD))
        seen = self.watch(recorder, sender, limit=10 * MIB)
        sent = sender.wait_and_count()
        scrape = recorder.wait_metrics(lambda m: m.totals().written == sent, "all packets are on disk")

        # Nothing moves any more: the metric is what is on disk, but for what open files may still need.
        use = disk_use(recorder.directory)
        used = scrape.value("ringtail_storage_used_bytes", capture="all")
        self.assertEqual(scrape.value("ringtail_storage_limit_bytes", capture="all"), 10 * MIB)
        self.assertGreaterEqual(used, sum(use.values()))
        open_files = sum(path.suffix != ".pcap" and path.name != ".lock" for path in use)
        self.assertLessEqual(used, sum(use.values()) + open_files * METADATA_BYTES)

        totals = recorder.stop_and_total()
        self.assertEqual((totals.written, totals.dropped), (sent, 0))
        survivors = recorder.files()
        seen = sorted(seen | set(survivors))
        self.assertGreater(len(seen), len(survivors))
        self.assertEqual(survivors, seen[-len(survivors):])
        self.assertGreater(sum(file.stat().st_size for file in survivors), 3 * MIB, "the budget is made use of")
        for file in survivors:
            self.assertLessEqual(file.stat().st_size, 3 * MIB, file.name)
        self.assert_files_follow_each_other(survivors, sent)

    def test_two_workers_share_the_budget(self):
        link = self.link()
        recorder = self.record_link(link, {"max_size": "14MiB"}, workers=2, rotate={"size": "2MiB"})
        sender = self.enter(Sender(link, self.folder, count=60_000, flows=64, **LOAD))
        self.watch(recorder, sender, limit=14 * MIB)
        sent = sender.wait_and_count()
        totals = recorder.stop_and_total()
        self.assertEqual((totals.written, totals.dropped), (sent, 0))
        by_worker = [recorder.files_of_worker(worker) for worker in (0, 1)]
        for file in sum(by_worker, []):
            self.assertLessEqual(file.stat().st_size, 2 * MIB, file.name)
        # From where both workers' files begin, the packets of the two add up to all that were sent.
        begin = max(verify(files)["first"] for files in by_worker)
        found = verify(recorder.files(), expected=(begin, sent - 1))
        self.assertEqual((found["missing"], found["duplicates"], found["corrupt"]), (0, 0, 0))

    def test_files_of_earlier_runs_count_and_go_first(self):
        link = self.link()
        storage = {"max_size": "12MiB"}
        first_run = self.record_link(link, storage, rotate={"size": "2MiB"}, name="first")
        sent = send(link, count=8_000, **LOAD)
        self.assertEqual(first_run.stop_and_total().written, sent)
        old = first_run.files()
        old_bytes = sum(disk_use(first_run.directory).values())
        self.assertGreater(len(old), 2)

        recorder = self.record_link(link, storage, rotate={"size": "2MiB"}, name="second")
        self.assertGreaterEqual(recorder.metrics().value("ringtail_storage_used_bytes", capture="all"), old_bytes)
        self.assertTrue(all(file.exists() for file in old), "nothing is deleted without need")

        def some_are_deleted():
            send(link, count=1_000, first=some_are_deleted.sent, **LOAD)
            some_are_deleted.sent += 1_000
            return [file for file in old if not file.exists()]

        some_are_deleted.sent = sent
        deleted = recorder.wait_for(some_are_deleted, "files of the earlier run are deleted")
        self.assertEqual(deleted, old[: len(deleted)])
        recorder.stop_and_total()
        self.assert_files_follow_each_other(recorder.files(), some_are_deleted.sent)

    def test_folders_of_captures_no_longer_configured_go_before_others(self):
        link = self.link()
        storage = {"max_size": "12MiB"}
        sent = 0
        for name in ("kept", "removed", "kept"):
            settings = settings_for(link, storage, name=name, rotate={"size": "2MiB"})
            recorder = self.enter(Recorder(link.recorder_namespace, settings, self.folder, name)).wait_ready()
            sent += send(link, count=4_500, first=sent, **LOAD)
            recorder.stop_and_total()
        self.assertLessEqual(sum(disk_use(recorder.directory).values()), 12 * MIB)
        removed, kept = recorder.files("removed"), recorder.files("kept")
        self.assertEqual(verify(kept)["first"], 0, "the oldest of the configured capture is still there")
        self.assertTrue(not removed or verify(removed)["first"] > 4_500, "the other one's oldest were deleted")


if __name__ == "__main__":
    main()
