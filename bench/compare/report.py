"""The tables and the plot, made of runs."""

import dataclasses
import statistics

import idle
import paths  # noqa: F401
import plot
import published
import scaling

NULL = "null consumer"
IN_MAIN_README = ("main", "highest")  # these sections
_MIB = 1 << 20
_SAME_RATE = 0.1  # by which two rates may differ that are called the same


def _rate(rate):
    return "full speed" if rate == 0 else f"{rate / 1000:g} kpps"


def _size(size):
    return "IMIX" if size == "imix" else f"{size} B"


def _distinct(values):
    return list(dict.fromkeys(values))


class Runs:
    """All repetitions of a comparison; figures are medians over them."""

    def __init__(self, runs):
        self.runs = runs
        self.recorders = _distinct(run.recorder for run in runs)
        self.sizes = _distinct(run.size for run in runs)
        self.rates = _distinct(run.wanted_rate for run in runs)

    @property
    def highest_rate(self):
        return 0 if 0 in self.rates else max(self.rates)

    def of(self, recorder, size, rate):
        return [run for run in self.runs if (run.recorder, run.size, run.wanted_rate) == (recorder, size, rate)]

    def median(self, what, recorder, size, rate):
        """Of an attribute; None where nothing was measured."""
        values = [getattr(run, what) for run in self.of(recorder, size, rate)]
        return statistics.median(values) if values else None

    def table(self, cell, rate):
        """Recorders by sizes; `cell` makes a text of (recorder, size, rate)."""
        rows = [[name, *(cell(name, size, rate) for size in self.sizes)] for name in self.recorders]
        return published.table(["", *map(_size, self.sizes)], rows)

    def cost(self, what, ratio=True):
        def cell(recorder, size, rate):
            value = self.median(what, recorder, size, rate)
            floor = self.median(what, NULL, size, rate) if ratio else None
            if value is None:
                return ""
            return f"{value:.3f}" + (f" ({value / floor:.1f}x)" if floor else "")

        return cell

    def loss(self, recorder, size, rate):
        share = self.median("lost_share", recorder, size, rate)
        if share is None:
            return ""
        return "0" if share == 0 else "< 0.1 %" if share < 0.0005 else f"{100 * share:.1f} %"

    def mebibytes(self, *names):
        def cell(recorder, size, rate):
            values = [self.median(name, recorder, size, rate) for name in names]
            return "" if None in values else " / ".join(f"{value / _MIB:.0f}" for value in values)

        return cell

    def ring_peak(self, recorder, size, rate):
        """The median and the most."""
        shares = [run.ring_peak_share for run in self.of(recorder, size, rate) if run.ring_peak_share is not None]
        return f"{100 * statistics.median(shares):.0f} % ({100 * max(shares):.0f} %)" if shares else ""

    def coldness(self, rate):
        value = statistics.median(run.coldness for run in self.runs if run.wanted_rate == rate)
        return f"memory that took {value:.1f} times as long to get as memory just used"

    def came(self, recorder, size, rate):
        """What the generator reached: a recorder's work on the receiving side slows it down."""
        value = self.median("rate", recorder, size, rate)
        return "" if value is None else f"{value / 1000:.0f}"


def main_tables(runs):
    """What README.md shows."""
    rate = runs.highest_rate
    return "\n".join((
        f"CPU microseconds for each recorded packet at {_rate(rate)}, and the ratio to the null consumer:", "",
        runs.table(runs.cost("warm_us"), rate), f"Packets lost at {_rate(rate)}:", "", runs.table(runs.loss, rate),
    ))  # fmt: skip


def _loss_and_cost(runs, rate):
    return [
        f"Packets that came, kpps:\n\n{runs.table(runs.came, rate)}",
        f"Packets lost, as a share of those that came:\n\n{runs.table(runs.loss, rate)}",
        "Most of the ring that was in use, where a recorder tells (in any repetition):\n\n"
        + runs.table(runs.ring_peak, rate),
        f"CPU microseconds for each packet, warm:\n\n{runs.table(runs.cost('warm_us'), rate)}",
        f"The same, cold ({runs.coldness(rate)}):\n\n{runs.table(runs.cost('cold_us'), rate)}",
        "Kernel workers (writeback, journal, reclaim, a loop device), microseconds for each packet:\n\n"
        + runs.table(runs.cost("kernel_us", ratio=False), rate),
    ]  # fmt: skip


def all_tables(runs):
    parts = []
    for rate in sorted(runs.rates):
        parts += [
            f"### At {_rate(rate)}\n", *_loss_and_cost(runs, rate),
            "Cross-check: all that the recorder's CPU did, microseconds for each packet:\n\n"
            + runs.table(runs.cost("busy_us", ratio=False), rate),
            "Growth of the page cache / of what of it is not on disk, MiB, of files of / MiB:\n\n"
            + runs.table(runs.mebibytes("cached_bytes", "dirty_bytes", "recorded_bytes"), rate),
            "Resident memory, ring included / without it, MiB:\n\n"
            + runs.table(runs.mebibytes("resident_bytes", "anonymous_bytes"), rate),
        ]  # fmt: skip
    return "\n".join(parts)


def highest_table(runs, rates):
    """`rates` are the highest without a loss. README.md shows it, too."""
    found = {(rate.recorder, rate.size): rate for rate in rates}

    def cell(recorder, size, _):
        rate = found.get((recorder, size))
        return "" if rate is None else ("> " if rate.is_all else "") + f"{rate.packets_per_second / 1000:.0f}"

    return f"Highest rate without a loss, kpps; >: the generator was the limit:\n\n{runs.table(cell, 0)}"


def lossless_tables(runs, rates):
    return "\n".join(("### On a disk of memory\n", highest_table(runs, rates),
                      "### At full speed, on a disk of memory\n", *_loss_and_cost(runs, 0)))  # fmt: skip


def filter_table(runs):
    cases = _distinct((run.captures, run.takes) for run in runs)
    rows = []
    for captures, takes in cases:
        same = [run for run in runs if (run.captures, run.takes) == (captures, takes)]
        middle = _medians(same, "receive_us", "recorder_us", "lost_share")
        rows.append([captures, takes, f"{middle[0]:.3f}", f"{middle[1]:.3f}", f"{100 * middle[2]:.1f} %"])
    titles = ("captures", "each takes", "receiving, us a packet", "recorder, us a packet", "lost of what they take")
    return "### Filters, 64 B at full speed\n\n" + published.table(titles, rows)


def _medians(runs, *names):
    return [statistics.median(getattr(run, name) for run in runs) for name in names]


def _added(with_it, without):
    """What comes on top, and by how much that makes the whole larger."""
    ratio = f", {with_it / without:.1f}x" if without > 0.005 else ""
    return f"{with_it:.3f} ({with_it - without:+.3f}{ratio})"


def _watch_rows(case, runs):
    figures = {watch: _medians([run for run in runs if (run.case, run.watch) == (case, watch)],
                               "rate", "receive_us", "recorder_us", "lost_share", "dropped_share", "growth_bytes")
               for watch in (False, True)}  # fmt: skip
    for watch, (rate, *costs, lost, dropped, growth) in figures.items():
        receive, recorder = (_added(cost, other) if watch else f"{cost:.3f}"
                             for cost, other in zip(costs, figures[False][1:]))  # fmt: skip
        yield [case.carries.upper(), case.takes, "on" if watch else "off", f"{rate / 1000:.0f}",
               "" if case.wanted_rate else receive, recorder, f"{100 * lost:.1f} %",
               f"{100 * dropped:.1f} %" if watch else "", f"{growth / 1024:.0f}"]  # fmt: skip


def watch_table(runs):
    cases = [case for case in _distinct(run.case for run in runs)
             if {run.watch for run in runs if run.case == case} == {False, True}]  # fmt: skip
    titles = ("packets", "the capture takes", "watch", "kpps", "receiving, us a packet", "recorder, us a packet",
              "lost by the capture", "by the watch", "memory grew, KiB")  # fmt: skip
    rows = [row for case in cases for row in _watch_rows(case, runs)]
    return "### The TCP watch, 64 B\n\n" + published.table(titles, rows)


def idle_table(runs):
    share, wakeups, scrape = _medians(runs, "share", "wakeups", "scrape_us")
    row = [idle.CAPTURES, idle.WORKERS, f"{100 * share:.3f} %", f"{wakeups:.1f}", f"{scrape:.0f}"]
    titles = ("captures", "workers", "share of a CPU", "wake-ups a second", "CPU of one scrape, us")
    return "### A silent link\n\n" + published.table(titles, [row])


def _pairs(runs, case, other):
    """The runs of both, within each repetition, as a machine's speed changes."""
    others = {run.repetition: run for run in runs if run.case == other}
    return [(run, others[run.repetition]) for run in runs if run.case == case and run.repetition in others]


def _against_one_worker(runs, case, share=1.0):
    """The median of the ratios to one worker that nearly this share of the traffic came to."""
    pairs = _pairs(runs, case, dataclasses.replace(case, workers=1, wanted_rate=share * case.wanted_rate))
    if case.workers == 1 or not pairs:
        return ""
    if abs(statistics.median(share * run.rate / alone.rate for run, alone in pairs) - 1) > _SAME_RATE:
        return ""
    return f"{statistics.median(run.recorder_us / alone.recorder_us for run, alone in pairs):.2f}"


def _timeout_us(runs, size):
    """What a block's timeout costs, from the slowest rate and the highest; None if one of them is missing."""
    slow, fast = ([run for run in runs if run.case == scaling.Case(size, 1, rate)] for rate in (scaling.SLOWEST, 0))
    if not slow or not fast:
        return None
    (slow_us, slow_timeouts), (fast_us, fast_timeouts) = (_medians(same, "recorder_us", "timed_out_per_packet")
                                                          for same in (slow, fast))  # fmt: skip
    return (slow_us - fast_us) / (slow_timeouts - fast_timeouts)


def _against_highest_rate(runs, case, timeout_us):
    """The median of the ratios of costs that differ by the timeouts alone if the ratio is 1."""
    pairs = _pairs(runs, case, scaling.Case(case.size, 1, 0))
    if case.wanted_rate in (0, scaling.SLOWEST) or not pairs:
        return ""
    ratios = []
    for run, fast in pairs:
        more_timeouts = run.timed_out_per_packet - fast.timed_out_per_packet
        ratios.append(run.recorder_us / (fast.recorder_us + timeout_us * more_timeouts))
    return f"{statistics.median(ratios):.2f}"


def scaling_table(runs):
    rows = []
    for case in _distinct(run.case for run in runs):
        same = [run for run in runs if run.case == case]
        rate, cost, null, packets, timed_out, lost = _medians(
            same, "rate", "recorder_us", "null_us", "packets_per_block", "timed_out_share", "lost_share")  # fmt: skip
        timeouts = to_highest = ""
        timeout_us = _timeout_us(runs, case.size)
        if timeout_us is not None:
            timeouts = f"{timeout_us * timed_out / packets:.3f}"
            to_highest = _against_highest_rate(runs, case, timeout_us)
        rows.append([_size(case.size), case.workers, f"{rate / 1000:.{0 if rate >= 1000 else 1}f}", f"{cost:.3f}",
                     timeouts, to_highest, _against_one_worker(runs, case),
                     _against_one_worker(runs, case, 1 / case.workers), f"{null:.3f} ({cost / null:.1f}x)",
                     f"{packets:.0f}", f"{100 * timed_out:.0f} %", f"{100 * lost:.1f} %"])  # fmt: skip
    titles = ("", "workers", "kpps", "recorder, us a packet", "of it by timeouts", "to the highest rate",
              "to one worker", "to one with as much as each", "null consumer", "packets a block",
              "blocks retired by timeout", "lost")  # fmt: skip
    return "### At each rate, and with one worker and two, on a disk of memory\n\n" + published.table(titles, rows)


def disk_table(runs):
    rows = []
    for size in _distinct(run.size for run in runs):
        same = [run for run in runs if run.size == size]
        fio, ringtail, offered, lost, files, removed, cached = _medians(
            same, "fio_bytes_per_second", "ringtail_bytes_per_second", "offered_bytes_per_second",
            "ringtail_lost_share", "files", "removed", "cached_bytes")  # fmt: skip
        rows.append([_size(size), f"{offered / 1e9:.2f} GB/s", f"{fio / 1e9:.2f} GB/s", f"{ringtail / 1e9:.2f} GB/s",
                     f"{statistics.median(run.ringtail_bytes_per_second / run.fio_bytes_per_second for run in same):.2f}",
                     f"{100 * lost:.1f} %", f"{files:.0f} / {removed:.0f}", f"{cached / _MIB:.0f}"])  # fmt: skip
    titles = ("", "came", "fio", "Ringtail", "ratio", "lost, all ring_full", "files written / removed",
              "page cache grew, MiB")  # fmt: skip
    return "### Disk, more than it takes\n\n" + published.table(titles, rows)


def sections(measured):
    """{name of a section: its text}, of {part of the bench: what it measured}."""
    found = {}
    if measured.get("compare"):
        runs = Runs(measured["compare"])
        found["main"], found["compare"] = main_tables(runs), all_tables(runs)
    if measured.get("lossless", {}).get("runs"):
        runs, rates = Runs(measured["lossless"]["runs"]), measured["lossless"]["rates"]
        found["highest"], found["lossless"] = highest_table(runs, rates), lossless_tables(runs, rates)
    tables = {"filters": filter_table, "watch": watch_table, "idle": idle_table, "scaling": scaling_table,
              "disk": disk_table}  # fmt: skip
    for part, table in tables.items():
        if measured.get(part):  # some of it was measured
            found[part] = table(measured[part])
    return found


def cpu_plot(runs):
    rate = runs.highest_rate
    panels = []
    for size in runs.sizes:
        values = {name: runs.median("warm_us", name, size, rate) for name in runs.recorders}
        lost = {name: runs.median("lost_share", name, size, rate) for name in runs.recorders}
        notes = {name: f"-{100 * share:.0f} %" for name, share in lost.items() if share >= 0.005}
        panels.append((_size(size), values, notes))
    return plot.bars(f"CPU microseconds for each recorded packet at {_rate(rate)} (red: lost)", panels)
