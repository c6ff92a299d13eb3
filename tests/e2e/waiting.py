"""Waits for events: no fixed sleeps in tests."""

import time

POLL_SECONDS = 0.01


class Timeout(AssertionError):
    pass


def wait_until(condition, what, seconds=60.0):
    """Calls `condition` until it gives something true, which is returned; Timeout says `what`.

    `what` may be a function, called only for the message.
    """
    deadline = time.monotonic() + seconds
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() >= deadline:
            raise Timeout(f"not within {seconds} s: {what() if callable(what) else what}")
        time.sleep(POLL_SECONDS)
