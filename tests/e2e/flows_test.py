"""Do two workers share the traffic as asked: each packet once, and with `fanout: hash` each flow whole?"""

import collections
import struct

from headers import ACK, DOT1AD, DOT1Q, RECEIVER, SENDER, TCP, UDP, ethernet, ip, tagged, tcp, udp
from pcap_file import read_pcap, write_pcap
from support import EndToEndTest, main

FLOWS = 240
PACKETS = 5  # of each flow, in each direction
WORKERS = 2
TAGS = ((), ((DOT1Q, 5),), ((DOT1AD, 7),), ((DOT1AD, 7), (DOT1Q, 5)))


def packet(flow, number, answer):
    """One of a flow, unlike any other; flows differ in family, protocol, tags, addresses and ports."""
    version6, datagrams = flow % 2, flow // 2 % 2
    ends = ("2001:db8::%x", "2001:db8:1::%x") if version6 else ("10.1.2.%d", "10.9.8.%d")
    source, destination = ends[0] % (1 + flow % 200), ends[1] % (1 + flow % 7)
    source_port, destination_port = 30_000 + flow, 53 if datagrams else 443
    payload = struct.pack("!IIH", flow, number, answer)
    # As the sender's kernel labels the flows of IPv6: each direction has its own label.
    fields = {"flow_label": 1 + 2 * flow + answer} if version6 and flow % 3 else {}
    link = (SENDER, RECEIVER)
    if answer:
        source, destination, source_port, destination_port = destination, source, destination_port, source_port
        link = (RECEIVER, SENDER)
    ports = (source_port, destination_port)
    protocol, transport = (UDP, udp(*ports, payload)) if datagrams else (TCP, tcp(*ports, ACK, payload))
    frame = ethernet(*ip(protocol, transport, source, destination, **fields), source=link[0], destination=link[1])
    return tagged(frame, *tags_of(flow))


def tags_of(flow):
    return TAGS[flow // 4 % len(TAGS)]


class Flows(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.flow_link = self.link(apart=True)
        self.flow_of = {}

    def replay(self, namespace, interface, answer, flows=range(FLOWS)):
        """Sends one direction of the flows."""
        frames = {packet(flow, number, answer): flow for number in range(PACKETS) for flow in flows}
        self.flow_of.update(frames)
        pcap = self.folder / f"{interface}-{answer}.pcap"
        count = write_pcap(pcap, frames)
        output = namespace.run("tcpreplay", "-q", "--pps=50000", "-i", interface, pcap)
        self.assertRegex(output, rf"Successful packets: +{count}\n")

    def replay_both_to_the_recorder(self):
        """As a switch mirrors them."""
        for answer in (False, True):
            self.replay(self.flow_link.sender_namespace, self.flow_link.SENDER, answer)

    def frames_of_workers(self, recorder):
        """All that was sent is recorded; returns each worker's frames."""
        recorder.wait_metrics(lambda m: m.totals().received >= len(self.flow_of), "all is received")
        self.assertEqual(recorder.stop_and_total().dropped, 0)
        files = [recorder.files_of_worker(worker) for worker in range(WORKERS)]
        frames = [[record.frame for file in of_worker for record in read_pcap(file)] for of_worker in files]
        self.assertEqual(collections.Counter(sum(frames, [])), collections.Counter(list(self.flow_of)))
        return frames

    def assert_flows_are_whole(self, recorder):
        flows = [{self.flow_of[frame] for frame in frames} for frames in self.frames_of_workers(recorder)]
        self.assertEqual(flows[0] & flows[1], set(), "flows that were divided")
        for worker, own in enumerate(flows):
            self.assertGreater(len(own), len(set(self.flow_of.values())) // 4, f"worker {worker}")

    def test_hash_keeps_both_directions_of_mirrored_flows_together(self):
        recorder = self.record_link(self.flow_link, workers=WORKERS)
        self.replay_both_to_the_recorder()
        self.assert_flows_are_whole(recorder)

    def test_hash_keeps_what_the_host_answers_with_what_it_was_asked(self):
        # Not so for each tagged flow: of a frame that goes out with its tag in its bytes, the kernel looks for the
        # addresses behind the wrong header (skb_flow_dissect, since packet_parse_headers skips the tag).
        recorder = self.record_link(self.flow_link, workers=WORKERS)
        flows = [flow for flow in range(FLOWS) if tags_of(flow) == ()]
        for answer, (namespace, interface) in enumerate(self.flow_link.ends()):
            self.replay(namespace, interface, answer, flows)
        self.assert_flows_are_whole(recorder)

    def test_cpu_and_queue_take_each_packet_once(self):
        for fanout in ("cpu", "queue"):
            with self.subTest(fanout=fanout):
                recorder = self.record_link(self.flow_link, workers=WORKERS, fanout=fanout)
                self.replay_both_to_the_recorder()
                self.frames_of_workers(recorder)
            self.forget_recordings()


if __name__ == "__main__":
    main()
