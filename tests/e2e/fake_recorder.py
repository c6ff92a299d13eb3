#!/usr/bin/python3
"""Answers as `ringtail run --config F` does and records nothing: what the harness is tested with."""

import http.server
import json
import signal
import sys
import threading

SCRAPE = 'ringtail_received_packets_total{interface="record0",capture="all",worker="0"} 5\n'
TOTALS = (
    "total: received=5 written=4 dropped=1 ring_full=0 storage_full=1 storage_error=0 rate_limit=0 "
    "limit_reached=0 malformed=0 written_bytes=300 files=1"
)


class Answers(http.server.BaseHTTPRequestHandler):
    requests = 0

    def do_GET(self):
        Answers.requests += 1
        ready = Answers.requests > 2  # not at once, so that waiting is tested
        self.send_response(200 if ready else 503)
        self.end_headers()
        if self.path == "/metrics":
            self.wfile.write(SCRAPE.encode())


def main():
    if sys.argv[1:3] != ["run", "--config"]:
        sys.exit(2)
    with open(sys.argv[3], encoding="utf-8") as file:
        host, port = json.load(file)["metrics"]["listen"].split(":")
    server = http.server.HTTPServer((host, int(port)), Answers)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    server.serve_forever()
    print(TOTALS, file=sys.stderr)


if __name__ == "__main__":
    main()
