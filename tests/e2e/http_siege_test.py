"""Does each scrape answer at once, and every packet get recorded, while clients do their worst?"""

import contextlib
import os
import random
import socket
import time

from observe import resources, sockets
from support import METRICS_ADDRESS, EndToEndTest, Sender, main, wait_until

PLACES = 64  # for connections, as HttpLimits says
CLIENTS = 200
SANITIZED = "RINGTAIL_TEST_EVERY" in os.environ  # slow, and it keeps what is freed
SHORT_CONNECTIONS = 1_000 if SANITIZED else 10_000
GET_METRICS = b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"
REQUESTS_OF_A_PIPELINE = 100
PROMPT_SECONDS = 4 if SANITIZED else 1  # usually some milliseconds, a quarter of a second on a busy machine


def connect(receive_buffer=None):
    client = socket.socket(socket.AF_INET)
    if receive_buffer:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    client.settimeout(5)
    client.connect(METRICS_ADDRESS)
    return client


def send_quietly(client, data):
    """Whether the server still took it."""
    try:
        client.sendall(data)
        return True
    except OSError:
        return False


def answer(client):
    """All that the server says until it hangs up or resets."""
    received = []
    with contextlib.suppress(ConnectionResetError):
        while chunk := client.recv(65536):
            received.append(chunk)
    return b"".join(received)


class HttpSiege(EndToEndTest):
    """Each attack runs in the recorder's namespace; it yields the clients that stay, for a scrape in between."""

    def half_open(self):
        for begun in (b"", b"GET /metrics HTTP/1.1\r\n", GET_METRICS):
            clients = [connect() for _ in range(CLIENTS)]
            for client in clients:
                send_quietly(client, begun)
            yield clients

    def slow(self):
        clients = [connect() for _ in range(CLIENTS)]
        for byte in GET_METRICS[:10]:
            for client in clients:
                send_quietly(client, bytes([byte]))
            yield clients

    def garbage(self):
        source = random.Random(9477)
        for _ in range(CLIENTS):
            with connect() as client:
                send_quietly(client, source.randbytes(source.randrange(4000)) + b"\r\n\r\n")
                self.assertRegex(answer(client), rb"^(HTTP/1\.1 (400|414|431|505) |$)")
        yield []

    def long_request_lines(self):
        for _ in range(50):
            with connect() as client:
                send_quietly(client, b"GET /" + b"a" * 65536 + b" HTTP/1.1\r\n\r\n")
                self.assertTrue(answer(client).startswith(b"HTTP/1.1 414 "))
        yield []

    def endless_headers(self):
        clients = [connect() for _ in range(20)]
        for client in clients:
            send_quietly(client, b"GET /metrics HTTP/1.1\r\n")
        alive = clients
        while alive:
            alive = [client for client in alive if send_quietly(client, b"A: b\r\n" * 10_000)]
            yield clients

    def short_connections(self):
        for number in range(SHORT_CONNECTIONS):
            with connect() as client:
                client.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
                self.assertTrue(answer(client).startswith(b"HTTP/1.0 200 "))
            if number % 1_000 == 0:
                yield []

    def pipelines_that_are_read(self):
        for _ in range(5):
            with connect() as client:
                client.sendall(GET_METRICS * (REQUESTS_OF_A_PIPELINE - 1))
                client.sendall(GET_METRICS.replace(b"Host", b"Connection: close\r\nHost"))
                self.assertEqual(answer(client).count(b"HTTP/1.1 200 OK\r\n"), REQUESTS_OF_A_PIPELINE)
            yield []

    def pipelines_that_nobody_reads(self):
        clients = []
        for number in range(CLIENTS):
            clients.append(connect(receive_buffer=4096))
            clients[-1].setblocking(False)
            send_quietly(clients[-1], GET_METRICS * REQUESTS_OF_A_PIPELINE)
            if number % 20 == 0:
                yield clients
        yield clients

    def lay_siege(self, recorder, attack):
        """Runs the attack to its end, with a scrape each time that it yields."""
        with contextlib.ExitStack() as connected:
            for clients in attack():
                for client in clients:
                    connected.push(client)
                begin = time.monotonic()
                recorder.metrics()
                self.assertLess(time.monotonic() - begin, PROMPT_SECONDS, attack.__name__)
                self.assertLessEqual(sockets(recorder.pid), self.sockets_before + PLACES)

    def test_siege(self):
        link = self.link()
        recorder = self.record_link(link, ring={"memory": "256MiB"})
        recorder.metrics()
        self.sockets_before = sockets(recorder.pid)
        resident = []
        sender = self.enter(Sender(link, self.folder, count=0, rate=20_000))
        attacks = (self.half_open, self.slow, self.garbage, self.long_request_lines, self.endless_headers,
                   self.short_connections, self.pipelines_that_are_read, self.pipelines_that_nobody_reads)  # fmt: skip
        for attack in attacks:
            with self.subTest(attack=attack.__name__):
                recorder.namespace.call(lambda: self.lay_siege(recorder, attack))
                resident.append(resources(recorder.pid)["resident"])
        sent = sender.stop_and_count()
        wait_until(lambda: sockets(recorder.pid) <= self.sockets_before, "all connections are gone", seconds=30)
        if not SANITIZED:
            self.assertLess(max(resident) - resident[0], 16 * 1024, resident)  # KiB
        totals = recorder.stop_and_total()
        self.assertEqual((totals.received, totals.written), (sent, sent))


if __name__ == "__main__":
    main()
