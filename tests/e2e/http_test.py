"""Do the pages answer as they should, whatever the link and other clients do?"""

import time

from support import METRICS_ADDRESS, EndToEndTest, main, send

# More than the server has places for, so that each kind must give way.
HALF_OPEN = 100


class Http(EndToEndTest):
    def assert_state(self, recorder, state, up):
        """The capture is in this state and in no other; the link follows within the second in which it is read."""
        metrics = recorder.wait_metrics(lambda m: m.value("ringtail_interface_up") == up, f"the link is {up}")
        states = {s.labels["state"]: s.value for s in metrics.find("ringtail_capture_state")}
        self.assertEqual([name for name, is_it in states.items() if is_it], [state])

    def test_pages_answer(self):
        recorder = self.record_link(self.link(), workers=2)
        for page in ("/healthz", "/readyz", "/metrics"):
            self.assertEqual(recorder.get(page)[0], 200, page)
        self.assertEqual(recorder.get("/nowhere")[0], 404)
        metrics = recorder.metrics()
        self.assertEqual(metrics.value("ringtail_build_info"), 1)
        for state in ("encoding", "waiting_disk", "idle"):
            self.assertEqual(len(metrics.find("ringtail_worker_seconds_total", state=state)), 2, state)
        self.assertEqual(len(metrics.find("ringtail_received_packets_total", interface="record0", capture="all")), 2)

    def test_link_that_goes_down_is_named_and_recorded_when_it_is_back(self):
        link = self.link()
        recorder = self.record_link(link)
        sent = send(link, count=1_000)
        for _ in range(2):
            link.bring_down()
            recorder.wait_not_ready()
            self.assert_state(recorder, "waiting_for_interface", up=0)
            status, body = recorder.get("/readyz")
            self.assertEqual(status, 503)
            self.assertIn(link.RECORDER, body)
            self.assertEqual(recorder.get("/healthz")[0], 200, "a link that is down is no illness")
            link.bring_up()
            recorder.wait_ready()
            self.assert_state(recorder, "recording", up=1)
            sent += send(link, count=1_000, first=sent)
        recorder.wait_metrics(lambda m: m.totals().written == sent, "packets after the flap are on disk")
        self.assertEqual(recorder.stop_and_total().received, sent)
        self.assert_each_once(recorder.files(), sent)
        for words in ("the interface is down", "the interface is up"):
            self.assertEqual(recorder.stderr.count(words), 2, "one line a change")

    def test_half_open_connections_do_not_delay_a_scrape(self):
        link = self.link()
        recorder = self.record_link(link)
        for begun in (b"", b"GET /metrics HTTP/1.1\r\n", b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"):
            with self.subTest(begun=begun):
                for _ in range(HALF_OPEN):
                    connection = self.enter(link.recorder_namespace.connect(METRICS_ADDRESS))
                    connection.sendall(begun)
                begin = time.monotonic()
                recorder.metrics()
                self.assertLess(time.monotonic() - begin, 1)
        recorder.stop_and_total()


if __name__ == "__main__":
    main()
