"""Can it run for ever: do memory, descriptors, threads and disk stay where they are, with every packet accounted for?

RINGTAIL_SOAK_SECONDS says how long it runs. The budget holds a tenth of what is recorded, so that most
of the time files are deleted as fast as they come, and what grows with every file shows.
"""

import json
import os

from keeper import Keeper
from observe import resources
from support import EndToEndTest, Recorder, Sender, main, send, settings_for, verify

SECONDS = int(os.environ.get("RINGTAIL_SOAK_SECONDS", 20))
RATE = 200_000  # packets a second
RECORD_BYTES = 76  # of the smallest frame
MIB = 1 << 20
BUDGET_MIB = SECONDS * RATE * RECORD_BYTES // 10 // MIB
RING_MIB = 16
# More packets than a ring holds: in its blocks each takes 144 bytes.
MOST_IN_FLIGHT = RING_MIB * MIB // 128
# Of the numbers that are sent: udp[1] is the lower half of the source port, which follows from them.
PARITIES = {"even": ("udp[1] & 1 = 0", 0), "odd": ("udp[1] & 1 = 1", 1)}
GROWTH_BYTES_PER_FILE = 1024


class Sequence:
    """One worker's files, which together hold every second number: what is missing within and between them."""

    def __init__(self, first):
        self.next = first
        self.files = self.packets = self.lost = 0

    def follow(self, test, file):
        found = verify([file])
        test.assertEqual((found["duplicates"], found["corrupt"], found["foreign"], found["truncated"]), (0, 0, 0, 0), file)
        test.assertGreaterEqual(found["first"], self.next, f"{file.name} begins behind the end of the file before")
        sidecar = json.loads(file.with_name(file.name + ".json").read_text())
        test.assertEqual((sidecar["origin"], sidecar["packets"]), ("recorded", found["distinct"]), file)
        self.lost += (found["first"] - self.next) // 2
        self.lost += (found["last"] - found["first"]) // 2 + 1 - found["distinct"]
        self.next = found["last"] + 2
        self.packets += found["distinct"]
        self.files += 1

    def end(self, sent):
        """No more comes: what is missing at the end."""
        self.lost += max(0, sent + 1 - self.next) // 2


class Soak(EndToEndTest):
    def start(self, link):
        rotate = {"size": f"{max(2, BUDGET_MIB // 16)}MiB", "interval": "1s"}
        settings = settings_for(link, {"max_size": f"{BUDGET_MIB}MiB"}, rotate=rotate, ring={"memory": f"{RING_MIB}MiB"})
        (capture,) = settings["captures"]
        settings["captures"] = [capture | {"name": name, "filter": filter} for name, (filter, _) in PARITIES.items()]
        return self.enter(Recorder(link.recorder_namespace, settings, self.folder)).wait_ready()

    def sample(self, recorder):
        metrics = recorder.metrics()
        for name in PARITIES:
            totals = metrics.totals(capture=name)
            in_flight = totals.received - totals.written - totals.dropped
            self.assertGreaterEqual(in_flight, 0, name)
            self.assertLessEqual(in_flight, MOST_IN_FLIGHT, name)
        return resources(recorder.pid)

    def test_nothing_grows_and_no_packet_goes_missing(self):
        link = self.link()
        recorder = self.start(link)
        keeper = Keeper(recorder, self.folder / "kept")
        keeper.start()
        self.addCleanup(keeper.stop)
        sequences = {name: Sequence(first) for name, (_, first) in PARITIES.items()}
        samples = []

        def take(file):
            sequences[file.parent.name].follow(self, file)
            file.unlink()

        sender = self.enter(Sender(link, self.folder, count=SECONDS * RATE, flows=2, rate=RATE))
        while sender.running():
            take(keeper.finished.get(timeout=10))
            samples.append(self.sample(recorder))
        sent = sender.wait_and_count()
        totals = recorder.stop_and_total()
        for file in keeper.stop():
            take(file)
        for sequence in sequences.values():
            sequence.end(sent)

        print(f"{sent} packets in {totals.files} files, {totals.dropped} dropped, at most {keeper.most_bytes} bytes on disk")
        self.assertEqual(totals.received, sent)
        self.assertEqual(sum(sequence.packets for sequence in sequences.values()), totals.written)
        self.assertEqual(sum(sequence.lost for sequence in sequences.values()), totals.dropped)
        self.assertEqual(sum(sequence.files for sequence in sequences.values()), totals.files)
        self.assertLessEqual(keeper.most_bytes, BUDGET_MIB * MIB)
        self.assert_only_finished_files(recorder)
        self.assert_nothing_grows(samples)

    def assert_nothing_grows(self, samples):
        """From when the budget is full: one sample belongs to each file."""
        quarter = len(samples) // 4
        early, late = samples[quarter : 2 * quarter], samples[-quarter:]
        most = {what: [max(sample[what] for sample in part) for part in (early, late)] for what in early[0]}
        print(f"at most, in the second and the last quarter: {most}")
        self.assertEqual(len({sample["threads"] for sample in samples}), 1)
        self.assertLess(most["descriptors"][1] - most["descriptors"][0], quarter // 4)
        self.assertLess((most["resident"][1] - most["resident"][0]) * 1024, GROWTH_BYTES_PER_FILE * 2 * quarter)


if __name__ == "__main__":
    main()
