"""Keeps what a recorder deletes to stay inside its budget, and watches that it does."""

import os
import queue
import threading

from support import disk_use

LOOK_SECONDS = 0.02


class Keeper(threading.Thread):
    """Links each finished file with its sidecar to a folder beside before they are deleted, and looks at the disk use.

    `finished` has the links of the files, in order, as they come.
    """

    def __init__(self, recorder, folder):
        super().__init__()
        self.directory, self.folder = recorder.directory, folder
        self.folder.mkdir()
        self.most_bytes = 0
        self.finished = queue.SimpleQueue()
        self._kept = set()
        self._ended = threading.Event()

    def run(self):
        while not self._ended.wait(LOOK_SECONDS):
            self._look()

    def _look(self):
        use = disk_use(self.directory)
        self.most_bytes = max(self.most_bytes, sum(use.values()))
        for file in sorted(use):
            sidecar = file.with_name(file.name + ".json")
            if file.suffix == ".pcap" and sidecar in use and file not in self._kept:
                self._keep(sidecar)
                self.finished.put(self._keep(file))
                self._kept.add(file)

    def _keep(self, file):
        link = self.folder / file.parent.name / file.name
        link.parent.mkdir(exist_ok=True)
        os.link(file, link)
        return link

    def stop(self):
        """All files that are kept and were not removed meanwhile."""
        self._ended.set()
        self.join()
        self._look()
        return sorted(self.folder.glob("*/*.pcap"))
