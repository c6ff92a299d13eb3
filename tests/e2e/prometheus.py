"""A real Prometheus server in a namespace: scrapes the recorder each second, and answers queries."""

import http.client
import json
import pathlib
import urllib.parse

from process import Process
from recorder import METRICS_ADDRESS

ADDRESS = ("127.0.0.1", 9090)
_CONFIGURATION = {
    "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
    "scrape_configs": [{"job_name": "ringtail", "static_configs": [{"targets": ["%s:%d" % METRICS_ADDRESS]}]}],
}


class Prometheus(Process):
    """`rule_files` are evaluated each second."""

    def __init__(self, namespace, folder, rule_files=()):
        self.namespace = namespace
        folder = pathlib.Path(folder)
        config = folder / "prometheus.yml"
        config.write_text(json.dumps({**_CONFIGURATION, "rule_files": list(map(str, rule_files))}))
        command = ("prometheus", f"--config.file={config}", f"--storage.tsdb.path={folder / 'prometheus'}",
                   "--web.listen-address=%s:%d" % ADDRESS)  # fmt: skip
        super().__init__(namespace.command(*command), folder, "prometheus")

    def get(self, path, **parameters):
        """What the API has to say; fails if it is an error."""
        connection = http.client.HTTPConnection(*ADDRESS)
        connection.sock = self.namespace.connect(ADDRESS)
        try:
            connection.request("GET", f"/api/v1/{path}?{urllib.parse.urlencode(parameters)}")
            answer = json.loads(connection.getresponse().read())
        finally:
            connection.close()
        assert answer["status"] == "success", f"{path} {parameters}: {answer}"
        return answer["data"]

    def answers(self):
        try:
            return self.get("status/buildinfo")
        except (OSError, http.client.HTTPException, ValueError):
            return None

    def query(self, expression):
        """The series that the expression has now."""
        return self.get("query", query=expression)["result"]

    def wait_data(self, expressions, seconds=30.0):
        """Until each of the expressions has at least one series."""
        waiting = list(expressions)

        def all_have_data():
            waiting[:] = [expression for expression in waiting if not self.query(expression)]
            return not waiting

        self.wait_for(self.answers, "Prometheus answers")
        self.wait_for(all_have_data, lambda: f"data for {waiting}", seconds)
