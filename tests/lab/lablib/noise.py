"""How late this machine is by itself: what a timing scenario may not be blamed for."""

import json
import signal
import subprocess

from .binaries import binary

TOO_MUCH = 0.100  # seconds: a failed timing scenario proves nothing when a mere sleeper was this late


class Noise:
    """A sleeper with a 1 ms timer, from its start until stop()."""

    def __init__(self):
        self._process = subprocess.Popen([binary("evenkeel-noise")], stdin=subprocess.DEVNULL,
                                         stdout=subprocess.PIPE, text=True)
        self.worst = None

    def stop(self):
        """Returns the worst lateness in seconds."""
        if self.worst is None:
            self._process.send_signal(signal.SIGTERM)
            output, _ = self._process.communicate(timeout=20)
            self.worst = json.loads(output)["worst_ms"] / 1000
        return self.worst

    def allowance(self):
        """To be added to a bound: the worst lateness, but no more than TOO_MUCH."""
        return min(self.stop(), TOO_MUCH)

    def is_too_much(self):
        return self.stop() > TOO_MUCH
