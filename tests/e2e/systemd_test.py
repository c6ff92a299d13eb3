"""Does the package work where it belongs: installed, sandboxed, watched, upgraded and removed by a real systemd?"""

import os
import pathlib
import re
import shutil
import signal
import tempfile

import privilege
from container import Container, build_package, root_with, with_version
from installed_service import InstalledService
from support import EndToEndTest, Sender, Totals, main, run, send, settings_for, verify

NET_RAW = f"{1 << 13:016x}"
MOST_EXPOSURE = 1.7
PROGRAM_TELLS_OF_ITSELF = ["/bin/sh", "-c", 'cat /proc/self/status > "$0.status"']


def without_memory_report(log):
    return re.sub(r"(?m)^the rings' memory cannot be registered with io_uring .*\n", "", log)


class SystemdService(EndToEndTest):
    """One container for all tests; each installs the package anew."""

    @classmethod
    def setUpClass(cls):
        if privilege.refusal():
            return  # setUp says so
        cache = pathlib.Path(os.environ["RINGTAIL_TEST_DIR"]).parent / "roots"
        cache.mkdir(parents=True, exist_ok=True)
        work = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory(dir=cache)))
        cls.package = build_package(work)
        cls.container = cls.enterClassContext(Container(root_with(cls.package, cache), work))
        shutil.copy(os.environ["RINGTAIL_FAILING_CALLS_LIBRARY"], cls.container.root / "usr/lib/failing_calls.so")

    def setUp(self):
        super().setUp()
        self.link_in_there = self.container.link
        self.said_by_package = self.container.install(self.package)
        self.addCleanup(self.remove_everything)
        self.service = InstalledService(self.container)

    def remove_everything(self):
        self.container.run("dpkg", "--purge", "ringtail")
        for path in ("etc/systemd/system/ringtail.service.d", "var/lib/ringtail", "srv/recordings"):
            shutil.rmtree(self.container.root / path, ignore_errors=True)
        self.container.run("systemctl", "daemon-reload")
        self.container.try_run("systemctl", "reset-failed")
        self.container.run("journalctl", "--quiet", "--rotate")
        self.container.run("journalctl", "--quiet", "--vacuum-time=1us")

    def start(self, *drop_in, storage=None, **capture):
        """The service, enabled and recording the link."""
        settings = settings_for(self.link_in_there, storage, filter="udp", **capture)
        self.service.write_settings(settings)
        if drop_in:
            self.service.drop_in("test", *drop_in)
        self.service.systemctl("start")
        return self.service.wait_ready()

    def send(self, count, **options):
        return send(self.link_in_there, count=count, size=1000, **options)

    def send_until_written(self, count, **options):
        sent = self.send(count, **options)
        self.service.wait_metrics(lambda m: m.totals().written == sent, "all is written")
        return sent

    def test_what_is_installed_waits_for_its_administrator_and_then_records_every_interface(self):
        self.assertEqual(self.service.shown("ActiveState"), "inactive")
        self.assertEqual(self.service.shown("UnitFileState"), "disabled")
        self.service.systemctl("enable", "--now")
        self.assertEqual(self.service.shown("ActiveState"), "active", "it is, once it records")
        self.service.wait_ready()
        sent = self.send(100)
        self.service.wait_metrics(lambda m: m.totals().written >= 2 * sent, "all is written, as sent and as received")
        self.service.wait_for(lambda: re.match(r"1 capture, \d{3,} packets received, \d{3,} written, 0 dropped",
                                               self.service.shown("StatusText")), "its status line says so")  # fmt: skip
        self.service.systemctl("stop")
        self.assertEqual(self.service.shown("Result"), "success")
        Totals.from_log(self.service.stderr).assert_identity()
        found = verify(self.service.files("default"))
        self.assertGreaterEqual(found["distinct"], sent)

    def test_it_holds_cap_net_raw_alone_and_its_programs_nothing(self):
        service = self.start(on_close=PROGRAM_TELLS_OF_ITSELF)
        threads = [path.read_text() for path in pathlib.Path(f"/proc/{service.pid}/task").glob("*/status")]
        sent = self.send(1_000)
        service.systemctl("stop")
        (file,) = service.files()
        program = file.with_suffix(".pcap.status").read_text()
        user = self.container.run("id", "--user", "ringtail").strip()
        for held, status in [(NET_RAW, thread) for thread in threads] + [("0" * 16, program)]:
            values = dict(re.findall(r"(?m)^(\w+):\s*(\S+)", status))
            self.assertEqual((values["Uid"], values["CapPrm"], values["CapEff"], values["CapAmb"], values["CapBnd"]),
                             (user, held, held, "0" * 16, NET_RAW), status)
            self.assertEqual((values["NoNewPrivs"], values["Seccomp"]), ("1", "2"))
        self.assert_each_once([file], sent)
        self.assertEqual((file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777), (0o640, 0o750))
        self.assertNotRegex(without_memory_report(service.stderr), "cannot|denied|not permitted")

    def test_its_sandbox_allows_asynchronous_writes_from_memory_that_is_registered(self):
        service = self.start()
        mode = service.metrics().find("ringtail_storage_write_mode_info", capture="all")
        self.assertEqual([sample.labels["mode"] for sample in mode], ["uring"])
        self.assertIn("(uring writes)", service.stderr)
        limits = pathlib.Path(f"/proc/{service.pid}/limits").read_text()
        unlimited = re.search(r"(?m)^Max locked memory +unlimited ", limits) is not None  # a container may not raise it
        sent = self.send_until_written(1_000)
        service.systemctl("stop")
        self.assertEqual("io_uring" not in service.stderr, unlimited, service.stderr)  # its worker says so
        self.assertNotIn("io_uring", without_memory_report(service.stderr), "nothing else is missing")
        self.assert_each_once(service.files(), sent)

    def test_its_exposure_is_small(self):
        said = self.container.run("systemd-analyze", "security", "--no-pager", self.service.UNIT)
        exposure = float(re.search(r"Overall exposure level for ringtail\.service: ([\d.]+)", said)[1])
        self.assertLessEqual(exposure, MOST_EXPOSURE, said)

    def test_settings_that_cannot_work_are_not_tried_again(self):
        self.service.write_settings(settings_for(self.link_in_there, filter="udp prot 7"))
        self.assertNotEqual(self.container.try_run("systemctl", "start", self.service.UNIT).returncode, 0)
        self.assertEqual((self.service.shown("ActiveState"), self.service.shown("ExecMainStatus")), ("failed", "3"))
        self.assertEqual(self.service.shown("NRestarts"), "0")

    def test_a_reload_of_settings_that_cannot_work_fails_and_changes_nothing(self):
        service = self.start()
        before = service.pid
        service.write_settings(settings_for(self.link_in_there, filter="udp prot 7"))
        self.assertNotEqual(self.container.try_run("systemctl", "reload", service.UNIT).returncode, 0)
        self.assertIn("udp prot 7", service.stderr)
        sent = self.send_until_written(100)
        self.assertEqual((service.shown("ActiveState"), service.pid), ("active", before))
        service.systemctl("stop")
        self.assert_each_once(service.files(), sent)

    def test_a_reload_under_load_loses_no_packet(self):
        service = self.start()
        before = service.pid
        with Sender(self.link_in_there, self.folder, count=0, size="1000", rate=5_000) as sender:
            service.wait_metrics(lambda m: m.totals().written > 0, "packets come")
            settings = settings_for(self.link_in_there, filter="udp", rotate={"size": "2MiB"})
            service.write_settings(settings)
            service.systemctl("reload")
            files = len(service.files())
            service.wait_for(lambda: len(service.files()) > files, "files are as small as they are to be now")
            self.assertEqual((service.shown("ActiveState"), service.pid), ("active", before))
            sent = sender.stop_and_count()
        service.systemctl("stop")
        totals = Totals.from_log(service.stderr)
        self.assertEqual((totals.received, totals.written, totals.dropped), (sent, sent, 0))
        self.assert_each_once(service.files(), sent)

    def test_another_directory_needs_a_drop_in_and_its_error_says_so(self):
        directory = self.container.root / "srv/recordings"
        directory.mkdir()
        self.container.run("chown", "ringtail:ringtail", "/srv/recordings")
        storage = {"directory": "/srv/recordings"}
        self.service.write_settings(settings_for(self.link_in_there, storage))
        self.assertNotEqual(self.container.try_run("systemctl", "start", self.service.UNIT).returncode, 0)
        self.assertIn("ReadWritePaths=/srv/recordings", self.service.stderr)
        self.service.systemctl("stop")
        self.start("ReadWritePaths=/srv/recordings", storage=storage)
        sent = self.send(100)
        self.service.systemctl("stop")
        self.assert_each_once(sorted(directory.glob("all/*.pcap")), sent)

    def test_a_directory_that_must_be_mounted_is_not_taken_for_mounted_in_the_sandbox(self):
        self.service.write_settings(settings_for(self.link_in_there, {"require_mount": True}))
        self.assertNotEqual(self.container.try_run("systemctl", "start", self.service.UNIT).returncode, 0)
        self.assertIn("not on a mount of its own", self.service.stderr)

    def test_the_watchdog_ends_a_process_that_stands_still_and_its_files_are_recovered(self):
        service = self.start("WatchdogSec=2s", "RestartSec=100ms")
        sent = self.send_until_written(1_000)
        stopped = service.pid
        os.kill(stopped, signal.SIGSTOP)
        service.wait_for(lambda: service.shown("NRestarts") == "1", "it is started again", seconds=60)
        service.wait_ready()
        self.assertIn("Watchdog timeout", service.stderr)
        self.assertNotEqual(service.pid, stopped)
        service.wait_metrics(lambda m: m.value("ringtail_recovered_files_total") == 1, "the file is recovered")
        self.assert_each_once(service.files(), sent)

    def test_the_watchdog_ends_a_worker_that_is_stuck_in_a_write(self):
        service = self.start("WatchdogSec=2s", "RestartSec=100ms", "Environment=LD_PRELOAD=/usr/lib/failing_calls.so",
                             "Environment=RINGTAIL_FAILING_CALLS=/var/lib/ringtail/faults",
                             storage={"io": "blocking"})  # fmt: skip
        self.send_until_written(100)
        faults = service.directory / "faults"
        faults.write_text("pwritev2 0\n")
        faults.chmod(0o644)
        self.send(5_000, first=100)
        service.wait_for(lambda: service.shown("Result") == "watchdog" or service.shown("NRestarts") != "0",
                         "it is ended", seconds=60)  # fmt: skip
        faults.unlink()
        service.wait_ready()
        self.assertRegex(service.stderr, r"worker 0 has made no progress for \d+ s: the watchdog is not fed")
        self.assertIn("Watchdog timeout", service.stderr)

    def test_an_upgrade_goes_on_recording_and_keeps_the_settings(self):
        service = self.start()
        sent = self.send_until_written(100)
        before = service.pid
        self.container.install(with_version(self.package, "99.0"))
        service.wait_ready()
        self.assertNotEqual(service.pid, before)
        sent += self.send(100, first=sent)
        service.systemctl("stop")
        self.assert_each_once(service.files(), sent)

    def test_a_purge_ends_it_and_keeps_the_recordings(self):
        service = self.start()
        self.service.systemctl("enable")
        sent = self.send_until_written(100)
        said = self.container.run("dpkg", "--purge", "ringtail")
        self.assertIn("recordings in /var/lib/ringtail are kept", said)
        self.assertEqual(self.container.try_run("systemctl", "is-active", service.UNIT).stdout, "inactive\n")
        self.assertFalse((self.container.root / "etc/ringtail").exists())
        self.assertEqual(list((self.container.root / "etc/systemd/system").rglob("*ringtail*")), [])
        self.assert_each_once(service.files(), sent)

    def test_lintian_finds_no_error_in_the_package(self):
        run("lintian", "--allow-root", "--fail-on", "error,warning", str(self.package))


if __name__ == "__main__":
    main()
