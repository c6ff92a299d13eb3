"""Do the exported metrics, their table, the alert rules and the dashboard agree, and does Prometheus take them?"""

import json
import pathlib
import re
import subprocess

from prometheus import Prometheus
from support import EndToEndTest, Sender, main, run

CONFIG = pathlib.Path(__file__).resolve().parents[2] / "config"
TABLE, RULES, RULES_TEST, DASHBOARD = (
    CONFIG / name for name in ("metrics.md", "ringtail.rules.yml", "ringtail.rules.test.yml", "grafana-dashboard.json")
)
# What the rules and the dashboard use already, and this version does not export yet.
COMING = set()

FAMILY = re.compile(r"^# TYPE (\S+) (\S+)$", re.MULTILINE)
TABLE_ROW = re.compile(r"^\| `(\w+)` \| (counter|gauge|histogram) \|([\w, ]*)\|", re.MULTILINE)
OURS = re.compile(r"\b(?:ringtail|process)_\w+")
RECORD = re.compile(r"^ +- record: (\S+)\n +expr: >-\n((?: {10}.*\n)+)", re.MULTILINE)
ALERT = re.compile(r"^ +- alert: (\w+)$", re.MULTILINE)
VARIABLES = {"$__rate_interval": "20s", "$instance": ".*", "$capture": ".*", "$interface": ".*"}


def without_suffix(name):
    return re.sub(r"_(bucket|sum|count)$", "", name)


def exported(metrics):
    """(type, labels) by family."""
    labels = {}
    for sample in metrics.samples:
        labels.setdefault(without_suffix(sample.name), set()).update(sample.labels.keys() - {"le"})
    return {name: (kind, frozenset(labels[without_suffix(name)])) for name, kind in FAMILY.findall(metrics.text)}


def tabled():
    """The same of the table in the documentation."""
    rows = TABLE_ROW.findall(TABLE.read_text())
    return {name: (kind, frozenset(filter(None, labels.strip().split(", ")))) for name, kind, labels in rows}


def panels(dashboard):
    for panel in dashboard["panels"]:
        yield panel
        yield from panel.get("panels", ())


def dashboard_targets():
    return [target for panel in panels(json.loads(DASHBOARD.read_text())) for target in panel.get("targets", ())]


def substituted(expression):
    for variable, value in VARIABLES.items():
        expression = expression.replace(variable, value)
    assert "$" not in expression, f"a variable that the test does not know: {expression}"
    return expression


def can_have_data(expression):
    return not COMING.intersection(OURS.findall(expression))


def recorded_series():
    return [name for name, expression in RECORD.findall(RULES.read_text()) if can_have_data(expression)]


class Monitoring(EndToEndTest):
    def record(self, link):
        """Everything is exported: a closed file, and a program for it."""
        return self.record_link(link, workers=2, rotate={"interval": "1s"}, on_close=["/bin/true"])

    def wait_everything_exported(self, recorder):
        return recorder.wait_metrics(
            lambda m: m.sum("ringtail_on_close_runs_total", result="ok") > 0 and m.find("ringtail_interface_rx_packets_total"),
            "a file is closed and the interfaces are read",
        )

    def test_table_lists_each_family_that_is_exported_and_no_other(self):
        link = self.link()
        recorder = self.record(link)
        with Sender(link, self.folder, count=0, rate=1_000):
            metrics = self.wait_everything_exported(recorder)
        self.assertEqual(exported(metrics), tabled())
        checked = subprocess.run(["promtool", "check", "metrics"], input=metrics.text, capture_output=True, text=True)
        self.assertEqual((checked.returncode, checked.stderr), (0, ""))
        recorder.stop_and_total()

    def test_rules_are_in_order_and_each_alert_is_tried(self):
        run("promtool", "check", "rules", RULES)
        run("promtool", "test", "rules", RULES_TEST.name, cwd=CONFIG)
        tried = set(re.findall(r"alertname=\"(\w+)\"", RULES_TEST.read_text()))
        self.assertEqual(set(ALERT.findall(RULES.read_text())), tried)

    def test_rules_and_dashboard_use_what_is_exported(self):
        names = set(tabled())
        self.assertEqual(COMING & names, set(), "exported by now: no longer coming")
        used = [RULES.read_text(), *(target["expr"] for target in dashboard_targets())]
        found = {without_suffix(name) for text in used for name in OURS.findall(text)}
        self.assertEqual(found - names - COMING, set())

    def test_dashboard_asks_the_chosen_data_source(self):
        sources = {target["datasource"]["uid"] for target in dashboard_targets()}
        self.assertEqual(sources, {"${datasource}"})

    def test_prometheus_has_data_for_each_query_and_no_alert(self):
        link = self.link()
        recorder = self.record(link)
        prometheus = self.enter(Prometheus(link.recorder_namespace, self.folder, [RULES]))
        queries = [substituted(target["expr"]) for target in dashboard_targets()]
        with Sender(link, self.folder, count=0, rate=1_000, flows=64):
            prometheus.wait_data(filter(can_have_data, queries))
            prometheus.wait_data(recorded_series())
        self.assertEqual(prometheus.query("ALERTS"), [])
        rules = [rule for group in prometheus.get("rules")["groups"] for rule in group["rules"]]
        self.assertEqual([rule["lastError"] for rule in rules if rule["health"] == "err"], [])
        recorder.stop_and_total()


if __name__ == "__main__":
    main()
