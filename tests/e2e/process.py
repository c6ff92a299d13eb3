"""A program under test: started, watched through its standard error, and stopped with a deadline."""

import ctypes
import pathlib
import signal
import subprocess

from waiting import wait_until

PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None)


def die_with_parent():
    """Called in the child: CTest ends a test that is too slow by SIGKILL, and nothing may stay."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Process:
    """Runs `command` with its output in files of `folder`; killed at the end if it still runs.

    `terminal` is a file descriptor that gets its standard output in place of the file.
    """

    def __init__(self, command, folder, name, environment=None, directory=None, terminal=None):
        self.command = list(map(str, command))
        self.name = name
        self._stdout = pathlib.Path(folder) / f"{name}.stdout"
        self._stderr = pathlib.Path(folder) / f"{name}.stderr"
        with open(self._stdout, "wb") as out, open(self._stderr, "wb") as err:
            self._process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=out if terminal is None else terminal,
                stderr=err,
                env=environment,
                cwd=directory,
                preexec_fn=die_with_parent,
            )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()

    @property
    def pid(self):
        return self._process.pid

    @property
    def stdout(self):
        return self._stdout.read_text(errors="replace")

    @property
    def stderr(self):
        return self._stderr.read_text(errors="replace")

    def running(self):
        return self._process.poll() is None

    def send_signal(self, number):
        self._process.send_signal(number)

    def wait(self, seconds=30.0):
        """The exit status, once it is over."""
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.name} still runs after {seconds} s; it said:\n{self.stderr}") from None

    def stop(self, number=signal.SIGTERM, seconds=30.0):
        if self.running():
            self.send_signal(number)
        return self.wait(seconds)

    def wait_for(self, condition, what, seconds=60.0):
        """wait_until, that ends early with what the program said when it dies."""

        def alive_and_true():
            result = condition()
            if not result and not self.running():
                raise AssertionError(f"{self.name} ended with {self._process.returncode} before: {what}\n{self.stderr}")
            return result

        return wait_until(alive_and_true, lambda: f"{what}; {self.name} said:\n{self.stderr}", seconds)
