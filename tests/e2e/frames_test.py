"""Are the packets of real connections recorded whole, which the kernel hands over larger than a wire takes them?"""

import socket

from pcap_file import read_pcap
from support import EndToEndTest, Process, Recorder, Tcpdump, main

PORT = 9000
BULK = 12 << 20
SNAPLEN = 96
SUPER_PACKETS = ("gro", "on", "gso", "on", "tso", "on", "tx", "on", "sg", "on")
BUFFERS = "4096 4194304 6291456"
BIG_TCP = 185_000  # bytes in one packet, of which 65,536 is the most without it

# Takes all that comes, and then sends as much back.
SERVER = """
import socket, sys
listener = socket.socket(socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET)
listener.bind((sys.argv[1], int(sys.argv[2])))
listener.listen()
print("listening", flush=True)
connection, _ = listener.accept()
received = 0
while data := connection.recv(1 << 20):
    received += len(data)
connection.sendall(bytes(received))
"""


class Frames(EndToEndTest):
    def connected_link(self, addresses, mtu=1500):
        """A link whose ends talk to each other as two hosts do."""
        link = self.link(mtu=mtu, apart=True)
        for (namespace, interface), address in zip(link.ends(), addresses):
            # Room for whole large packets from the start, which the kernel would make in time by itself.
            namespace.run("sysctl", "-qw", f"net.ipv6.conf.{interface}.disable_ipv6=0", f"net.ipv4.tcp_rmem={BUFFERS}",
                          f"net.ipv4.tcp_wmem={BUFFERS}")  # fmt: skip
            namespace.run("ip", "link", "set", "dev", interface, "arp", "on", "multicast", "on")
            namespace.run("ethtool", "-K", interface, *SUPER_PACKETS)
            namespace.run("ip", "address", "add", address, "dev", interface, *(["nodad"] if ":" in address else []))
        return link

    def transfer(self, link, address):
        """BULK bytes to the recorder's end and back, over before it returns."""
        command = ("/usr/bin/python3", "-c", SERVER, address, PORT)
        server = self.enter(Process(link.recorder_namespace.command(*command), self.folder, "server"))
        server.wait_for(lambda: "listening" in server.stdout, "the server listens")
        with link.sender_namespace.connect((address, PORT), timeout=60) as connection:
            connection.sendall(bytes(BULK))
            connection.shutdown(socket.SHUT_WR)
            received = 0
            while data := connection.recv(1 << 20):
                received += len(data)
        self.assertEqual(received, BULK)
        self.assertEqual(server.wait(), 0, server.stderr)

    def start(self, link, address):
        """Two captures, of which one cuts, and a tcpdump beside each."""
        # Not `tcp`: a packet of IPv6 beyond 64 KiB has an extension header, behind which no filter looks.
        expression = f"host {address} and not (arp or icmp6)"
        snaplens = {"whole": 262144, "cut": SNAPLEN}
        captures = [
            {"name": name, "interfaces": [link.RECORDER], "filter": expression, "snaplen": snaplen, "workers": 2,
             "ring": {"memory": "128MiB"}}
            for name, snaplen in snaplens.items()
        ]  # fmt: skip
        settings = {"captures": captures, "storage": {"max_size": "2GiB", "min_free": "0%"}}
        recorder = self.enter(Recorder(link.recorder_namespace, settings, self.folder)).wait_ready()
        self.tcpdumps = {
            name: self.enter(Tcpdump(link.recorder_namespace, link.RECORDER, self.folder / f"{name}.pcap",
                                     "-s", snaplen, "-B", 131072, expression))
            for name, snaplen in snaplens.items()
        }  # fmt: skip
        for tcpdump in self.tcpdumps.values():  # the ends announce themselves to the link
            tcpdump.note_unfiltered()
        return recorder

    def assert_same(self, recorder):
        """Returns what there was, as lengths on the wire."""
        files = {name: tcpdump.stop_after_all() for name, tcpdump in self.tcpdumps.items()}
        totals = recorder.stop_and_total()
        self.assertEqual((totals.received, totals.dropped), (totals.written, 0))
        for name, file in files.items():
            with self.subTest(capture=name):
                self.assert_same_frames(recorder.files(name), [file])
        self.assertEqual(max(len(record.frame) for record in read_pcap(files["cut"])), SNAPLEN)
        records = read_pcap(files["whole"])
        self.assertTrue(all(len(record.frame) == record.wire_length for record in records))
        return [record.wire_length for record in records]

    def test_super_packets_of_64_kib(self):
        link = self.connected_link(("10.1.1.1/24", "10.1.1.2/24"))
        recorder = self.start(link, "10.1.1.2")
        self.transfer(link, "10.1.1.2")
        lengths = self.assert_same(recorder)
        self.assertEqual(min(lengths), 66, "acknowledgements have no payload")
        self.assertGreater(max(lengths), 60_000)

    def test_big_tcp_beyond_64_kib(self):
        link = self.connected_link(("fd00::1/64", "fd00::2/64"), mtu=9000)
        for namespace, interface in link.ends():
            namespace.run("ip", "link", "set", "dev", interface, "gso_max_size", BIG_TCP, "gro_max_size", BIG_TCP)
        recorder = self.start(link, "fd00::2")
        self.transfer(link, "fd00::2")
        lengths = self.assert_same(recorder)
        self.assertEqual(min(lengths), 86)
        self.assertGreater(max(lengths), 1 << 16)


if __name__ == "__main__":
    main()
