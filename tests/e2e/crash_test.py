"""Does a kill at any moment cost only what was not on disk yet, and does the next start leave whole files only?"""

import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import time

from support import (
    EndToEndTest, Recorder, Sender, cached_bytes, capinfos, is_locked, main, settings_for, tcpdump_count, verify,
    wait_until,
)  # fmt: skip

SANITIZED = "RINGTAIL_TEST_EVERY" in os.environ  # slow, and it sees nothing new in the later ones
KILLS = 10 if SANITIZED else 50  # each meets two writers, both at some moment of a file's life
CAPTURES = ("one", "two")
NUMBERS_PER_RUN = 10**7
LARGEST_RECORD = 16 + 1514
NOBODY = 65534
ALREADY_RUNNING = 4
RECOVERED = re.compile(r"recovered (\S+): (\d+) packets? kept, (\d+) bytes cut")


def two_captures(link, io):
    """The smallest files: one ends about every tenth of a second. The rings hold two seconds: nothing else is lost."""
    settings = settings_for(link, {"max_size": "4GiB", "io": io}, rotate={"size": "2MiB"}, ring={"memory": "64MiB"})
    settings["captures"] = [settings["captures"][0] | {"name": name} for name in CAPTURES]
    return settings


def sizes_by_inode(directory):
    """Recovery changes names, and no inode."""
    return {status.st_ino: status.st_size for status in (path.stat() for path in directory.glob("*/*.pcap*"))}


def repair(*arguments, through=()):
    command = [*through, os.environ["RINGTAIL_BINARY"], "repair", *arguments]
    return subprocess.run(command, capture_output=True, text=True)


class Crash(EndToEndTest):
    def start(self, link, name, io="auto"):
        return self.enter(Recorder(link.recorder_namespace, two_captures(link, io), self.folder, name))

    def kill_somewhere(self, recorder, run, chance):
        """Under load, at a random moment; returns what was counted as written shortly before, by capture."""
        wanted = chance.randrange(9_000)
        written = {}

        def enough():
            metrics = recorder.metrics()
            written.update({name: metrics.totals(capture=name).written for name in CAPTURES})
            return min(written.values()) >= wanted

        with Sender(recorder.link, self.folder, count=0, first=run * NUMBERS_PER_RUN, size="60-1514", rate=30_000):
            recorder.wait_for(enough, f"{wanted} packets are written", 30)
            recorder.stop(signal.SIGKILL)
        return written

    def start_and_recover(self, link, name, io="auto"):
        """A run that has finished what those before it left, with what it says of each such file."""
        finished = set((self.folder / "capture").glob("*/*.pcap"))
        recorder = self.start(link, name, io)
        recorder.link = link
        recorder.wait_ready()

        def all_are_finished_and_told():
            told = [pathlib.Path(path) for path, *_ in RECOVERED.findall(recorder.stderr)]
            return not recorder.unfinished_files() and set(recorder.files()) == finished | set(told)

        recorder.wait_for(all_are_finished_and_told, "every file is finished, and told of")
        told = RECOVERED.findall(recorder.stderr)
        self.assertEqual(recorder.metrics().value("ringtail_recovered_files_total"), len(told))
        return recorder, told

    def assert_cut_as_told(self, told, before):
        for path, packets, cut in told:
            status = os.stat(path)
            if status.st_ino in before:  # the others had no name yet
                self.assertEqual(before[status.st_ino] - status.st_size, int(cut), path)
            self.assertEqual(tcpdump_count(path), int(packets), path)

    def assert_only_the_tail_is_missing(self, recorder, run, seen, written):
        for name in CAPTURES:
            files = [file for file in recorder.files(name) if file not in seen]
            found = verify(files) if files else {"distinct": 0}
            self.assertGreaterEqual(found["distinct"], written[name], "what was counted as written is there")
            if files:
                self.assertEqual((found["corrupt"], found["foreign"], found["missing"]), (0, 0, 0))
                self.assertEqual(found["first"] // NUMBERS_PER_RUN, run)
            seen.update(files)

    def test_kills_cost_only_the_tail_and_leave_whole_files(self):
        seed = time.time_ns()
        print(f"random.Random({seed})")
        chance = random.Random(seed)
        link = self.link()
        seen = set()
        recovered = 0
        recorder, _ = self.start_and_recover(link, "run0")
        for run in range(KILLS):
            written = self.kill_somewhere(recorder, run, chance)
            if chance.random() < 0.3:
                interrupted = self.start(link, f"interrupted{run}")
                interrupted.wait_for(lambda: "files:" in interrupted.stderr, "it begins to recover")
                interrupted.stop(signal.SIGKILL)
            before = sizes_by_inode(recorder.directory)
            recorder, told = self.start_and_recover(link, f"run{run + 1}", chance.choice(["auto", "blocking", "buffered"]))
            self.assertEqual(cached_bytes([path for path, *_ in told]), 0)
            self.assert_cut_as_told(told, before)
            self.assert_only_the_tail_is_missing(recorder, run, seen, written)
            recovered += len(told)

        def each_has_its_sidecar():
            return all(file.with_name(file.name + ".json").exists() for file in recorder.files())

        recorder.wait_for(each_has_its_sidecar, "sidecars are made that a kill left out")
        recorder.stop_and_total()
        self.assertGreater(recovered, KILLS, "the kills came while files were written")
        self.assert_only_finished_files(recorder)
        for name in CAPTURES:
            found = verify(recorder.files(name))
            self.assertEqual((found["duplicates"], found["corrupt"], found["foreign"]), (0, 0, 0))
        sample = chance.choice(sorted(seen))
        self.assertEqual(int(capinfos(sample)["Number of packets"]), tcpdump_count(sample))

    def test_kill_on_a_slow_link_costs_its_last_second(self):
        link = self.link()
        recorder, _ = self.start_and_recover(link, "slow")
        rate = 20  # a page takes longer to fill than it may wait
        with Sender(link, self.folder, count=0, size="60", rate=rate):
            total = recorder.wait_metrics(lambda m: m.totals(capture="one").received >= 5 * rate, "traffic")
            recorder.stop(signal.SIGKILL)
        received = total.totals(capture="one").received
        recorder, _ = self.start_and_recover(link, "again")
        found = verify(recorder.files("one"))
        self.assertGreaterEqual(found["distinct"], received - 2 * rate, "what is older than its flush time is there")
        self.assertEqual(found["missing"], 0)

    def test_repair_makes_of_a_copy_what_the_next_start_makes_of_the_original(self):
        link = self.link()
        recorder, _ = self.start_and_recover(link, "killed")
        self.assertEqual(repair(recorder.directory).returncode, ALREADY_RUNNING)
        self.kill_somewhere(recorder, 0, random.Random(7))
        files = [file for name in CAPTURES for file in (recorder.directory / name).iterdir()]
        wait_until(lambda: not any(map(is_locked, files)), "its last writes are through")
        copy = self.folder / "copy"
        shutil.copytree(recorder.directory, copy)
        before = sizes_by_inode(copy)
        for path in (self.folder, copy, *copy.rglob("*")):
            os.chown(path, NOBODY, NOBODY)

        user = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
        would = repair("--dry-run", copy, through=user)
        self.assertEqual((would.returncode, would.stderr), (0, ""))
        self.assertEqual(sizes_by_inode(copy), before)
        done = repair(copy, through=user)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(done.stdout.count("\n"), would.stdout.count("\n"))
        self.assert_cut_as_told(RECOVERED.findall(done.stdout), before)

        recorder, told = self.start_and_recover(link, "again")
        self.assertEqual(len(told), len(RECOVERED.findall(done.stdout)))
        for name in CAPTURES:
            files = recorder.files(name)
            names = [name for file in files for name in (file.name, f"{file.name}.json")]
            self.assertEqual(sorted(os.listdir(copy / name)), names)
            recorder.wait_for(lambda: all((recorder.directory / name / each).exists() for each in names), "each has its sidecar")
            for file in files:
                original, copied = file.read_bytes(), (copy / name / file.name).read_bytes()
                self.assertEqual(copied[: len(original)], original)
                # What of the last packet was never written reads as zeros in a copy, as those of a packet do.
                self.assertLessEqual(len(copied), len(original) + LARGEST_RECORD)


if __name__ == "__main__":
    main()
