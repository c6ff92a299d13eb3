"""What each end-to-end test imports: `from support import *`, a TestCase, and main() at its end.

    from support import EndToEndTest, Recorder, main, send, verify

    class Rotation(EndToEndTest):
        def test_each_packet_is_in_one_file(self):
            link = self.link()
            settings = {"captures": [{"name": "all", "interfaces": [link.RECORDER]}]}
            recorder = self.enter(Recorder(link.recorder_namespace, settings, self.folder)).wait_ready()
            sent = send(link, count=1000)
            totals = recorder.stop_and_total()
            self.assertEqual(totals.written, sent)
            self.assert_each_once(recorder.files(), sent)

    if __name__ == "__main__":
        main()
"""

import os
import pathlib
import shutil
import signal
import sys
import tempfile
import unittest

import privilege
from metrics import DROP_REASONS, Metrics, Totals
from namespaces import Link, Namespace, remove_abandoned, run
from observe import cached_bytes, context_switches, cpu_seconds, disk_use, is_locked
from process import Process
from recorder import METRICS_ADDRESS, Recorder
from tools import Sender, Tcpdump, capinfos, compare, send, tcpdump_count, tshark_fields, verify
from waiting import Timeout, wait_until

__all__ = [
    "DROP_REASONS", "METRICS_ADDRESS", "EndToEndTest", "Link", "Metrics", "Namespace", "Process", "Recorder",
    "Sender", "Tcpdump", "Timeout", "Totals", "cached_bytes", "capinfos", "compare", "context_switches", "cpu_seconds",
    "disk_use", "is_locked", "main", "run", "send", "settings_for", "tcpdump_count", "tshark_fields", "verify", "wait_until",
]  # fmt: skip

EXIT_SKIPPED = 77


def settings_for(link, storage=None, **capture):
    """One capture `all` of the link's recorder end, with what a test cares about on top."""
    capture = {"name": "all", "interfaces": [link.RECORDER], "workers": 1, "ring": {"memory": "64MiB"}, **capture}
    return {"captures": [capture], "storage": {"max_size": "1GiB", "min_free": "0%", **(storage or {})}}


class EndToEndTest(unittest.TestCase):
    """A folder on a disk per test, and context managers that end with the test."""

    def setUp(self):
        reason = privilege.refusal()
        if reason and privilege.must_not_skip():
            self.fail(f"RINGTAIL_TESTS_MUST_NOT_SKIP is set, but: {reason}")
        if reason:
            self.skipTest(reason)
        parent = os.environ.get("RINGTAIL_TEST_DIR") or os.environ.get("TMPDIR") or "/var/tmp"
        os.makedirs(parent, exist_ok=True)
        self.folder = pathlib.Path(self.enter(tempfile.TemporaryDirectory(prefix="e2e-", dir=parent)))

    def enter(self, context):
        """Enters a context manager that is left, in reverse order, when the test ends."""
        return self.enterContext(context)

    def binary_for_everybody(self):
        """A copy of the binary where an ordinary user may run it."""
        folder = self.enter(tempfile.TemporaryDirectory(dir="/var/tmp"))
        os.chmod(folder, 0o755)
        return shutil.copy(os.environ["RINGTAIL_BINARY"], folder)

    def link(self, **options):
        return self.enter(Link(**options))

    def record_link(self, link, storage=None, name="ringtail", **capture):
        """A recorder that records the link by settings_for(), ready."""
        settings = settings_for(link, storage, **capture)
        recorder = self.enter(Recorder(link.recorder_namespace, settings, self.folder, name)).wait_ready()
        recorder.link = link
        return recorder

    def forget_recordings(self):
        """Before the same again in one test."""
        self.doCleanups()
        self.setUp()

    def assert_only_finished_files(self, recorder):
        """Whole files, each with its sidecar, and nothing else: no .part, no file made ahead, no probe."""
        names = {str(f.relative_to(recorder.directory)) for f in recorder.directory.rglob("*") if f.is_file()}
        whole = {name for name in names if name.endswith((".pcap", ".pcapng"))}
        self.assertEqual(names - whole, {".lock"} | {name + ".json" for name in whole})

    def assert_each_once(self, files, count, first=0):
        """The files hold numbers first..first+count-1 exactly once, intact, and nothing else."""
        found = verify(files, expected=(first, first + count - 1))
        wanted = {"packets": count, "distinct": count, "duplicates": 0, "truncated": 0, "corrupt": 0,
                  "foreign": 0, "missing": 0, "unexpected": 0}  # fmt: skip
        self.assertEqual({key: found[key] for key in wanted}, wanted)
        return found

    def assert_same_frames(self, left, right, within_ns=1_000_000):
        """Two sets of files hold the same frames, byte for byte, at nearly the same times."""
        found = compare(left, right)
        self.assertEqual((found["only_left"], found["only_right"]), (0, 0), found)
        self.assertLessEqual(found["largest_time_difference_ns"], within_ns, found)
        return found


def main():
    """Runs the script's tests; 77 says that something was skipped and nothing failed."""
    # CTest's time limit and Ctrl-C must leave no namespace and no process behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    if not privilege.refusal():
        remove_abandoned()
    program = unittest.main(verbosity=2, exit=False)
    if not program.result.wasSuccessful() or program.result.testsRun == 0:
        sys.exit(1)
    if program.result.skipped:
        if privilege.must_not_skip():
            print("RINGTAIL_TESTS_MUST_NOT_SKIP is set, so the skipped tests above are a failure", file=sys.stderr)
            sys.exit(1)
        sys.exit(EXIT_SKIPPED)
