"""How late this machine is by itself: what a timing scenario may not be blamed for."""

import json
import signal
import subprocess

from .binaries import binary

TOO_MUCH = 0.100  # seconds: a failed timing scenario proves nothing when a mere sleeper was this late


class Noise:
    """A sleeper with a 1 ms timer, from its start until stop().

    priority: real-time, 1 to 99, for what is compared with programs that have such; too_much: seconds.
    """

    def __init__(self, priority=0, too_much=TOO_MUCH):
        real_time = ["chrt", "--rr", str(priority)] if priority else []
        self._process = subprocess.Popen([*real_time, binary("evenkeel-noise")], stdin=subprocess.DEVNULL,
                                         stdout=subprocess.PIPE, text=True)
        self._too_much = too_much
        self.worst = None

    def stop(self):
        """Returns the worst lateness in seconds."""
        if self.worst is None:
            self._process.send_signal(signal.SIGTERM)
            output, _ = self._process.communicate(timeout=20)
            self.worst = json.loads(output)["worst_ms"] / 1000 if output else 0.0  # "": before it had begun
        return self.worst

    def allowance(self):
        """To be added to a bound: the worst lateness, but no more than too_much."""
        return min(self.stop(), self._too_much)

    def is_too_much(self):
        return self.stop() > self._too_much
