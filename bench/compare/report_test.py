"""Do the tables and the plot say what was measured, and is what cannot be measured refused? Runs are invented here."""

import contextlib
import dataclasses
import io
import pathlib
import sys
import tempfile
import unittest
import unittest.mock
import xml.dom.minidom

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import compare  # noqa: E402
import report  # noqa: E402
from disk import DiskRun  # noqa: E402
from filters import FilterRun  # noqa: E402
from idle import IdleRun  # noqa: E402
from lossless import LosslessRate  # noqa: E402
from measurement import Run  # noqa: E402
from scaling import SLOWEST, Case as ScalingCase, ScalingRun  # noqa: E402
from watch import Case, WatchRun  # noqa: E402

import published  # noqa: E402


def run(recorder, size="64", rate=0.0, us=1.0, lost=0, packets=1000):
    return Run(recorder=recorder, size=size, wanted_rate=rate, rate=5e5, packets=packets, lost=lost, cold_us=2 * us,
               warm_us=us, kernel_us=0.1, busy_us=us, cached_bytes=0, dirty_bytes=0, resident_bytes=1 << 28,
               anonymous_bytes=1 << 20, recorded_bytes=80_000, warm_packets=packets // 2, warm_seconds=0.5,
               coldness=5.0, ring_peak_share=None)  # fmt: skip


def watch_run(watch, receive_us, recorder_us, case=Case("udp", "nothing", 0)):
    return WatchRun(case, watch, rate=1e6, receive_us=receive_us, recorder_us=recorder_us, lost_share=0.0,
                    dropped_share=0.0, growth_bytes=4096)  # fmt: skip


def scaling_run(workers, us, repetition=0, rate=1e4, packets=600.0, timed_out=1.0, came=None):
    return ScalingRun(ScalingCase("64", workers, rate), repetition, came or rate, us, 0.1, packets, timed_out, 0.0)


NULL = run(report.NULL, us=0.5)


class Tables(unittest.TestCase):
    def rows(self, text):
        return {row[0]: row[1:] for row in published.rows_of(text)}

    def test_cost_is_the_median_and_its_ratio_to_the_null_consumer(self):
        runs = report.Runs([NULL, *(run("a", us=us) for us in (1.0, 9.0, 2.0))])
        self.assertEqual(self.rows(runs.table(runs.cost("warm_us"), 0))["a"], ["2.000 (4.0x)"])

    def test_loss_of_a_single_packet_is_not_rounded_to_none(self):
        runs = report.Runs([run("one", lost=1, packets=10_000_000), run("none"), run("half", lost=500)])
        rows = self.rows(runs.table(runs.loss, 0))
        self.assertEqual((rows["one"], rows["none"], rows["half"]), (["< 0.1 %"], ["0"], ["50.0 %"]))

    def test_cold_costs_stand_under_how_cold_the_memory_was(self):
        runs = [NULL, run("a", us=1.0), dataclasses.replace(run("a", us=3.0), coldness=8.0), run("a", us=2.0)]
        tables = report.all_tables(report.Runs(runs))
        cold = tables[tables.index("The same, cold"):]  # fmt: skip
        self.assertIn("cold (memory that took 5.0 times as long to get as memory just used)", cold)
        self.assertEqual(self.rows(cold[:cold.index("Kernel")])["a"], ["4.000 (4.0x)"])  # fmt: skip

    def test_how_full_the_ring_was_is_told_of_those_that_tell(self):
        tells = [dataclasses.replace(run("a"), ring_peak_share=share) for share in (0.5, 0.1, 0.2)]
        runs = report.Runs([run("b"), *tells])
        rows = self.rows(runs.table(runs.ring_peak, 0))
        self.assertEqual((rows["a"], rows["b"]), (["20 % (50 %)"], [""]))

    def test_what_was_not_measured_stays_empty(self):
        runs = report.Runs([NULL, run("a"), run(report.NULL, size="imix")])
        self.assertEqual(self.rows(runs.table(runs.cost("warm_us"), 0))["a"], ["1.000 (2.0x)", ""])

    def test_each_part_has_its_section(self):
        measured = {
            "compare": [NULL, run("a"), run("a", rate=1e5)],
            "lossless": {"runs": [run("a"), run("b", lost=500)], "rates": [LosslessRate("a", "64", 5e5, True)]},
            "filters": [FilterRun(1, "all", 0.2, 0.1, 0.0)],
            "watch": [watch_run(True, 0.3, 0.2), watch_run(False, 0.2, 0.1)],
            "idle": [IdleRun(0.0005, 4.0, 800.0)],
            "scaling": [scaling_run(workers=1, us=0.2)],
            "disk": [DiskRun("1500", 2e9, 1.8e9, 2.9e9, 0.1, 90, 60, 0)],
        }
        sections = report.sections(measured)
        self.assertEqual(list(sections), ["main", "compare", "highest", "lossless", "filters", "watch", "idle",
                                          "scaling", "disk"])  # fmt: skip
        self.assertEqual(self.rows(sections["highest"]), {"a": ["> 500"], "b": [""]})
        self.assertIn(sections["highest"], sections["lossless"])
        self.assertIn("| b | 50.0 % |", sections["lossless"])
        self.assertIn("| 0.050 % |", sections["idle"])
        self.assertIn("| 64 B | 1 | 10 | 0.200 |  |  |  |  | 0.100 (2.0x) | 600 | 100 % | 0.0 % |", sections["scaling"])
        self.assertIn("| 0.90 |", sections["disk"])

    def test_part_of_which_every_run_failed_has_no_section(self):
        self.assertEqual(report.sections({"compare": [], "lossless": {"runs": [], "rates": []}, "idle": []}), {})

    def test_watch_is_compared_with_the_same_run_without_it(self):
        flood = Case("syn", "all", 1e6)
        runs = [watch_run(True, 0.3, 0.2), watch_run(False, 0.2, 0.1), watch_run(True, 0.5, 0.6),
                watch_run(False, 0.2, 0.0, flood), watch_run(True, 0.2, 0.1, flood)]  # fmt: skip
        rows = published.rows_of(report.watch_table(runs))
        self.assertEqual([row[:2] + row[4:6] for row in rows], [
            ["UDP", "nothing", "0.200", "0.100"], ["UDP", "nothing", "0.400 (+0.200, 2.0x)", "0.400 (+0.300, 4.0x)"],
            ["SYN", "all", "", "0.000"], ["SYN", "all", "", "0.100 (+0.100)"],
        ])  # fmt: skip

    def test_two_workers_are_compared_with_one_in_the_same_repetition(self):
        costs_of = enumerate(((0.1, 0.2), (0.4, 0.4), (0.8, 0.2)))
        runs = [scaling_run(workers, us, repetition) for repetition, costs in costs_of
                for workers, us in zip((1, 2), costs)]  # fmt: skip
        runs.append(scaling_run(2, 9.0, repetition=3))  # the one of one worker failed
        self.assertEqual([row[6] for row in published.rows_of(report.scaling_table(runs))], ["", "1.00"])

    def test_two_workers_are_not_compared_with_one_that_more_came_to(self):
        for came, ratio in ((0.91e6, "2.00"), (0.89e6, "")):
            runs = [scaling_run(1, 0.1, rate=1e6), scaling_run(2, 0.2, rate=1e6, came=came)]
            self.assertEqual([row[6] for row in published.rows_of(report.scaling_table(runs))], ["", ratio])

    def test_two_workers_are_compared_with_one_that_has_as_much_as_each(self):
        for came, ratio in ((0.91e6, "2.00"), (0.89e6, "")):
            runs = [scaling_run(1, 0.1, rate=5e5), scaling_run(2, 0.2, rate=1e6, came=came)]
            rows = published.rows_of(report.scaling_table(runs))
            self.assertEqual([row[6:8] for row in rows], [["", ""], ["", ratio]])

    def test_timeouts_cost_what_the_slowest_rate_costs_more_than_the_highest(self):
        runs = [scaling_run(1, 2.2, rate=SLOWEST, packets=60.0), scaling_run(1, 0.4),
                scaling_run(1, 0.25, rate=1e5, packets=1200.0, timed_out=0.5),
                scaling_run(1, 0.2, rate=0, timed_out=0.0)]  # fmt: skip
        self.assertEqual([row[2:6] for row in published.rows_of(report.scaling_table(runs))], [
            ["1", "2.200", "2.000", ""], ["10", "0.400", "0.200", "1.00"], ["100", "0.250", "0.050", "1.00"],
            ["0.0", "0.200", "0.000", ""],
        ])  # fmt: skip

    def test_rates_are_compared_with_the_highest_one_in_the_same_repetition_but_for_the_timeouts(self):
        slowest = scaling_run(1, 2.2, rate=SLOWEST, packets=60.0)  # 120 us a timeout
        highest_us, slower_us = (0.2, 0.1, 0.4), (0.3, 0.35, 0.5)  # of which 0.1 by timeouts
        runs = [slowest, *(scaling_run(1, us, repetition, packets=1200.0) for repetition, us in enumerate(slower_us)),
                *(scaling_run(1, us, repetition, rate=0, timed_out=0.0) for repetition, us in enumerate(highest_us)),
                scaling_run(1, 9.0, repetition=3, packets=1200.0)]  # fmt: skip
        self.assertEqual([row[5] for row in published.rows_of(report.scaling_table(runs))], ["", "1.00", ""])

    def test_case_of_the_watch_of_which_one_half_failed_is_left_out(self):
        self.assertEqual(published.rows_of(report.watch_table([watch_run(True, 0.3, 0.2)])), [])

    def test_plot_is_well_formed_and_names_each_recorder(self):
        drawn = report.cpu_plot(report.Runs([NULL, run("a <b>", lost=100)]))
        texts = [node.firstChild.data for node in xml.dom.minidom.parseString(drawn).getElementsByTagName("text")
                 if node.firstChild]  # fmt: skip
        self.assertIn("a <b>", texts)
        self.assertIn("-10 %", texts)

    def test_bytes_a_second_are_those_of_the_second_part(self):
        self.assertEqual(run("a").bytes_per_second, 80_000 * 0.5 / 0.5)


class Published(unittest.TestCase):
    def setUp(self):
        self.file = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory())) / "document.md"
        self.file.write_text("before\n<!-- begin x (command) -->\nold\n<!-- end x -->\nbehind\n")

    def test_section_is_replaced_and_nothing_else(self):
        published.write(self.file, "x", "a \\1 table\n\n")
        self.assertEqual(published.read(self.file, "x"), "a \\1 table\n")
        lines = self.file.read_text().splitlines()
        self.assertEqual((lines[0], lines[-1]), ("before", "behind"))

    def test_document_without_the_section_is_refused(self):
        with self.assertRaises(published.NotThere):
            published.write(self.file, "y", "text")

    def test_table_is_read_back(self):
        self.assertEqual(published.rows_of(published.table(("a", "b"), [["x", 1], ["y", 2]])), [["x", "1"], ["y", "2"]])


class Arguments(unittest.TestCase):
    def refusal(self, *given):
        said = io.StringIO()
        with unittest.mock.patch.object(sys, "argv", ["compare.py", *given]), contextlib.redirect_stderr(said):
            with self.assertRaises(SystemExit) as ended:
                compare.arguments()
        self.assertEqual(ended.exception.code, 2)
        return said.getvalue()

    def test_unknown_names_are_refused_and_the_known_ones_told(self):
        self.assertIn("no part is called 'scale': there are compare, lossless", self.refusal("--parts", "disk,scale"))
        self.assertIn("no recorder is called 'null': there are Ringtail,", self.refusal("--recorders", "null"))

    def test_what_is_no_size_is_refused(self):
        self.assertIn("'1k' is no frame size", self.refusal("--sizes", "64,1k"))
        self.assertIn("'' is no frame size", self.refusal("--sizes", "64,"))

    def test_all_parts_and_recorders_are_meant_if_none_is_named(self):
        with unittest.mock.patch.object(sys, "argv", ["compare.py"]):
            given = compare.arguments()
        self.assertEqual(given.parts, list(compare.PARTS))
        self.assertEqual(given.recorders[:3], ["Ringtail", "Ringtail pcapng", report.NULL])


if __name__ == "__main__":
    unittest.main(verbosity=2)
