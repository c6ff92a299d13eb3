"""`make bench`: Ringtail, the recorders that Debian ships and a null consumer on the same traffic.

Makes its own network namespaces, runs the recorders in turn, again and again, and writes a report, a plot and
all single results into --output. --publish puts them into the documents, for which the machine has to be quiet.
"""

import argparse
import contextlib
import dataclasses
import datetime
import json
import os
import pathlib
import shlex
import signal
import sys
import time

import disk
import filters
import host
import idle
import lossless
import measurement
import memory_disk
import paths
import published
import recorders
import report
import scaling
import watch
from namespaces import remove_abandoned
from traffic import SENDER_CPU, Traffic

PARTS = ("compare", "lossless", "filters", "watch", "idle", "scaling", "disk")
RECORDERS = tuple(kind.name for kind in recorders.ALL)
QUICK = {"sizes": "64,1500", "rates": "0", "repetitions": 1, "seconds": 0.3, "parts": "compare"}
DISK_SHARE = 0.7  # of what it takes: what a recorder loses at full speed is not the disk's fault


def refuse_unknown(parser, what, names, known):
    for name in names:
        if name not in known:
            parser.error(f"no {what} is called {name!r}: there are {', '.join(known)}")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help=f"three minutes: {QUICK}")
    parser.add_argument("--sizes", help="frame sizes, and imix (64,512,1500,9000,imix)")
    parser.add_argument("--rates", help="packets a second, 0 for full speed (100000,500000,0)")
    parser.add_argument("--repetitions", type=int, help="of each run (5)")
    parser.add_argument("--seconds", type=float, help="of traffic in each run's second part (2)")
    parser.add_argument("--idle-seconds", type=float, default=30.0, help="of each run without traffic (30)")
    parser.add_argument("--disk-seconds", type=float, default=30.0, help="of each run at more than the disk takes (30)")
    parser.add_argument("--parts", help=f"what to do ({','.join(PARTS)})")
    parser.add_argument("--recorders", help=f"their names ({','.join(RECORDERS)})")
    parser.add_argument("--output", type=pathlib.Path, default=paths.TREE / "build" / "bench",
                        help="where recordings and results go: a folder on the disk that is measured")  # fmt: skip
    parser.add_argument("--publish", action="store_true", help="put the tables into README.md and bench/")
    given = parser.parse_args()
    whole = {"sizes": "64,512,1500,9000,imix", "rates": "100000,500000,0", "repetitions": 5, "seconds": 2.0,
             "parts": ",".join(PARTS), "recorders": ",".join(RECORDERS)}  # fmt: skip
    for name, value in {**whole, **(QUICK if given.quick else {})}.items():
        if getattr(given, name) is None:
            setattr(given, name, value)
    given.sizes, given.parts = given.sizes.split(","), given.parts.split(",")
    given.recorders = given.recorders.split(",")
    refuse_unknown(parser, "part", given.parts, PARTS)
    refuse_unknown(parser, "recorder", given.recorders, RECORDERS)
    for size in given.sizes:
        if size != "imix" and not size.isdecimal():
            parser.error(f"{size!r} is no frame size in bytes, and not imix")
    given.rates = [float(rate) for rate in given.rates.split(",")]
    return given


class Bench:
    def __init__(self, options):
        self.options = options
        self.recorders = [kind for kind in recorders.ALL if kind.name in options.recorders and not kind.missing()]
        self.folder = options.output
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "log").unlink(missing_ok=True)

    def attempt(self, what, measure, *arguments):
        """What was measured; None if a recorder fails: that run is missing, not all that came before."""
        try:
            found = measure(*arguments)
        except (AssertionError, OSError, ZeroDivisionError) as error:
            self.say(f"{what}: failed: {error}")
            return None
        self.say(f"{what}: {found}")
        return found

    @contextlib.contextmanager
    def awake(self):
        with host.awake() as awake:
            if not awake:
                self.say("there is no /dev/cpu_dma_latency: CPUs sleep between packets")
            yield

    def compare(self):
        with self.awake():
            runs = [run for repetition in range(self.options.repetitions) for run in self.compare_once(repetition)]
        return [run for run in runs if run]

    def compare_once(self, repetition):
        disk_bytes = disk.fio_bytes_per_second(self.folder) * DISK_SHARE
        self.say(f"full speed: up to {disk_bytes / 1e9:.2f} GB/s, as much of what the disk takes")
        for size in self.options.sizes:
            with Traffic(size) as traffic:
                full, disk_rate = traffic.full_rate(), disk_bytes / traffic.bytes
                limit = disk_rate if disk_rate < full else 0
                for rate in self.options.rates:
                    for kind in self.recorders:
                        count = int((rate or limit or full) * self.options.seconds)
                        yield self.attempt(f"{repetition + 1}: {kind.name}, {size} B", measurement.measure,
                                           kind, traffic, self.folder, count, rate, limit)  # fmt: skip

    def lossless(self):
        runs = []
        with memory_disk.memory_disk(self.folder) as folder, self.awake():
            for size in self.options.sizes * self.options.repetitions:
                with Traffic(size) as traffic:
                    full = traffic.full_rate()
                    runs += [self.attempt(f"full speed: {kind.name}, {size} B", lossless.full_speed, kind, traffic,
                                          folder, full, self.options.seconds)
                             for kind in self.recorders]  # fmt: skip
            runs = [run for run in runs if run]
            rates = [self.attempt(f"lossless: {kind.name}, {size} B", lossless.highest_rate, kind, size, folder,
                                  self.options.seconds, runs)
                     for size in self.options.sizes for kind in self.recorders]  # fmt: skip
        return {"runs": runs, "rates": [rate for rate in rates if rate]}

    def filters(self):
        count = int(1e6 * self.options.seconds)
        cases = [(captures, takes) for captures in filters.CAPTURES for takes in filters.FILTERS]
        runs = [self.attempt("filters", filters.measure, *case, self.folder, count)
                for case in cases * self.options.repetitions]  # fmt: skip
        return [run for run in runs if run]

    def watch(self):
        count = int(1e6 * self.options.seconds)
        cases = [(case, watched) for case in watch.CASES for watched in (False, True)]
        runs = [self.attempt("watch", watch.measure, *case, self.folder, count)
                for case in cases * self.options.repetitions]  # fmt: skip
        return [run for run in runs if run]

    def idle(self):
        runs = [self.attempt("idle", idle.measure, self.folder, self.options.idle_seconds)
                for _ in range(self.options.repetitions)]  # fmt: skip
        return [run for run in runs if run]

    def scaling(self):
        with memory_disk.memory_disk(self.folder) as folder, self.awake():
            runs = [self.attempt("scaling", scaling.measure, case, repetition, folder, self.options.seconds)
                    for repetition in range(self.options.repetitions) for case in scaling.CASES]  # fmt: skip
        return [run for run in runs if run]

    def disk(self):
        runs = [self.attempt("disk", disk.measure, size, self.folder, self.options.disk_seconds)
                for size in disk.SIZES * self.options.repetitions]  # fmt: skip
        return [run for run in runs if run]

    def say(self, text):
        """To the terminal, and to a file that is there also if the end is not reached."""
        print(text, flush=True)
        with open(self.folder / "log", "a", encoding="utf-8") as log:
            print(text, file=log)

    def heading(self, begin):
        minutes = (time.monotonic() - begin) / 60
        command = "make bench" + (f" BENCH_ARGS={shlex.quote(' '.join(sys.argv[1:]))}" if sys.argv[1:] else "")
        versions = "; ".join(dict.fromkeys(kind.version() for kind in self.recorders))
        return (f"{datetime.date.today()}, {host.description(self.folder)}. `{command}`: {self.options.repetitions} "
                f"repetitions, medians, {minutes:.0f} minutes. {versions}.\n\n")  # fmt: skip

    def write(self, name, text):
        (self.folder / name).write_text(text, encoding="utf-8")


def plain(value):
    """For JSON."""
    return dataclasses.asdict(value)


def main():
    options = arguments()
    if os.geteuid() != 0:
        sys.exit("this makes network namespaces and needs root (make bench gets it)")
    for ends_it in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ends_it, lambda *_: sys.exit(1))
    os.sched_setaffinity(0, {SENDER_CPU})  # away from the recorder's
    remove_abandoned()
    bench = Bench(options)
    memory_disk.remove(bench.folder)
    begin = time.monotonic()
    measured = {}
    for part in sorted(options.parts, key=PARTS.index):
        measured[part] = getattr(bench, part)()
        bench.write("results.json", json.dumps(measured, default=plain, indent=1))  # a later part may not end
    heading = bench.heading(begin)
    sections = report.sections(measured)
    text = heading + "\n".join(sections.values())
    bench.write("report.md", text)
    print(f"\n{text}")
    if measured.get("compare"):
        bench.write("cpu.svg", report.cpu_plot(report.Runs(measured["compare"])))
    if options.publish:
        publish(options.output, heading, sections)


def publish(output, heading, sections):
    """Each section that was measured, into its place in README.md or bench/README.md."""
    for name, text in sections.items():
        where = paths.TREE / "README.md" if name in report.IN_MAIN_README else paths.README
        published.write(where, name, heading + text)
    if "compare" in sections:
        (paths.TREE / "bench" / "cpu.svg").write_text((output / "cpu.svg").read_text())


if __name__ == "__main__":
    main()
