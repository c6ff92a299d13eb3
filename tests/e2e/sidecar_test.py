"""Does each closed file say what is in it and what is missing, so that nothing is lost between the files?"""

import json
import signal

from support import DROP_REASONS, EndToEndTest, Sender, capinfos, main, send
from pcap_file import read_pcap

HEADER_BYTES = 24
DAMAGE = '{"version":1,"orig'


def sidecar_path(file):
    return file.with_name(file.name + ".json")


def sidecar_of(file):
    return json.loads(sidecar_path(file).read_text())


def sums(sidecars):
    dropped = {reason: sum(sidecar["dropped"][reason] for sidecar in sidecars) for reason in DROP_REASONS}
    return sum(sidecar["received"] for sidecar in sidecars), dropped


class Sidecars(EndToEndTest):
    def assert_describes(self, file, sidecar):
        """What another reader finds in the file."""
        name, worker = file.stem.rsplit("_w", 1)
        records = list(read_pcap(file))
        seconds = ["%d.%09d" % divmod(record.time_ns, 10**9) for record in (records[0], records[-1])]
        found = {key: sidecar[key] for key in ("capture", "interface", "worker", "linktype", "first", "last", "packets", "bytes")}
        self.assertEqual(found, {
            "capture": file.parent.name, "interface": name.split("_", 1)[1], "worker": int(worker), "linktype": 1,
            "first": seconds[0], "last": seconds[1], "packets": len(records), "bytes": file.stat().st_size,
        })  # fmt: skip
        self.assertEqual(capinfos(file)["Number of packets"], str(sidecar["packets"]))
        self.assertLess(sidecar_path(file).stat().st_size, 1000)

    def test_losses_of_all_files_add_up_to_the_totals(self):
        link = self.link()
        # A ring of 8 blocks that is not emptied for a while loses most of a burst.
        recorder = self.record_link(link, workers=2, ring={"memory": "16MiB"}, rotate={"size": "2MiB"})
        for burst in range(3):
            recorder.send_signal(signal.SIGSTOP)
            send(link, count=40_000, first=burst * 40_000, size="1000", flows=16)
            recorder.send_signal(signal.SIGCONT)
            recorder.wait_metrics(lambda m: m.totals().received == m.totals().written + m.totals().dropped, "the rings are empty")
        totals = recorder.stop_and_total()
        self.assertGreater(totals.by_reason["ring_full"], 0)
        self.assert_only_finished_files(recorder)
        sidecars = []
        for file in recorder.files():
            sidecars.append(sidecar_of(file))
            self.assertEqual(sidecars[-1]["origin"], "recorded")
            self.assert_describes(file, sidecars[-1])
        self.assertGreater(len(sidecars), 4)
        self.assertEqual(sums(sidecars), (totals.received, totals.by_reason))
        self.assertEqual(sum(sidecar["packets"] for sidecar in sidecars), totals.written)

    def test_what_a_write_rate_leaves_out_is_told_as_well(self):
        link = self.link()
        recorder = self.record_link(link, {"max_write_rate": "1MiB/s"}, rotate={"size": "2MiB"})
        send(link, count=10_000, size="1400")
        totals = recorder.stop_and_total()
        self.assertGreater(totals.by_reason["rate_limit"], 0)
        self.assertEqual(sums([sidecar_of(file) for file in recorder.files()]), (totals.received, totals.by_reason))

    def test_a_limit_tells_what_it_left_out(self):
        link = self.link()
        recorder = self.record_link(link, limit={"packets": 700}, ring={"memory": "8MiB"})
        send(link, count=1000, size="60")
        self.assertEqual(recorder.wait(), 0)
        (file,) = recorder.files()
        self.assertEqual(sidecar_of(file)["packets"], 700)
        received, dropped = sums([sidecar_of(file)])
        self.assertEqual(received, 700 + dropped["limit_reached"])
        self.assert_describes(file, sidecar_of(file))

    def test_recovered_and_rebuilt_ones_claim_to_know_no_losses(self):
        link = self.link()
        killed = self.record_link(link, name="killed", rotate={"size": "2MiB"})

        def two_are_closed_and_one_is_begun():
            files = killed.files()
            written = killed.metrics().sum("ringtail_written_bytes_total")
            return len(files) >= 2 and written > sum(file.stat().st_size for file in files)

        with Sender(link, self.folder, count=0, size="1000", rate=10_000):
            killed.wait_for(two_are_closed_and_one_is_begun, "two files are closed, and a third has packets")
            killed.stop(signal.SIGKILL)
        closed = killed.files()
        sidecar_path(closed[0]).unlink()
        sidecar_path(closed[1]).write_text(DAMAGE)
        orphan = sidecar_path(closed[0].with_name("20200101T000000.000000Z_eth0_w0.pcap"))
        orphan.write_text(DAMAGE)

        recorder = self.record_link(link, name="again", rotate={"size": "2MiB"})

        def all_in_order():
            files = recorder.files()
            whole = [file for file in files if sidecar_path(file).exists() and sidecar_path(file).read_text() != DAMAGE]
            return not recorder.unfinished_files() and whole == files and not orphan.exists()

        recorder.wait_for(all_in_order, "each file has its sidecar")
        recorder.stop_and_total()
        origins = {file: sidecar_of(file)["origin"] for file in recorder.files()}
        self.assertEqual([origins[file] for file in closed[:2]], ["rebuilt", "rebuilt"])
        self.assertIn("recovered", origins.values())
        for file, origin in origins.items():
            self.assert_describes(file, sidecar_of(file))
            self.assertEqual("dropped" in sidecar_of(file), origin == "recorded")
            self.assertEqual("received" in sidecar_of(file), origin == "recorded")


if __name__ == "__main__":
    main()
