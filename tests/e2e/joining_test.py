"""Does a recorder that starts in the middle of traffic take each packet once, and from its first on every one?"""

from numbered import FIRST_SOURCE_PORT, numbers
from support import EndToEndTest, Recorder, Sender, main, send, settings_for

FLOWS = 64
TAKEN = range(16, 48)  # the flows that the filter takes
FILTER = f"udp src portrange {FIRST_SOURCE_PORT + TAKEN[0]}-{FIRST_SOURCE_PORT + TAKEN[-1]}"
STARTS = 5


class Joining(EndToEndTest):
    def start(self, link):
        settings = settings_for(link, {"max_size": "8GiB"}, workers=2, filter=FILTER, ring={"memory": "256MiB"})
        return self.enter(Recorder(link.recorder_namespace, settings, self.folder))

    def assert_whole_from_the_first(self, recorder, sent):
        """No packet twice, none that the filter leaves, and no gap within a flow that was not counted."""
        totals = recorder.stop_and_total()
        found = numbers(recorder.files())
        self.assertEqual(len(found), totals.written)
        self.assertEqual(len(set(found)), len(found), "a packet is there twice")
        self.assertEqual({number % FLOWS for number in found}, set(TAKEN))
        first = {number % FLOWS: number for number in sorted(found, reverse=True)}
        expected = sum(len(range(number, sent, FLOWS)) for number in first.values())
        self.assertLessEqual(expected - len(found), totals.dropped, "a gap that was not counted")
        self.assertEqual(totals.by_reason["ring_full"], totals.dropped)
        self.assertEqual([len(recorder.files_of_worker(worker)) > 0 for worker in range(2)], [True, True])
        return found

    def test_start_under_full_load(self):
        for attempt in range(STARTS):
            with self.subTest(attempt=attempt):
                link = self.link()
                sender = self.enter(Sender(link, self.folder, count=0, flows=FLOWS))
                recorder = self.start(link).wait_ready()
                recorder.wait_metrics(lambda m: m.totals().written > 20_000, "traffic is recorded")
                sent = sender.stop_and_count()
                found = self.assert_whole_from_the_first(recorder, sent)
                self.assertGreater(min(found), 2 * FLOWS, "it was to start in the middle of traffic")
            self.forget_recordings()

    def test_start_with_the_link_down(self):
        link = self.link()
        link.bring_down()
        recorder = self.start(link).wait_not_ready()
        link.bring_up()
        sent = send(link, count=300 * FLOWS, flows=FLOWS)
        found = self.assert_whole_from_the_first(recorder, sent)
        self.assertEqual(len(found), 300 * len(TAKEN))


if __name__ == "__main__":
    main()
