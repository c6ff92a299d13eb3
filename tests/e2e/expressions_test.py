"""Does each expression take the same packets as in tcpdump, byte for byte, on the interface and on `any`?"""

import itertools
import re
import subprocess

from expressions import (
    ALL_OR_NOTHING, EVERY, FURTHER, NOTHING_ON_ANY, PROMISED, REFUSED_BY_KERNEL, filtered_outside_of_the_kernel_on_any,
    judged_differently_at_first,
)  # fmt: skip
from packet_mix import frames
from pcap_file import COOKED, cooked_packets, write_pcap
from support import EndToEndTest, Recorder, Tcpdump, compare, main, run

MTU = 9100  # for the largest frame behind two tags
TABLE = ["", *(e for e in PROMISED + FURTHER if e not in ALL_OR_NOTHING)][::EVERY]
WORKERS = (1, 2)
MOST_CAPTURES = 64
RATE = 20_000  # packets a second that neither drops with all of them listening


def batches(expressions):
    iterator = iter(expressions)
    return iter(lambda: list(itertools.islice(iterator, MOST_CAPTURES // len(WORKERS))), [])


class Expressions(EndToEndTest):
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

    def test_each_takes_the_same_packets_on_an_interface(self):
        for expressions in batches(TABLE):
            self.assert_same(self.mixed_link.RECORDER, expressions)
            self.forget_recordings()

    def test_each_takes_the_same_packets_on_any(self):
        for expressions in batches(expression for expression in TABLE if self.accepted_on_any(expression)):
            self.assert_same("any", expressions)
            self.forget_recordings()

    def test_what_tcpdump_cannot_attach_takes_what_it_reads_from_a_file(self):
        recorder = self.record(self.mixed_link.RECORDER, REFUSED_BY_KERNEL)
        (control,) = self.tcpdumps(self.mixed_link.RECORDER, [])
        sent = self.replay()
        whole = control.stop_after(sent)
        self.assertEqual(recorder.stop_and_total().dropped, 0)
        for number, expression in enumerate(REFUSED_BY_KERNEL):
            wanted = self.folder / f"{number}.pcap"
            run("tcpdump", "-r", whole, "--time-stamp-precision=nano", "-w", wanted, expression)
            for workers in WORKERS:
                with self.subTest(expression, workers=workers):
                    found = self.assert_same_frames(recorder.files(f"{number}-{workers}"), [wanted])
                    self.assert_chooses(expression, found["common"], sent)

    def accepted_on_any(self, expression):
        """tcpdump refuses some; that Ringtail refuses the same is tested with the filter command."""
        command = self.mixed_link.recorder_namespace.command("tcpdump", "-i", "any", "-d", expression)
        accepted = subprocess.run(command, capture_output=True).returncode == 0
        return accepted and not filtered_outside_of_the_kernel_on_any(expression)


if __name__ == "__main__":
    main()
