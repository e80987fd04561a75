"""How late this machine is by itself: what a timing scenario may not be blamed for."""

import json
import os
import signal
import subprocess

from .binaries import binary

TOO_MUCH = 0.100  # seconds: a failed timing scenario proves nothing when a mere sleeper was this late
TOO_SLOW = 0.300  # seconds: nor when requests that no event touched took this long (the 99th percentile)


class Noise:
    """A sleeper with a 1 ms timer, from its start until stop().

    priority: real-time, 1 to 99, for what is compared with programs that have such: then there is a sleeper on each CPU,
    as the host may stop one of them for a while, and with it all real-time threads there; too_much: seconds.
    """

    def __init__(self, priority=0, too_much=TOO_MUCH):
        prefixes = [["taskset", "--cpu-list", str(cpu), "chrt", "--rr", str(priority)]
                    for cpu in os.sched_getaffinity(0)] if priority else [[]]
        self._sleepers = [subprocess.Popen([*prefix, binary("evenkeel-noise")], stdin=subprocess.DEVNULL,
                                           stdout=subprocess.PIPE, text=True) for prefix in prefixes]
        self._too_much = too_much
        self.worst = None
        self._slowness = 0.0

    def note_slowness(self, seconds):
        """How long requests took while nothing happened: a machine that does not keep up fails them by itself."""
        self._slowness = max(self._slowness, seconds)

    def stop(self):
        """Returns the worst lateness in seconds."""
        if self.worst is None:
            for sleeper in self._sleepers:
                sleeper.send_signal(signal.SIGTERM)
            outputs = [sleeper.communicate(timeout=20)[0] for sleeper in self._sleepers]
            self.worst = max(json.loads(output)["worst_ms"] / 1000 if output else 0.0  # "": before it had begun
                             for output in outputs)
        return self.worst

    def allowance(self):
        """To be added to a bound: the worst lateness, but no more than too_much."""
        return min(self.stop(), self._too_much)

    def is_too_much(self):
        return self.stop() > self._too_much or self._slowness > TOO_SLOW

    def __str__(self):
        text = f"a sleeper that was {self.stop() * 1000:.0f} ms late"
        if self._slowness:
            text += f" and undisturbed requests of {self._slowness * 1000:.0f} ms"
        return text
