"""Does a reload change what it should, lose nothing of what it should not, and leave the rest as it was?"""

import os
import signal
import subprocess

import file_systems
from headers import SYN, TCP, ethernet, ip, tcp
from observe import io_urings, resources
from pcap_file import write_pcap
from support import EndToEndTest, Recorder, Sender, main, run, send, verify, wait_until

FLOWS = 64
LOAD = {"flows": FLOWS, "rate": 20_000}
ROUNDS = 20
SANITIZED = "RINGTAIL_TEST_EVERY" in os.environ


def capture(link, name, **changed):
    settings = {"name": name, "interfaces": [link.RECORDER], "workers": 2, "ring": {"memory": "32MiB"}}
    return {**settings, "rotate": {"size": "64MiB"}, **changed}


class Reload(EndToEndTest):
    def start(self, link, *captures, **storage):
        settings = {"captures": captures, "storage": {"max_size": "8GiB", "min_free": "0%", **storage}}
        settings["tcp_watch"] = {"interfaces": []}
        self.recorder = self.enter(Recorder(link.recorder_namespace, settings, self.folder)).wait_ready()
        self.storage = settings["storage"]
        return self.recorder

    def begin_reload(self, *captures, text=None, **others):
        """Returns how the log says that it ended, as a function of no arguments that waits for it."""
        unchanged = {"storage": self.storage, "tcp_watch": {"interfaces": []}}
        self.recorder.write_settings(text or {"captures": captures, **unchanged, **others})
        before = len(self.recorder.stderr)
        self.recorder.send_signal(signal.SIGHUP)

        def said():
            log = self.recorder.stderr[before:]
            return log if "reloaded" in log else None

        return lambda: self.recorder.wait_for(said, "it says what became of the reload", seconds=60)

    def reload(self, *captures, **others):
        log = self.begin_reload(*captures, **others)()
        self.assertNotIn("not reloaded", log)
        return log

    def wait_received(self, name, more=5_000):
        received = self.recorder.metrics().totals(capture=name).received + more
        self.recorder.wait_metrics(lambda m: m.totals(capture=name).received > received, f"{name} receives", 60)

    def assert_nothing_lost(self, name):
        totals = self.last.totals(capture=name)
        self.assertEqual((totals.received, totals.dropped), (totals.written, 0), (name, totals.by_reason))
        return totals

    def stop_after(self, sender):
        """Ends the traffic; when all is on disk, keeps the last scrape, and ends the recorder."""
        sent = sender.stop_and_count()
        self.last = self.recorder.wait_metrics(
            lambda m: m.totals().received == m.totals().written + m.totals().dropped, "all is on disk", 60)
        self.recorder.stop_and_total()
        return sent

    def test_captures_that_stay_lose_nothing_whatever_becomes_of_the_others(self):
        link = self.link()
        # Of slow traffic a small ring holds a second, and a sanitized worker may stand still for longer.
        memory = 128 if SANITIZED else 32
        ring = {"memory": f"{memory}MiB"}
        recorder = self.start(link, *(capture(link, name, ring=ring) for name in ("stays", "filtered", "ringed", "goes")))
        sender = self.enter(Sender(link, self.folder, count=0, **LOAD))
        self.wait_received("goes")
        log = self.reload(capture(link, "comes", ring=ring, workers=1), capture(link, "stays", ring=ring),
                          capture(link, "filtered", ring=ring, filter="udp src port 20000"),
                          capture(link, "ringed", ring={"memory": f"{2 * memory}MiB"}, snaplen=1000))  # fmt: skip
        self.assertIn("capture filtered: another filter on record0", log)
        self.assertIn("capture ringed: other rings", log)
        self.wait_received("comes")
        recorder.wait_for(lambda: "capture goes: is not recorded any more" in recorder.stderr, "it is gone")
        self.assertEqual(recorder.metrics().find("ringtail_received_packets_total", capture="goes"), [])
        filtered = recorder.metrics().totals(capture="filtered").received
        received = recorder.metrics().totals(capture="stays").received
        self.wait_received("stays", 64 * 100)
        narrow = recorder.metrics().totals(capture="filtered").received - filtered
        self.assertLess(narrow, (recorder.metrics().totals(capture="stays").received - received) // 8)
        sent = self.stop_after(sender)
        for name in ("stays", "filtered", "ringed", "comes"):
            self.assert_nothing_lost(name)
        self.assertEqual(self.last.totals(capture="stays").received, sent)
        self.assert_each_once(recorder.files("stays"), sent)
        self.assertEqual(len(recorder.files("stays")), 2, "one for each worker, all the time")
        found = verify(recorder.files("ringed"), expected=(0, sent - 1))
        self.assertEqual((found["missing"], found["corrupt"]), (0, 0), "no gap where the rings were replaced")
        self.assertGreater(len(recorder.files("goes")), 0)

    def test_a_file_that_is_wrong_changes_nothing_and_says_why(self):
        link = self.link()
        self.folder.joinpath("elsewhere").mkdir()
        good = capture(link, "all")
        recorder = self.start(link, good)
        before = recorder.metrics()
        sender = self.enter(Sender(link, self.folder, count=0, **LOAD))
        changed = capture(link, "all", filter="tcp")
        wrong = {
            "syntax": {"text": "captures: ["},
            "values": {"captures": [changed, capture(link, "new", snaplen=-1, colour="red")]},
            "a filter": {"captures": [changed, capture(link, "new", filter="tcp prot 80")]},
            "the directory": {"captures": [changed], "storage": {"directory": str(self.folder / "elsewhere")}},
            "the way of writing": {"captures": [changed], "storage": {"io": "blocking"}},
            "the memory's lock": {"captures": [capture(link, "all", ring={"memory": "32MiB", "lock": True})]},
            "an address": {"captures": [changed], "metrics": {"listen": "192.0.2.1:9477"}},
        }
        for what, settings in wrong.items():
            with self.subTest(what):
                directory = recorder.directory
                log = self.begin_reload(*settings.pop("captures", []), **settings)()
                recorder.directory = directory
                self.assertIn("error: not reloaded: the configuration in force stays", log)
                for line in self.check(recorder):
                    self.assertIn("error: " + line, log)
                now = recorder.metrics()
                self.assertEqual(now.value("ringtail_config_last_reload_successful"), 0)
                for name in ("ringtail_config_info", "ringtail_config_last_reload_success_timestamp_seconds"):
                    self.assertEqual(now.find(name), before.find(name))
        self.assertIn("storage.directory cannot change while recording: restart instead", recorder.stderr)
        self.assertIn("storage.io cannot change while recording: restart instead", recorder.stderr)
        self.assertIn("ring.lock cannot change while recording: restart instead", recorder.stderr)
        self.assertIn("no interface of this host has that address", recorder.stderr)
        self.assertIn("nothing has changed", self.reload(good))
        self.assertEqual(recorder.metrics().value("ringtail_config_last_reload_successful"), 1)
        sent = self.stop_after(sender)
        self.assertEqual(self.assert_nothing_lost("all").written, sent)
        self.assertEqual(len(recorder.files()), 2)

    def check(self, recorder):
        """What `ringtail check` says is wrong with the file."""
        command = recorder.namespace.command(os.environ["RINGTAIL_BINARY"], "check", recorder.config)
        return subprocess.run(command, capture_output=True, text=True, check=False).stderr.splitlines()

    def test_reload_after_reload_leaves_nothing_behind(self):
        link = self.link()
        recorder = self.start(link, capture(link, "stays"), capture(link, "changes"))
        sender = self.enter(Sender(link, self.folder, count=0, **LOAD))
        before, hashes = None, set()
        for attempt in range(ROUNDS):
            memory = "16MiB" if attempt % 2 else "32MiB"
            others = [capture(link, "comes")] if attempt % 2 else []
            self.reload(capture(link, "stays"), capture(link, "changes", ring={"memory": memory}), *others)
            hashes.add(recorder.metrics().find("ringtail_config_info")[0].labels["hash"])
            if attempt == 2:
                rings = resources(recorder.pid)["rings"]
                wait_until(lambda: resources(recorder.pid)["rings"] <= 64 * 1024, lambda: f"the old rings go: {rings}")
                before = resources(recorder.pid)
        self.reload(capture(link, "stays"), capture(link, "changes"))
        recorder.wait_for(lambda: recorder.stderr.count("comes: is not recorded any more") == ROUNDS // 2, "it has gone", 60)
        wait_until(lambda: resources(recorder.pid)["rings"] <= 64 * 1024, lambda: "the last rings go")
        wait_until(lambda: resources(recorder.pid)["threads"] <= before["threads"], lambda: f"so do the threads: {before}")
        after = resources(recorder.pid)
        self.assertEqual(after["rings"], before["rings"])
        self.assertLess(after["descriptors"] - before["descriptors"], ROUNDS // 2)
        if not SANITIZED:
            self.assertLess(after["resident"], before["resident"] * 1.2 + 8 * 1024)
        self.assertEqual(len(hashes), 2)
        sent = self.stop_after(sender)
        self.assertEqual(self.assert_nothing_lost("stays").written, sent)
        self.assert_nothing_lost("changes")
        self.assertEqual(verify(recorder.files("changes"), expected=(0, sent - 1))["missing"], 0)

    def test_reload_waits_for_a_disk_that_hangs_and_nothing_else_does(self):
        for io in ("uring", "blocking"):
            with self.subTest(io=io):
                self.reload_while_frozen(io)
                self.forget_recordings()

    def reload_while_frozen(self, io):
        link = self.link()
        root = self.folder / "root"
        mount = self.enter(file_systems.Mount(root, *file_systems.on_image(root, "ext4", 256)))
        recorder = self.start(link, capture(link, "all", rotate={"size": "8MiB"}), max_size="192MiB",
                              directory=str(mount.path / "data"), io=io)  # fmt: skip
        sent = send(link, count=2_000, flows=FLOWS)
        recorder.wait_metrics(lambda m: m.totals().written == sent, "all is written")
        run("fsfreeze", "--freeze", mount.path)
        try:
            sent += send(link, count=2_000, first=sent, flows=FLOWS)
            first = self.begin_reload(capture(link, "all", rotate={"size": "4MiB"}), capture(link, "new", rotate={"size": "4MiB"}))
            recorder.wait_for(lambda: "reloading" in recorder.stderr, "the reload has begun")
            recorder.send_signal(signal.SIGHUP)  # one more, to be done afterwards
            sent += send(link, count=2_000, first=sent, flows=FLOWS)
            recorder.wait_metrics(lambda m: m.totals(capture="all").received == sent, "the pages are served")
            self.assertNotIn("reloaded", recorder.stderr)
        finally:
            run("fsfreeze", "--unfreeze", mount.path)
        first()
        recorder.wait_for(lambda: recorder.stderr.count("info: reloaded") == 2, "the second reload is done, too")
        recorder.wait_ready()
        more = send(link, count=2_000, first=sent, flows=FLOWS)
        recorder.stop_and_total()
        self.assert_each_once(recorder.files("all"), sent + more)
        self.assert_each_once(recorder.files("new"), more, first=sent)

    def test_a_write_that_is_stuck_is_told_of_a_capture_that_was_removed(self):
        link = self.link()
        root = self.folder / "root"
        mount = self.enter(file_systems.Mount(root, *file_systems.on_image(root, "ext4", 256)))
        stays = capture(link, "stays", filter="tcp", rotate={"size": "4MiB"})
        goes = capture(link, "goes", rotate={"size": "4MiB"})
        recorder = self.start(link, stays, goes, max_size="192MiB", directory=str(mount.path / "data"))
        sent = send(link, count=2_000, flows=FLOWS)
        recorder.wait_metrics(lambda m: m.totals().written == sent, "all is written")
        run("fsfreeze", "--freeze", mount.path)
        try:
            more = send(link, count=2_000, first=sent, flows=FLOWS)
            self.reload(stays)
            self.assertIn("goes", recorder.wait_not_ready().get("/readyz")[1])
        finally:
            run("fsfreeze", "--unfreeze", mount.path)
        recorder.wait_for(lambda: "capture goes: is not recorded any more" in recorder.stderr, "it has gone")
        recorder.wait_ready()
        recorder.stop_and_total()
        self.assert_each_once(recorder.files("goes"), sent + more)

    def test_a_worker_that_comes_by_a_reload_writes_as_the_others(self):
        for io, rings in (("uring", (1, 2)), ("blocking", (0, 0))):
            with self.subTest(io=io):
                link = self.link()
                recorder = self.start(link, capture(link, "all", workers=1), io=io)
                self.assertEqual(io_urings(recorder.pid), rings[0])
                self.reload(capture(link, "all", workers=2))
                self.assertEqual(io_urings(recorder.pid), rings[1])
                sent = send(link, count=10_000, flows=FLOWS)
                self.assertEqual(recorder.stop_and_total().written, sent)
                self.assert_each_once(recorder.files(), sent)
                self.forget_recordings()

    def test_what_concerns_files_changes_without_a_gap(self):
        link = self.link()
        recorder = self.start(link, capture(link, "all"), capture(link, "small", keep={"size": "1GiB"}))
        sender = self.enter(Sender(link, self.folder, count=0, size="1000", **LOAD))
        self.wait_received("all")
        log = self.reload(capture(link, "all", rotate={"size": "2MiB", "interval": "1s"}, on_close=["/bin/true"]),
                          capture(link, "small", rotate={"size": "2MiB"}, keep={"size": "32MiB", "files": 3}))  # fmt: skip
        self.assertIn("capture all: rotate, keep, on_close", log)
        recorder.wait_metrics(lambda m: m.sum("ringtail_on_close_runs_total", capture="all", result="ok") > 3, "it is run", 60)
        recorder.wait_metrics(lambda m: m.value("ringtail_storage_limit_bytes", capture="small") == 32 * 2**20, "the limit")
        recorder.wait_metrics(lambda m: m.value("ringtail_storage_used_bytes", capture="small") <= 32 * 2**20, "it is kept")
        sent = self.stop_after(sender)
        self.assertEqual(self.assert_nothing_lost("all").written, sent)
        small = self.last.totals(capture="small")
        self.assertEqual((small.received, small.dropped), (sent, small.by_reason["storage_full"]), "room was short at most")
        self.assert_each_once(recorder.files("all"), sent)

    def test_tcp_watch_follows_the_settings(self):
        link = self.link()
        recorder = self.start(link, capture(link, "all"))
        log = self.reload(capture(link, "all"), tcp_watch={"interfaces": [link.RECORDER]})
        self.assertIn("tcp_watch: other interfaces", log)
        pcap = self.folder / "syn.pcap"
        write_pcap(pcap, [ethernet(*ip(TCP, tcp(4000, 80, SYN), "192.0.2.1", "192.0.2.2"))])
        sender, interface = link.ends()[0]
        sender.run("tcpreplay", "-q", "-i", interface, pcap)
        syn = recorder.wait_metrics(lambda m: m.sum("ringtail_tcp_syn_packets_total", interface=link.RECORDER) > 0, "a SYN")
        self.reload(capture(link, "all", filter="udp"), tcp_watch={"interfaces": ["lo", link.RECORDER]})
        again = recorder.metrics()
        for kind in ("syn", "fin", "rst"):
            name = f"ringtail_tcp_{kind}_packets_total"
            self.assertGreaterEqual(again.sum(name, interface=link.RECORDER), syn.sum(name, interface=link.RECORDER))
        self.assertTrue(again.find("ringtail_tcp_syn_packets_total", interface="lo"))
        self.reload(capture(link, "all"))
        self.assertEqual(recorder.metrics().find("ringtail_tcp_syn_packets_total"), [])

    def test_metrics_move_to_another_address(self):
        link = self.link()
        recorder = self.start(link, capture(link, "all"))
        self.reload(capture(link, "all"), metrics={"listen": "127.0.0.1:9478"})
        recorder.namespace.connect(("127.0.0.1", 9478)).close()
        with self.assertRaises(ConnectionRefusedError):
            recorder.namespace.connect(("127.0.0.1", 9477))
        self.reload(capture(link, "all"))
        self.assertEqual(recorder.metrics().value("ringtail_config_last_reload_successful"), 1)
        for address in ("0.0.0.0:9477", "[::]:9477", "127.0.0.1:9477"):  # each holds the next, or is part of it
            self.reload(capture(link, "all"), metrics={"listen": address})
            self.assertEqual(recorder.metrics().value("ringtail_config_last_reload_successful"), 1, address)

    def test_interface_that_does_not_exist_is_a_warning_as_at_start(self):
        link = self.link()
        recorder = self.start(link, capture(link, "all"))
        self.reload(capture(link, "all"), capture(link, "later", interfaces=["later1"]))
        self.assertIn("warning: later1: there is no such interface; recording begins when there is one", recorder.stderr)
        recorder.wait_not_ready()
        self.reload(capture(link, "all"))
        recorder.wait_ready()


if __name__ == "__main__":
    main()
