"""Do the pages answer as they should, whatever the link does?"""

import base64
import gzip
import hashlib
import html.parser
import re

from support import EndToEndTest, Recorder, Sender, main, send, settings_for

PAGES = ("/", "/healthz", "/readyz", "/metrics")


class Page(html.parser.HTMLParser):
    """The texts of a page by its elements; fails on elements that are not closed in order."""

    VOID = {"meta", "rect"}

    def __init__(self, text):
        super().__init__()
        self.open = []
        self.texts = {}
        self.feed(text)
        self.close()
        assert not self.open, f"not closed: {self.open}"

    def handle_starttag(self, tag, attrs):
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag, f"</{tag}> closes another"

    def handle_data(self, data):
        if self.open:
            self.texts.setdefault(self.open[-1], []).append(data)


class Http(EndToEndTest):
    def assert_state(self, recorder, state, up):
        """The capture is in this state and in no other; the link follows within the second in which it is read."""
        metrics = recorder.wait_metrics(lambda m: m.value("ringtail_interface_up") == up, f"the link is {up}")
        states = {s.labels["state"]: s.value for s in metrics.find("ringtail_capture_state")}
        self.assertEqual([name for name, is_it in states.items() if is_it], [state])

    def test_pages_answer(self):
        recorder = self.record_link(self.link(), workers=2)
        for page in PAGES:
            self.assertEqual(recorder.get(page)[0], 200, page)
        self.assertEqual(recorder.get("/nowhere")[0], 404)
        self.assertEqual(recorder.request("POST", "/")[0], 405)
        metrics = recorder.metrics()
        self.assertEqual(metrics.value("ringtail_build_info"), 1)
        for state in ("encoding", "waiting_disk", "idle"):
            self.assertEqual(len(metrics.find("ringtail_worker_seconds_total", state=state)), 2, state)
        self.assertEqual(len(metrics.find("ringtail_received_packets_total", interface="record0", capture="all")), 2)

    def test_head_has_the_headers_of_get_and_no_body(self):
        recorder = self.record_link(self.link())
        for page in PAGES:
            _, get, _ = recorder.request("GET", page)
            status, head, body = recorder.request("HEAD", page)
            self.assertEqual((status, body), (200, b""), page)
            self.assertGreater(int(head["Content-Length"]), 0)
            self.assertEqual([*head], [*get])

    def test_scrape_is_packed_when_asked_for(self):
        recorder = self.record_link(self.link())
        _, headers, packed = recorder.request("GET", "/metrics", {"Accept-Encoding": "br;q=1, gzip;q=0.5"})
        self.assertEqual((headers["Content-Encoding"], headers["Vary"]), ("gzip", "Accept-Encoding"))
        text = gzip.decompress(packed).decode()
        self.assertIn("\nringtail_build_info{", text)
        self.assertLess(len(packed), len(text) / 3)
        _, headers, _ = recorder.request("GET", "/metrics", {"Accept-Encoding": "gzip;q=0"})
        self.assertIsNone(headers["Content-Encoding"])

    def test_landing_page_is_whole_and_its_style_is_allowed(self):
        link = self.link()
        expression = "udp and (greater 1 or less 9000)"
        recorder = self.record_link(link, filter=expression)
        send(link, count=1_000)
        recorder.wait_metrics(lambda m: m.totals().written == 1_000, "packets are on disk")
        status, headers, body = recorder.request("GET", "/")
        page = Page(body.decode())
        self.assertEqual((status, headers["Content-Type"]), (200, "text/html; charset=utf-8"))
        self.assertEqual(page.texts["strong"], ["ready"])
        self.assertIn("all", page.texts["th"])
        self.assertIn(expression, page.texts["td"])
        self.assertEqual(page.texts["td"].count("1.00 k"), 2, "received and written")
        (style,) = page.texts["style"]
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        self.assertIn(f"style-src 'sha256-{digest}'", headers["Content-Security-Policy"])

    def test_landing_page_tells_when_packets_were_lost(self):
        link = self.link()
        recorder = self.record_link(link, storage={"max_write_rate": "1MB/s"})
        self.enter(Sender(link, self.folder, count=0, size=1400))
        recorder.wait_metrics(lambda m: m.totals().by_reason["rate_limit"] > 0, "packets are lost")
        row = re.compile(r"rate_limit</th><td class=\"number alert\"[^>]*>[^<]+</td><td[^>]*>\d+ s ago</td>")
        recorder.wait_for(lambda: row.search(recorder.get("/")[1]), "the page says so")

    def test_all_addresses_of_both_families(self):
        link = self.link()
        link.recorder_namespace.run("sysctl", "-qw", "net.ipv6.conf.lo.disable_ipv6=0")
        settings = settings_for(link) | {"metrics": {"listen": "[::]:9477"}}
        recorder = self.enter(Recorder(link.recorder_namespace, settings, self.folder)).wait_ready()
        self.assertIn("metrics: http://[::]:9477/metrics", recorder.stderr)
        for host in ("127.0.0.1", "::1"):
            self.assertEqual(recorder.request("GET", "/readyz", address=(host, 9477))[0], 200, host)

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
            self.assertIn("not ready", Page(recorder.get("/")[1]).texts["strong"])
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


if __name__ == "__main__":
    main()
