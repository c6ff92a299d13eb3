"""Do Ringtail and tcpdump, side by side on one link, record the same bytes, whatever passes?"""

from odd_frames import frames
from pcap_file import write_pcap
from support import EndToEndTest, Tcpdump, main, tshark_fields, wait_until

FRAMES = 6_000
FILTER = "tcp port 443 or arp"


class SameAsTcpdump(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.jumbo_link = self.link(mtu=9000)

    def replay(self, tagged=True, seed=20):
        pcap = self.folder / "frames.pcap"
        count = write_pcap(pcap, frames(FRAMES, seed, tagged))
        link = self.jumbo_link
        output = link.sender_namespace.run("tcpreplay", "-q", "--mbps=400", "-i", link.SENDER, pcap)
        self.assertRegex(output, rf"Successful packets: +{count}\n")
        self.assertRegex(output, r"Failed packets: +0\n")

    def tcpdump(self, name, *arguments):
        link = self.jumbo_link
        return self.enter(Tcpdump(link.recorder_namespace, link.RECORDER, self.folder / f"{name}.pcap", *arguments))

    def assert_same(self, recorder, tcpdumps, least):
        """Both took everything that was replayed; what they have is the same."""
        totals = recorder.stop_and_total()
        self.assertEqual(totals.dropped, 0)
        self.assertGreaterEqual(totals.written, least)
        wait_until(lambda: sum(t.captured() for t in tcpdumps) >= totals.written, "tcpdump took as many")
        for tcpdump in tcpdumps:
            tcpdump.stop_after(0)
        found = self.assert_same_frames(recorder.files(), [tcpdump.path for tcpdump in tcpdumps])
        self.assertEqual(found["common"], totals.written)

    def test_all_kinds_of_frames_are_the_same(self):
        link = self.jumbo_link
        for offload in ("on", "off"):
            with self.subTest(rxvlan=offload):
                link.recorder_namespace.run("ethtool", "-K", link.RECORDER, "rxvlan", offload)
                tcpdump = self.tcpdump(f"all-{offload}")
                recorder = self.record_link(link, name=f"ringtail-{offload}", storage=self.storage(offload))
                self.replay(seed=offload)
                self.assert_same(recorder, [tcpdump], least=5_000)
                lengths = [int(length) for (length,) in tshark_fields(tcpdump.path, "frame.len")]
                self.assertEqual((min(lengths), max(lengths)), (14, 9014))
                tags = [ids.count(",") + 1 for (ids,) in tshark_fields(tcpdump.path, "vlan.id") if ids]
                self.assertGreater(tags.count(1), 100, "single tags")
                self.assertGreater(tags.count(2), 100, "double tags")

    def test_filter_takes_the_same(self):
        tcpdump = self.tcpdump("filtered", FILTER)
        recorder = self.record_link(self.jumbo_link, filter=FILTER)
        self.replay()
        self.assert_same(recorder, [tcpdump], least=500)

    def test_snaplen_cuts_untagged_frames_at_the_same_byte(self):
        tcpdump = self.tcpdump("cut", "-s", "96")
        recorder = self.record_link(self.jumbo_link, snaplen=96)
        self.replay(tagged=False)
        self.assert_same(recorder, [tcpdump], least=5_000)

    def test_snaplen_does_not_count_a_tag_that_was_put_back(self):
        """The kernel cuts without the tag, so a tagged frame is cut at what tcpdump calls 4 bytes later."""
        tcpdumps = [self.tcpdump("untagged", "-s", "96", "not vlan"), self.tcpdump("tagged", "-s", "100", "vlan")]
        recorder = self.record_link(self.jumbo_link, snaplen=96)
        self.replay()
        self.assert_same(recorder, tcpdumps, least=5_000)

    def storage(self, name):
        return {"directory": str(self.folder / f"capture-{name}")}


if __name__ == "__main__":
    main()
