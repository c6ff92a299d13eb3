"""The recorder's counters: as scraped from /metrics, and as its last log line states them."""

import dataclasses
import re

DROP_REASONS = ("ring_full", "storage_full", "storage_error", "rate_limit", "limit_reached", "malformed")

_SAMPLE = re.compile(r"^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)(?: -?\d+)?$")
_LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
_ESCAPE = re.compile(r"\\(.)")
_TOTAL = re.compile(r"\btotal: (.*)$", re.MULTILINE)


@dataclasses.dataclass(frozen=True)
class Sample:
    name: str
    labels: dict
    value: float


class Metrics:
    """One scrape, in Prometheus' text format."""

    def __init__(self, text):
        self.text = text
        self.samples = [self._sample(line) for line in text.splitlines() if line and not line.startswith("#")]

    @staticmethod
    def _sample(line):
        match = _SAMPLE.match(line)
        if match is None:
            raise AssertionError(f"no line of the metrics format: {line!r}")
        name, labels, value = match.groups()
        pairs = {key: _ESCAPE.sub(lambda m: "\n" if m[1] == "n" else m[1], raw) for key, raw in _LABEL.findall(labels or "")}
        return Sample(name, pairs, float(value))

    def find(self, name, **labels):
        return [s for s in self.samples if s.name == name and labels.items() <= s.labels.items()]

    def sum(self, name, **labels):
        """Over all samples with these labels; 0 if there is none."""
        return sum(sample.value for sample in self.find(name, **labels))

    def value(self, name, **labels):
        """Of the one sample with these labels."""
        found = self.find(name, **labels)
        if len(found) != 1:
            raise AssertionError(f"{len(found)} samples of {name} {labels}, not one:\n{self.text}")
        return found[0].value

    def totals(self, **labels):
        dropped = {r: int(self.sum("ringtail_dropped_packets_total", reason=r, **labels)) for r in DROP_REASONS}
        return Totals(
            received=int(self.sum("ringtail_received_packets_total", **labels)),
            written=int(self.sum("ringtail_written_packets_total", **labels)),
            dropped=int(self.sum("ringtail_dropped_packets_total", **labels)),
            by_reason=dropped,
            written_bytes=int(self.sum("ringtail_written_bytes_total", **labels)),
        )


@dataclasses.dataclass(frozen=True)
class Totals:
    received: int
    written: int
    dropped: int
    by_reason: dict
    written_bytes: int
    files: int | None = None  # only the log line has it

    @staticmethod
    def from_log(text):
        """From the last line "... total: received=N written=N dropped=N <reason>=N ... files=N"."""
        lines = _TOTAL.findall(text)
        if not lines:
            raise AssertionError(f"no line of totals in:\n{text}")
        fields = dict(field.split("=", 1) for field in lines[-1].split() if "=" in field)
        try:
            return Totals(
                received=int(fields["received"]),
                written=int(fields["written"]),
                dropped=int(fields["dropped"]),
                by_reason={reason: int(fields[reason]) for reason in DROP_REASONS},
                written_bytes=int(fields["written_bytes"]),
                files=int(fields["files"]),
            )
        except (KeyError, ValueError) as error:
            raise AssertionError(f"{error!r} in the line of totals: {lines[-1]}") from None

    def assert_identity(self):
        """received = written + dropped, once nothing is in the ring or in flight any more."""
        assert self.dropped == sum(self.by_reason.values()), f"a reason outside of the list: {self}"
        assert self.received == self.written + self.dropped, f"packets unaccounted for: {self}"
