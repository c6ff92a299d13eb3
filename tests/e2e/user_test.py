"""Whoever records: do they hold CAP_NET_RAW alone, do their programs hold nothing, and does nothing fail later?"""

import os
import pathlib
import pwd
import shutil
import tempfile

from support import EndToEndTest, Process, Recorder, main, run, send, settings_for, tcpdump_count

FAILURE, BAD_CONFIGURATION, NO_PRIVILEGE = 1, 3, 5
NET_RAW = 1 << 13
NOBODY = pwd.getpwnam("nobody")


def status_of(path):
    """{key: words} of a file as /proc/PID/status."""
    lines = (line.partition(":") for line in path.read_text().splitlines())
    return {key: value.split() for key, _, value in lines}


class RecordingUser(EndToEndTest):
    """root starts it, and `user` says who records."""

    def setUp(self):
        super().setUp()
        self.place = pathlib.Path(self.enter(tempfile.TemporaryDirectory(prefix="ringtail-user-", dir="/var/tmp")))
        self.place.chmod(0o755)
        self.recorded_link = self.link()

    def start(self, user="nobody", directory="made/recordings", through=(), binary=None, **capture):
        self.directory = self.place / directory
        settings = settings_for(self.recorded_link, {"directory": str(self.directory)}, filter="udp", **capture)
        namespace = self.recorded_link.recorder_namespace
        return self.enter(Recorder(namespace, settings | {"user": user}, self.place, through=through, binary=binary))

    def assert_refused(self, recorder, status, *words):
        self.assertEqual(recorder.wait(10), status, recorder.stderr)
        for word in words:
            self.assertIn(word, recorder.stderr)

    def capabilities(self, status):
        names = ("CapPrm", "CapEff", "CapInh", "CapAmb", "CapBnd")
        return {name: int(status[name][0], 16) for name in names}

    def test_each_thread_is_the_user_s_and_holds_cap_net_raw_alone(self):
        recorder = self.start().wait_ready()
        threads = [status_of(task / "status") for task in pathlib.Path(f"/proc/{recorder.pid}/task").iterdir()]
        self.assertGreater(len(threads), 2)
        for thread in threads:
            self.assertEqual(set(thread["Uid"]), {str(NOBODY.pw_uid)}, thread["Name"])
            self.assertEqual(set(thread["Gid"] + thread["Groups"]), {str(NOBODY.pw_gid)}, thread["Name"])
            self.assertEqual(self.capabilities(thread),
                             {"CapPrm": NET_RAW, "CapEff": NET_RAW, "CapInh": 0, "CapAmb": 0, "CapBnd": 0}, thread["Name"])

    def test_later_files_are_made_as_the_first_one_and_all_are_the_user_s(self):
        recorder = self.start(rotate={"size": "2MiB"}, ring={"memory": "8MiB"}).wait_ready()
        sent = send(self.recorded_link, count=6_000, size=1000)
        totals = recorder.stop_and_total()
        self.assertEqual((totals.written, totals.dropped), (sent, 0))
        self.assertGreater(len(recorder.files()), 2)
        owners = {path.stat().st_uid for path in [self.directory, *self.directory.rglob("*")]}
        self.assertEqual(owners, {NOBODY.pw_uid})
        self.assertEqual(self.directory.parent.stat().st_uid, 0, "what is above is not the user's")

    def test_a_directory_is_the_user_s_however_it_is_spelled_and_whatever_root_s_umask(self):
        for directory in ("slash/recordings/", "dot/recordings/."):
            with self.subTest(directory=directory):
                recorder = self.start(directory=directory, through=("sh", "-c", 'umask 077 && exec "$@"', "sh")).wait_ready()
                sent = send(self.recorded_link, count=10)
                self.assertEqual(recorder.stop_and_total().written, sent)
                self.assertEqual(self.directory.stat().st_uid, NOBODY.pw_uid)
                self.assertEqual(self.directory.parent.stat().st_mode & 0o777, 0o755)

    def test_a_directory_below_a_mount_that_is_missing_is_not_made(self):
        settings = settings_for(self.recorded_link, {"directory": str(self.place / "mnt/recordings"), "require_mount": True})
        recorder = Recorder(self.recorded_link.recorder_namespace, settings | {"user": "nobody"}, self.place)
        self.assert_refused(self.enter(recorder), FAILURE, "is not on a mount of its own")
        self.assertFalse((self.place / "mnt").exists())

    def test_an_interface_that_is_made_again_is_recorded_again(self):
        recorder = self.start().wait_ready()
        first = send(self.recorded_link, count=100)
        recorder.wait_metrics(lambda m: m.totals().written == first, "the first are written")
        self.recorded_link.remove()
        recorder.wait_not_ready()
        self.recorded_link.create()
        recorder.wait_ready()
        second = send(self.recorded_link, count=100, first=first)
        self.assertEqual(recorder.stop_and_total().written, first + second)
        self.assert_each_once(recorder.files(), first + second)

    def test_a_program_for_files_holds_no_capability(self):
        for user, through in (("nobody", ()), ("", ("setpriv", f"--reuid={NOBODY.pw_uid}", f"--regid={NOBODY.pw_gid}",
                                                     "--clear-groups", "--inh-caps=+net_raw", "--ambient-caps=+net_raw"))):  # fmt: skip
            with self.subTest(user=user):
                told = self.place / f"told{user}"
                told.mkdir()
                told.chmod(0o777)
                directory = f"of{user}/recordings"
                if through:
                    (self.place / directory).mkdir(parents=True)
                    os.chown(self.place / directory, NOBODY.pw_uid, NOBODY.pw_gid)
                program = ["/bin/sh", "-c", f'cat /proc/self/status > {told}/new && mv {told}/new {told}/status']
                recorder = self.start(user, directory, through, self.binary_for_everybody(), on_close=program).wait_ready()
                send(self.recorded_link, count=10)
                recorder.stop_and_total()
                status = status_of(told / "status")
                self.assertEqual(set(status["Uid"]), {str(NOBODY.pw_uid)})
                held = self.capabilities(status)
                self.assertEqual({name: held[name] for name in ("CapPrm", "CapEff", "CapAmb")},
                                 {"CapPrm": 0, "CapEff": 0, "CapAmb": 0})

    def test_a_directory_of_somebody_else_is_refused_before_anything_is_recorded(self):
        (self.place / "root-s").mkdir(mode=0o755)
        self.assert_refused(self.start(directory="root-s"), FAILURE, str(self.place / "root-s"), "Permission denied",
                            f"chown -R {NOBODY.pw_uid} {self.place / 'root-s'}")
        self.assertEqual(list(self.directory.iterdir()), [])

    def test_a_capture_s_folder_that_root_recorded_to_is_refused_at_once(self):
        by_root = self.start("", "handed").wait_ready()
        send(self.recorded_link, count=10)
        by_root.stop_and_total()
        for path in (self.directory, self.directory / ".lock"):
            os.chown(path, NOBODY.pw_uid, NOBODY.pw_gid)
        self.assert_refused(self.start(directory="handed"), FAILURE, str(self.directory / "all"), "chown -R")
        run("chown", "-R", "nobody", str(self.directory))
        recorder = self.start(directory="handed").wait_ready()
        sent = send(self.recorded_link, count=10)
        self.assertEqual(recorder.stop_and_total().written, sent)
        self.assertEqual(sum(map(tcpdump_count, recorder.files())), 2 * sent)

    def test_settings_that_the_user_cannot_read_are_refused_now_and_not_at_a_reload(self):
        settings = settings_for(self.recorded_link, {"directory": str(self.place / "made")})
        recorder = Recorder(self.recorded_link.recorder_namespace, settings | {"user": "nobody"}, self.place, "first")
        self.enter(recorder).wait_ready()
        recorder.stop_and_total()
        recorder.config.chmod(0o600)
        command = self.recorded_link.recorder_namespace.command(os.environ["RINGTAIL_BINARY"], "run", "--config", recorder.config)
        refused = self.enter(Process(command, self.place, "second"))
        self.assert_refused(refused, BAD_CONFIGURATION, str(recorder.config), "Permission denied")

    def test_a_user_that_there_is_not_is_named(self):
        recorder = self.start("no-such-user")
        self.assert_refused(recorder, BAD_CONFIGURATION, f"{recorder.config}: user: there is no user 'no-such-user'",
                            "useradd")  # fmt: skip

    def test_who_is_not_root_becomes_nobody_else(self):
        binary = shutil.copy(os.environ["RINGTAIL_BINARY"], self.place)
        through = ("setpriv", f"--reuid={NOBODY.pw_uid}", f"--regid={NOBODY.pw_gid}", "--clear-groups")
        self.assert_refused(self.start("daemon", "none", through, binary), NO_PRIVILEGE,
                            "CAP_SETUID and CAP_SETGID", "daemon")


class LockedMemory(EndToEndTest):
    """With `ring: {lock: true}` nothing of it is ever swapped out."""

    def start(self, lock, through=()):
        link = self.link()
        settings = settings_for(link, {"directory": str(self.folder / "recordings")}, ring={"memory": "8MiB", "lock": lock})
        return link, self.enter(Recorder(link.recorder_namespace, settings, self.folder, through=through))

    def locked_kib(self, lock):
        link, recorder = self.start(lock)
        recorder.wait_ready()
        locked = int(status_of(pathlib.Path(f"/proc/{recorder.pid}/status"))["VmLck"][0])
        sent = send(link, count=2_000)
        self.assertEqual(recorder.stop_and_total().written, sent)
        return locked

    def test_memory_that_is_mapped_before_and_after_is_locked(self):
        self.assertGreater(self.locked_kib(True), 1024)

    def test_no_memory_is_locked_unless_that_is_asked_for(self):
        self.assertEqual(self.locked_kib(False), 0)

    def test_a_limit_of_locked_memory_refuses_the_start_and_the_remedy_is_named(self):
        without = ("setpriv", "--bounding-set=-ipc_lock", "--inh-caps=-ipc_lock")
        _, recorder = self.start(True, through=("prlimit", "--memlock=8388608", *without))
        self.assertEqual(recorder.wait(10), NO_PRIVILEGE, recorder.stderr)
        for words in ("mlockall", "ring.lock", "RLIMIT_MEMLOCK", "LimitMEMLOCK=infinity", "CAP_IPC_LOCK"):
            self.assertIn(words, recorder.stderr)


if __name__ == "__main__":
    main()
