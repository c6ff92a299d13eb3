"""The real `ringtail run` in a namespace."""

import http.client
import json
import os
import pathlib

from metrics import Metrics, Totals
from process import Process

METRICS_ADDRESS = ("127.0.0.1", 9477)


class Recorder(Process):
    """`ringtail run --config` in the recorder's namespace of a link, stopped at the end of a `with`.

    `settings` are a dict (JSON is YAML, too) or text. What they leave out is set so that nothing
    outside of `folder` is touched: the storage directory is folder/capture, and the metrics listen on
    METRICS_ADDRESS in the namespace. `through` is a command that runs the binary, such as setpriv.
    """

    def __init__(self, namespace, settings, folder, name="ringtail", through=(), binary=None):
        self.namespace = namespace
        self.folder = pathlib.Path(folder)
        self.config = self.folder / f"{name}.yaml"
        self.directory = self.folder / "capture"
        self.directory.mkdir(exist_ok=True)
        self.write_settings(settings)
        binary = binary or os.environ["RINGTAIL_BINARY"]
        command = namespace.command(*through, binary, "run", "--config", self.config)
        super().__init__(command, folder, name)

    def write_settings(self, settings):
        """Also for a reload: writes the file anew and sends no signal."""
        if isinstance(settings, dict):
            storage = {"directory": str(self.directory), **settings.get("storage", {})}
            self.directory = pathlib.Path(storage["directory"])
            defaults = {"metrics": {"listen": "%s:%d" % METRICS_ADDRESS}}
            settings = json.dumps({**defaults, **settings, "storage": storage}, indent=1)
        self.config.write_text(settings)

    def request(self, method, path, headers=None, address=METRICS_ADDRESS, timeout=30.0):
        """(status, headers, body in bytes) of one HTTP request made in the namespace."""
        connection = http.client.HTTPConnection(*address)
        connection.sock = self.namespace.connect(address, timeout)
        try:
            connection.request(method, path, headers={"Connection": "close", **(headers or {})})
            response = connection.getresponse()
            return response.status, response.headers, response.read()
        finally:
            connection.close()

    def get(self, path, timeout=30.0):
        """(status, body) of a page."""
        status, _, body = self.request("GET", path, timeout=timeout)
        return status, body.decode()

    def _is(self, path, status):
        try:
            return self.get(path)[0] == status
        except (OSError, http.client.HTTPException):
            return False

    def wait_ready(self, seconds=60.0):
        """Until each capture records."""
        self.wait_for(lambda: self._is("/readyz", 200), "/readyz says 200", seconds)
        return self

    def wait_not_ready(self, seconds=60.0):
        self.wait_for(lambda: self._is("/readyz", 503), "/readyz says 503", seconds)
        return self

    def metrics(self):
        status, body = self.get("/metrics")
        assert status == 200, f"/metrics says {status}: {body}"
        return Metrics(body)

    def wait_metrics(self, condition, what, seconds=60.0):
        """Until `condition(metrics)`; returns that scrape."""

        def scrape():
            metrics = self.metrics()
            return metrics if condition(metrics) else None

        return self.wait_for(scrape, what, seconds)

    def stop_and_total(self, seconds=30.0):
        """SIGTERM, a clean exit within the deadline, and totals for which the identity holds."""
        status = self.stop(seconds=seconds)
        assert status == 0, f"ringtail ended with {status}:\n{self.stderr}"
        totals = Totals.from_log(self.stderr)
        totals.assert_identity()
        return totals

    def files(self, capture="*"):
        """The finished capture files, in order of their names."""
        return sorted(f for f in self.directory.glob(f"{capture}/*") if f.suffix in (".pcap", ".pcapng"))

    def files_of_worker(self, worker):
        return [file for file in self.files() if file.stem.endswith(f"_w{worker}")]

    def unfinished_files(self, capture="*"):
        return sorted(self.directory.glob(f"{capture}/*.part"))
