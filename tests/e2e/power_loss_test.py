"""What is left when the power goes: a file system that forgets what it has not made durable.

ext4 and XFS can be shut down without writing their journals out, which is what their own developers
test with. A disk that lies about its cache is beyond this test.
"""

import os

import file_systems
from support import EndToEndTest, Recorder, Sender, main, run, settings_for, verify, wait_until

LOAD = {"size": 1000, "rate": 20_000, "flows": 16}
FINISHED = 8


class PowerLoss(EndToEndTest):
    def test_every_finished_file_survives_whole_and_the_rest_can_be_recovered(self):
        for kind in ("ext4", "xfs"):
            with self.subTest(kind=kind):
                self.cut_power(kind)
                self.forget_recordings()

    def cut_power(self, kind):
        link = self.link()
        root = self.folder / "root"
        image = file_systems.on_image(root, kind, 600)
        mount = self.enter(file_systems.Mount(root, *image))
        settings = settings_for(link, {"directory": str(mount.path / "data"), "max_size": "400MiB"},
                                rotate={"size": "4MiB"}, ring={"memory": "32MiB"})  # fmt: skip
        recorder = self.enter(Recorder(link.recorder_namespace, settings, self.folder)).wait_ready()
        sender = self.enter(Sender(link, self.folder, count=0, **LOAD))
        wait_until(lambda: len(recorder.files()) >= FINISHED, "some files are finished")
        finished = {file.name: file.stat().st_size for file in recorder.files()}
        file_systems.shut_down(mount.path, file_systems.FORGET)
        sender.stop()
        recorder.send_signal(9)
        recorder.wait()
        mount.__exit__()

        again = self.enter(file_systems.Mount(root, *image))
        run("nsenter", f"--mount=/proc/{again.pid}/ns/mnt", os.environ["RINGTAIL_BINARY"], "repair", root / "data")
        files = {file.name: file for file in sorted((again.path / "data" / "all").glob("*.pcap"))}
        self.assertEqual({name: files[name].stat().st_size for name in finished if name in files}, finished)
        found = verify(files.values())
        self.assertEqual((found["duplicates"], found["corrupt"], found["truncated"]), (0, 0, 0))
        whole = verify([files[name] for name in finished])
        self.assertEqual(whole["distinct"], whole["last"] - whole["first"] + 1, "nothing is missing in what was finished")


if __name__ == "__main__":
    main()
