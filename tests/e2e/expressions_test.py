"""Does each expression take the same packets as in tcpdump, byte for byte, on the interface?"""

from expression_comparison import TABLE, WORKERS, ExpressionComparison, batches
from expressions import REFUSED_BY_KERNEL
from support import main, run


class Expressions(ExpressionComparison):
    def test_each_takes_the_same_packets_on_an_interface(self):
        for expressions in batches(TABLE):
            self.assert_same(self.mixed_link.RECORDER, expressions)
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


if __name__ == "__main__":
    main()
