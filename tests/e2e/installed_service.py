"""The installed ringtail.service in a container, as a recorder that systemd starts and stops."""

import json

from recorder import Recorder
from waiting import wait_until


class InstalledService(Recorder):
    """Its pages, its files and what it says in the journal are a Recorder's; its life is systemd's."""

    UNIT = "ringtail.service"

    def __init__(self, container):
        self.container = container
        self.namespace = container.link.recorder_namespace
        self.directory = container.root / "var/lib/ringtail"
        self.name = self.UNIT

    def write_settings(self, settings):
        self.container.write("/etc/ringtail/ringtail.yaml", json.dumps(settings))

    def drop_in(self, name, *lines):
        """Lines for its [Service] section."""
        path = f"/etc/systemd/system/{self.UNIT}.d/{name}.conf"
        self.container.write(path, "\n".join(["[Service]", *lines, ""]))
        self.container.run("systemctl", "daemon-reload")

    def systemctl(self, verb, *arguments):
        return self.container.run("systemctl", verb, *arguments, self.UNIT)

    def shown(self, name):
        return self.systemctl("show", "--value", "--property", name).strip()

    @property
    def pid(self):
        """As this side sees it."""
        inside = self.shown("MainPID")
        if inside == "0":
            return None
        return self.container.outer_pid(inside)

    @property
    def stderr(self):
        return self.container.run("journalctl", "--output=cat", "--quiet", "--unit", self.UNIT)

    def running(self):
        return self.shown("ActiveState") in ("active", "activating", "reloading")

    def wait_for(self, condition, what, seconds=30.0):
        return wait_until(condition, lambda: f"{what}; it said:\n{self.stderr}", seconds)
