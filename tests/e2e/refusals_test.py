"""Does what cannot work say so at once: its own exit code, what failed, on what, and what to do?"""

import os
import pathlib
import re
import shutil
import tempfile

from support import METRICS_ADDRESS, EndToEndTest, Process, Recorder, main, send, settings_for

NOBODY = 65534
NET_RAW = ("--inh-caps=+net_raw", "--ambient-caps=+net_raw")
FAILURE, BAD_CONFIGURATION, ALREADY_RUNNING, NO_PRIVILEGE = 1, 3, 4, 5


class Refusals(EndToEndTest):
    def assert_refused(self, settings, status, *words, namespace=None, name="refused"):
        """`ringtail run` ends with the status and says all the words."""
        namespace = namespace or self.link().recorder_namespace
        recorder = self.enter(Recorder(namespace, settings, self.folder, name))
        self.assertEqual(recorder.wait(10), status, recorder.stderr)
        for word in words:
            self.assertIn(word, recorder.stderr)
        return recorder

    def test_second_instance_names_the_directory(self):
        link = self.link()
        first = self.record_link(link)
        settings = settings_for(link) | {"metrics": {"listen": "127.0.0.1:0"}}
        self.assert_refused(settings, ALREADY_RUNNING, str(first.directory), namespace=link.recorder_namespace)
        self.assertEqual(first.stop_and_total().dropped, 0)

    def test_bad_settings_are_all_told_with_their_lines(self):
        text = (f"storage: {{directory: {self.folder}, max_sise: 1GiB}}\n"
                "captures:\n- name: all\n  interfaces: [eth0]\n  snaplen: -1\n")  # fmt: skip
        said = self.assert_refused(text, BAD_CONFIGURATION, "max_size").stderr
        self.assertRegex(said, r"refused\.yaml:1:\d+: .*max_sise")
        self.assertRegex(said, r"refused\.yaml:5:\d+: .*snaplen")

    def test_settings_that_are_not_there_are_named(self):
        path = str(self.folder / "nowhere.yaml")
        recorder = self.enter(Process([os.environ["RINGTAIL_BINARY"], "run", "--config", path], self.folder, "gone"))
        self.assertEqual(recorder.wait(10), BAD_CONFIGURATION)
        self.assertIn(path, recorder.stderr)

    def test_metrics_port_in_use_is_named(self):
        link = self.link()
        self.record_link(link)
        settings = settings_for(link, {"directory": str(self.folder / "other")})
        self.assert_refused(settings, FAILURE, "127.0.0.1:9477", "in use", namespace=link.recorder_namespace)

    def test_filter_is_shown_with_what_libpcap_says(self):
        settings = settings_for(self.link(), filter="tcp prot 443")
        self.assert_refused(settings, BAD_CONFIGURATION, "tcp prot 443", "syntax error")

    def test_filter_while_lo_is_down_is_no_reason_to_refuse(self):
        link = self.link()
        namespace = link.recorder_namespace
        namespace.run("ip", "link", "set", "dev", "lo", "down")
        settings = settings_for(link, filter="udp and not vlan 7")
        recorder = self.enter(Recorder(namespace, settings, self.folder, "lo-down"))
        recorder.wait_for(lambda: "metrics: http" in recorder.stderr, "it has started")
        namespace.run("ip", "link", "set", "dev", "lo", "up")  # for the metrics
        recorder.wait_ready()
        sent = send(link, count=100)
        self.assertEqual(recorder.stop_and_total().written, sent)
        self.assert_each_once(recorder.files(), sent)

    def test_directory_that_cannot_be_made_is_named(self):
        (self.folder / "file").touch()
        directory = str(self.folder / "file" / "recordings")
        # The harness would make it.
        text = f"storage: {{directory: {directory}, max_size: 1GiB}}\ncaptures: [{{name: all, interfaces: [lo]}}]\n"
        self.assert_refused(text, FAILURE, directory, "Not a directory")


class Descriptors(EndToEndTest):
    def limited_to(self, link, limit):
        settings = settings_for(link, rotate={"size": "2MiB"})
        through = ("prlimit", f"--nofile={limit}:{limit}")
        return self.enter(Recorder(link.recorder_namespace, settings, self.folder, f"limit-{limit}", through=through))

    def test_start_with_too_few_is_refused_with_the_arithmetic_and_one_with_just_enough_works(self):
        link = self.link()
        refused = self.limited_to(link, 50)
        self.assertEqual(refused.wait(10), FAILURE, refused.stderr)
        needed, limit = re.search(r"1 ring x 3 .* = (\d+) descriptors, more than the (\d+) of RLIMIT", refused.stderr).groups()
        self.assertEqual(limit, "50")

        recorder = self.limited_to(link, needed).wait_ready()
        # As many clients as there may be, and files that come and go.
        clients = [self.enter(link.recorder_namespace.connect(METRICS_ADDRESS)) for _ in range(63)]
        sent = send(link, count=20_000, size=1000, rate=40_000)
        recorder.wait_metrics(lambda m: m.totals().written == sent, "all is written")
        self.assertEqual(len(clients), 63)
        self.assertEqual(recorder.stop_and_total().dropped, 0)
        self.assertNotIn("Too many open files", recorder.stderr)
        self.assert_each_once(recorder.files(), sent)


class OrdinaryUser(EndToEndTest):
    """The binary, its settings and its directory are where `nobody` can get at them."""

    def setUp(self):
        super().setUp()
        self.place = pathlib.Path(self.enter(tempfile.TemporaryDirectory(prefix="ringtail-user-", dir="/var/tmp")))
        self.place.chmod(0o755)
        self.binary = shutil.copy(os.environ["RINGTAIL_BINARY"], self.place)
        self.recorded_link = self.link()

    def record_as_nobody(self, *privileges, owner=NOBODY, filter="udp"):
        """The directory is there, and belongs to `owner`."""
        directory = self.place / "recordings"
        directory.mkdir(exist_ok=True)
        os.chown(directory, owner, owner)
        user = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *privileges]
        settings = settings_for(self.recorded_link, {"directory": str(directory)}, filter=filter)
        namespace = self.recorded_link.recorder_namespace
        return self.enter(Recorder(namespace, settings, self.place, through=user, binary=self.binary))

    def test_without_cap_net_raw_is_told_how_to_give_it(self):
        for expression in ("", "udp"):
            with self.subTest(filter=expression):
                recorder = self.record_as_nobody(filter=expression)
                self.assertEqual(recorder.wait(10), NO_PRIVILEGE, recorder.stderr)
                for words in ("needs CAP_NET_RAW", "setcap cap_net_raw+ep", "AmbientCapabilities=CAP_NET_RAW"):
                    self.assertIn(words, recorder.stderr)

    def test_with_cap_net_raw_records(self):
        recorder = self.record_as_nobody(*NET_RAW).wait_ready()
        sent = send(self.recorded_link, count=1_000)
        self.assertEqual(recorder.stop_and_total().written, sent)
        self.assert_each_once(recorder.files(), sent)

    def test_directory_without_permission_is_named(self):
        recorder = self.record_as_nobody(*NET_RAW, owner=0)
        self.assertEqual(recorder.wait(10), FAILURE, recorder.stderr)
        self.assertIn(str(recorder.directory), recorder.stderr)
        self.assertIn("Permission denied", recorder.stderr)


if __name__ == "__main__":
    main()
