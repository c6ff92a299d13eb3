"""Is each way of writing right on each file system, and does a full one cost only what is counted?"""

import pathlib
import sys

import file_systems
from support import EndToEndTest, Recorder, cached_bytes, main, send, settings_for, tcpdump_count, verify

MIB = 1 << 20
NO_PRIVILEGE = 5  # the exit code
LOAD = {"size": "60-1514", "rate": 40_000}


class StorageModes(EndToEndTest):
    def record(self, directory, io):
        link = self.link()
        recorder = self.record_link(link, {"directory": str(directory), "io": io}, rotate={"size": "8MiB"})
        sent = send(link, count=30_000, **LOAD)
        recorder.wait_metrics(lambda m: m.totals().written == sent, "all packets are on disk")
        cached = cached_bytes([path for path in recorder.directory.rglob("*") if path.is_file()])
        self.assertEqual(recorder.stop_and_total().written, sent)
        self.assert_only_finished_files(recorder)
        return recorder, sent, cached

    def test_same_records_on_disk_past_and_through_the_page_cache(self):
        ways = (("uring", "(uring writes)"), ("blocking", "(blocking writes)"), ("buffered", "(buffered"), ("auto", "(uring writes)"))
        for io, mode in ways:
            with self.subTest(io=io):
                recorder, sent, cached = self.record(self.folder / "capture", io)
                self.assertIn(mode, recorder.stderr)
                # 23 MB were written; finished files leave the cache whole, the open one has a little in it.
                self.assertLess(cached, 6 * MIB)
                self.assertEqual(cached_bytes(recorder.files()), 0)
                self.assert_each_once(recorder.files(), sent)
                self.assertEqual(sum(map(tcpdump_count, recorder.files())), sent)
            self.forget_recordings()

    def test_same_records_on_a_tmpfs(self):
        for io in ("uring", "blocking", "buffered", "auto"):
            with self.subTest(io=io):
                mount = self.enter(file_systems.tmpfs(self.folder / "memory", "128m"))
                recorder, sent, _ = self.record(mount.path / "recordings", io)
                self.assert_each_once(recorder.files(), sent)
            self.forget_recordings()


class WithoutUring(EndToEndTest):
    FORBIDDEN = (sys.executable, "-B", str(pathlib.Path(__file__).with_name("without_uring.py")))

    def run_through(self, command, io):
        link = self.link()
        recorder = Recorder(link.recorder_namespace, settings_for(link, {"io": io}), self.folder, through=command)
        recorder.link = link
        return self.enter(recorder)

    def assert_records(self, recorder):
        recorder.wait_ready()
        sent = send(recorder.link, count=30_000, **LOAD)
        self.assertEqual(recorder.stop_and_total().written, sent)
        self.assert_each_once(recorder.files(), sent)

    def test_where_it_is_forbidden_writes_are_blocking_and_the_log_says_why(self):
        recorder = self.run_through(self.FORBIDDEN, "auto")
        self.assert_records(recorder)
        self.assertEqual(recorder.stderr.count("io_uring cannot be used (Operation not permitted"), 1, recorder.stderr)
        self.assertIn("(blocking writes)", recorder.stderr)

    def test_where_it_is_forbidden_and_demanded_the_start_is_refused(self):
        recorder = self.run_through(self.FORBIDDEN, "uring")
        self.assertEqual(recorder.wait(10), NO_PRIVILEGE, recorder.stderr)
        for words in ("without io_uring", str(recorder.directory), "storage.io: auto", "Operation not permitted"):
            self.assertIn(words, recorder.stderr)

    def with_locked_memory(self, size, io):
        unprivileged = ("setpriv", "--bounding-set=-ipc_lock", "--inh-caps=-ipc_lock")
        return self.run_through(("prlimit", f"--memlock={size}", *unprivileged), io)

    def test_where_no_memory_may_be_locked_writes_are_blocking(self):
        recorder = self.with_locked_memory(0, "auto")
        self.assert_records(recorder)
        self.assertIn("Cannot allocate memory", recorder.stderr)

    def test_where_too_little_memory_may_be_locked_it_writes_from_memory_that_is_not_registered(self):
        recorder = self.with_locked_memory(MIB, "uring")
        self.assert_records(recorder)
        self.assertEqual(recorder.stderr.count("memory cannot be registered with io_uring"), 1, recorder.stderr)
        self.assertIn("LimitMEMLOCK", recorder.stderr)


class FullFileSystem(EndToEndTest):
    """Two captures of one link, of which `small` has its folder on a small file system of its own."""

    def start(self, link, mount, **storage):
        settings = settings_for(link, storage, name="small", rotate={"size": "2MiB"}, ring={"memory": "32MiB"})
        settings["captures"].append(settings["captures"][0] | {"name": "roomy"})
        settings["storage"]["directory"] = str(mount.path.parent)
        return self.enter(Recorder(link.recorder_namespace, settings, self.folder)).wait_ready()

    def test_loss_is_counted_and_recording_resumes_on_a_disk(self):
        for kind in ("ext4", "xfs"):
            with self.subTest(kind=kind):
                self.fill_up_and_free("auto", file_systems.on_image(self.folder / "disk", kind, 96))
                self.forget_recordings()

    def test_loss_is_counted_and_recording_resumes_in_memory(self):
        self.fill_up_and_free("buffered", ("-t", "tmpfs", "-o", "size=64m", "none"))

    def fill_up_and_free(self, io, arguments):
        link = self.link()
        mount = self.enter(file_systems.Mount(self.folder / "root" / "small", *arguments))
        recorder = self.start(link, mount, io=io)
        sent = send(link, count=2_000, **LOAD)

        filler = file_systems.fill(mount.path / "somebody else's")
        sent += send(link, count=20_000, first=sent, **LOAD)
        recorder.wait_metrics(lambda m: m.totals(capture="small").by_reason["storage_full"] > 0, "loss is counted")
        status, body = recorder.get("/readyz")
        self.assertEqual((status, body.count("\n")), (503, 1), body)
        self.assertIn("capture small is not recording", body)
        self.assertIn("storage is full", body)
        self.assertEqual(recorder.get("/healthz")[0], 200)

        filler.unlink()
        recorder.wait_ready(5)
        resumed = sent
        sent += send(link, count=2_000, first=sent, **LOAD)
        self.assert_only_small_lost(recorder, sent, resumed)
        # The disk thread tells each change of state once. A sidecar that finds no room tells its own.
        full = [line for line in recorder.stderr.splitlines() if "/worker 0: " in line and "No space left" in line]
        self.assertEqual(len(full), 1, recorder.stderr)
        self.assertEqual(recorder.stderr.count("can be made again"), 1, recorder.stderr)

    def assert_only_small_lost(self, recorder, sent, resumed):
        def all_accounted_for(metrics):
            totals = [metrics.totals(capture=capture) for capture in ("small", "roomy")]
            return totals if all(t.received == t.written + t.dropped == sent for t in totals) else None

        scrape = recorder.wait_metrics(all_accounted_for, "received = written + dropped = sent")
        small, roomy = all_accounted_for(scrape)
        recorder.stop_and_total()
        self.assertEqual(roomy.dropped, 0)
        self.assert_each_once(recorder.files("roomy"), sent)
        self.assertEqual(small.by_reason["storage_full"], small.dropped)
        found = verify(recorder.files("small"), expected=(0, sent - 1))
        self.assertEqual((found["distinct"], found["duplicates"]), (small.written, 0))
        self.assertEqual(found["missing"], small.dropped)
        self.assertEqual((found["corrupt"], found["foreign"]), (0, 0))
        self.assertEqual(verify(recorder.files("small"), expected=(resumed, sent - 1))["missing"], 0)

    def test_oldest_recordings_make_room_before_anything_is_lost(self):
        link = self.link()
        mount = self.enter(file_systems.tmpfs(self.folder / "memory", "64m"))
        recorder = self.record_link(link, {"directory": str(mount.path / "recordings")}, rotate={"size": "2MiB"})
        sent = send(link, count=30_000, **LOAD)
        recorder.wait_metrics(lambda m: m.totals().written == sent, "all packets are on disk")
        file_systems.fill(mount.path / "somebody else's")
        sent += send(link, count=10_000, first=sent, **LOAD)
        totals = recorder.stop_and_total()
        self.assertEqual((totals.written, totals.dropped), (sent, 0))
        found = verify(recorder.files())
        self.assertEqual((found["missing"], found["duplicates"], found["last"]), (0, 0, sent - 1))
        self.assertGreater(found["first"], 0)


if __name__ == "__main__":
    main()
