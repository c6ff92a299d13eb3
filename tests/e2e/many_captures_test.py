"""Do sixteen captures of one link, whose filters overlap, each take all that is theirs?"""

from numbered import FIRST_SOURCE_PORT, numbers
from support import EndToEndTest, Recorder, main, send

FLOWS = 64
PACKETS = 500_000
RATE = 100_000  # packets a second

# What each capture's filter takes of the flows, which are the source ports.
CAPTURES = {
    "all": ("", range(FLOWS)),
    "half": (f"udp src portrange {FIRST_SOURCE_PORT}-{FIRST_SOURCE_PORT + 31}", range(32)),
    "even": ("udp[1] & 1 = 0", range(0, FLOWS, 2)),
    "odd": ("not (udp[1] & 1 = 0)", range(1, FLOWS, 2)),
    "none": ("tcp", ()),
    **{f"flow-{flow}": (f"src port {FIRST_SOURCE_PORT + flow}", (flow,)) for flow in range(11)},
}


class ManyCaptures(EndToEndTest):
    def record(self, link):
        def capture(name, expression, flows):
            # Room for all of its packets, so that a disk that others keep busy costs none.
            memory = f"{8 + PACKETS * len(flows) // FLOWS * 200 // 2**20}MiB"
            return {"name": name, "interfaces": [link.RECORDER], "filter": expression, "workers": 1,
                    "ring": {"memory": memory}, "rotate": {"size": "8MiB"}}  # fmt: skip

        captures = [capture(name, *content) for name, content in CAPTURES.items()]
        self.assertEqual(len(captures), 16)
        settings = {"captures": captures, "storage": {"max_size": "4GiB", "min_free": "0%"}}
        return self.enter(Recorder(link.recorder_namespace, settings, self.folder)).wait_ready()

    def test_each_takes_all_that_is_its_own(self):
        link = self.link()
        recorder = self.record(link)
        sent = send(link, count=PACKETS, rate=RATE, flows=FLOWS)
        expected = {name: sum(len(range(flow, sent, FLOWS)) for flow in flows) for name, (_, flows) in CAPTURES.items()}
        scrape = recorder.wait_metrics(lambda m: m.totals().written == sum(expected.values()), "all is written")
        recorder.stop_and_total()
        for name, (_, flows) in CAPTURES.items():
            with self.subTest(capture=name):
                totals = scrape.totals(capture=name)
                self.assertEqual((totals.received, totals.written, totals.dropped), (expected[name], expected[name], 0))
                found = numbers(recorder.files(name))
                self.assertEqual((len(found), len(set(found))), (expected[name], expected[name]))
                self.assertEqual({number % FLOWS for number in found}, set(flows))


if __name__ == "__main__":
    main()
