"""Records the same traffic with many expressions and with as many tcpdumps, and compares."""

import itertools
import re

from expressions import ALL_OR_NOTHING, EVERY, FURTHER, NOTHING_ON_ANY, PROMISED, judged_differently_at_first
from packet_mix import frames
from pcap_file import COOKED, cooked_packets, write_pcap
from support import EndToEndTest, Recorder, Tcpdump, compare

MTU = 9100  # for the largest frame behind two tags
TABLE = ["", *(e for e in PROMISED + FURTHER if e not in ALL_OR_NOTHING)][::EVERY]
WORKERS = (1, 2)
MOST_CAPTURES = 64
RATE = 20_000  # packets a second that neither drops with all of them listening


def batches(expressions):
    iterator = iter(expressions)
    return iter(lambda: list(itertools.islice(iterator, MOST_CAPTURES // len(WORKERS))), [])


class ExpressionComparison(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.mixed_link = self.link(mtu=MTU, apart=True)
        self.mix = self.folder / "mix.pcap"
        self.frames = write_pcap(self.mix, frames())

    def record(self, interface, expressions):
        captures = [
            {"name": f"{number}-{workers}", "interfaces": [interface], "filter": expression, "workers": workers,
             "ring": {"memory": f"{8 * workers}MiB"}, "rotate": {"size": "2MiB"}}
            for number, expression in enumerate(expressions)
            for workers in WORKERS
        ]  # fmt: skip
        settings = {"captures": captures, "storage": {"max_size": "4GiB", "min_free": "0%"}}
        return self.enter(Recorder(self.mixed_link.recorder_namespace, settings, self.folder)).wait_ready(60)

    def tcpdumps(self, interface, expressions):
        """One for each, and one that takes all, listening."""
        def tcpdump(name, expression):
            # Small buffers, since there are many; in this mode each packet takes as much room as the longest may.
            twice = judged_differently_at_first(expression, interface)
            mode = ("--immediate-mode", "-s", 2 * MTU) if twice else ("-B", 4096)
            path = self.folder / f"{name}.pcap"
            return Tcpdump(self.mixed_link.recorder_namespace, interface, path, *mode, expression)

        started = [tcpdump(number, expression) for number, expression in enumerate(["", *expressions], -1)]
        return [self.enter(process) for process in started]

    def replay(self):
        """In both directions; returns how many packets that is."""
        for namespace, interface in self.mixed_link.ends():
            output = namespace.run("tcpreplay", "-q", f"--pps={RATE}", "-i", interface, self.mix)
            self.assertEqual(re.findall(r"(Successful|Failed) packets: +(\d+)", output),
                             [("Successful", str(self.frames)), ("Failed", "0")])  # fmt: skip
        return 2 * self.frames

    def comparable(self, interface, name, files):
        """On `any`, only what passed the link: the loopback had the recorder's own HTTP traffic before tcpdump came."""
        if interface != "any":
            return files
        namespace, device = self.mixed_link.recorder_namespace, self.mixed_link.RECORDER
        index = int(namespace.run("cat", f"/sys/class/net/{device}/ifindex"))
        path = self.folder / f"{name}.comparable"
        write_pcap(path, cooked_packets(files, index), COOKED)
        return [path]

    def assert_same(self, interface, expressions):
        recorder = self.record(interface, expressions)
        control, *tcpdumps = self.tcpdumps(interface, expressions)
        sent = self.replay()
        control.stop_after(sent)
        files = [tcpdump.stop_after_all(int(judged_differently_at_first(expression, interface)))
                 for tcpdump, expression in zip(tcpdumps, expressions)]  # fmt: skip
        totals = recorder.stop_and_total()
        self.assertEqual((totals.received, totals.dropped), (totals.written, 0))
        for number, expression in enumerate(expressions):
            for workers in WORKERS:
                with self.subTest(expression, workers=workers, interface=interface):
                    name = f"{number}-{workers}"
                    found = compare(self.comparable(interface, name, recorder.files(name)),
                                    self.comparable(interface, number, [files[number]]),
                                    strip_vlan=interface == "any")  # fmt: skip
                    self.assertEqual((found["only_left"], found["only_right"]), (tcpdumps[number].lost(), 0), found)
                    if interface == "any" and expression in NOTHING_ON_ANY:
                        self.assertEqual(found["common"], 0)
                    else:
                        self.assert_chooses(expression, found["common"], sent)

    def assert_chooses(self, expression, taken, sent):
        if expression == "":
            return self.assertEqual(taken, sent)
        self.assertGreater(taken, 0, "the mix has nothing that the expression takes")
        self.assertLess(taken, sent, "the mix has nothing that the expression leaves")
