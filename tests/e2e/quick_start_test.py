"""Does `ringtail run` without any settings record the right link and tell how it goes?"""

import os
import pty
import re
import signal
import time

from support import EndToEndTest, Process, Totals, main, send, tcpdump_count, verify, wait_until

STATUS = re.compile(r"\S+ \S*packets/s  \S+ \S*bit/s  written (\d+)  dropped (\d+)  disk [\d.]+ [KMG]?i?B")


class QuickStart(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.recorded_link = self.link()
        namespace = self.recorded_link.recorder_namespace
        namespace.run("ip", "address", "add", "10.9.0.1/24", "dev", self.recorded_link.RECORDER)
        namespace.run("ip", "route", "add", "default", "via", "10.9.0.2")

    def start(self, *arguments, terminal=None):
        command = self.recorded_link.recorder_namespace.command(os.environ["RINGTAIL_BINARY"], "run", *arguments)
        process = self.enter(Process(command, self.folder, "quick", directory=self.folder, terminal=terminal))
        process.wait_for(lambda: "metrics: " in process.stderr, "it says where the metrics are")
        return process

    def test_default_route_is_recorded_and_the_rest_is_told(self):
        process = self.start()
        self.assertIn(f"recording {self.recorded_link.RECORDER}", process.stderr)
        self.assertIn("metrics: http://127.0.0.1:9477/metrics", process.stderr)
        self.assertRegex(process.stderr, r"files: \S*ringtail-data/")
        process.send_signal(signal.SIGHUP)
        process.wait_for(lambda: "there is no configuration file, so nothing to reload" in process.stderr, "it says so")
        sent = send(self.recorded_link, count=5_000)

        self.assertEqual(process.stop(signal.SIGINT), 0, process.stderr)
        totals = Totals.from_log(process.stderr)
        totals.assert_identity()
        self.assertEqual(totals.written, sent)
        files = sorted((self.folder / "ringtail-data" / "default").glob("*.pcap"))
        self.assertEqual(len(files), totals.files)
        self.assertEqual(verify(files, expected=(0, sent - 1))["missing"], 0)

    def test_file_gets_a_plain_line_every_two_seconds(self):
        process = self.start("--format", "pcapng")
        sent = send(self.recorded_link, count=1_000)
        begin = time.monotonic()
        process.wait_for(lambda: process.stdout.count("\n") >= 2, "two lines")
        self.assertGreater(time.monotonic() - begin, 1.5, "one comes two seconds after the other")
        self.assertEqual(process.stop(signal.SIGINT), 0, process.stderr)
        lines = process.stdout.splitlines()
        for line in lines:
            self.assertRegex(line, rf"^{STATUS.pattern}$")
        self.assertEqual(STATUS.match(lines[-1]).groups(), (str(sent), "0"))
        files = (self.folder / "ringtail-data" / "default").glob("*.pcapng")
        self.assertEqual(sum(tcpdump_count(file) for file in files), sent)

    def test_terminal_sees_one_line_redrawn(self):
        ours, theirs = pty.openpty()
        self.addCleanup(os.close, ours)
        process = self.start(terminal=theirs)
        os.close(theirs)
        shown = []

        def read_two_lines():
            shown.append(os.read(ours, 4096).decode())
            return "".join(shown).count("\r\033[K") >= 2

        wait_until(read_two_lines, "two lines")
        text = "".join(shown)
        self.assertNotIn("\n", text)
        self.assertRegex(text, rf"\r\033\[K{STATUS.pattern}")
        self.assertEqual(process.stop(signal.SIGINT), 0, process.stderr)
        self.assertEqual(os.read(ours, 4096).decode().strip(" "), "\r\n", "what follows begins on a line of its own")


if __name__ == "__main__":
    main()
