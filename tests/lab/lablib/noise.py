"""How late this machine is by itself: what a timing scenario may not be blamed for."""

import json
import os
import signal
import subprocess

from .binaries import binary

TOO_MUCH = 0.100  # seconds: a failed timing scenario proves nothing when a mere sleeper was this late
TOO_STARVED = 0.3  # nor when one CPU was kept from running a sleeper for this much of a second
TOO_SLOW = 0.300  # seconds: nor when requests that no event touched took this long (the 99th percentile)
TOO_SLOW_START = 0.500  # seconds: nor when starting a program took this long (in an emulated machine: a half of it)
ATTEMPTS = 3  # of what fails beside such a noise
AGAIN, NOT_JUDGED, REPORT = "again", "not judged", "report"


def after_attempt(attempt, has_failed, noise, is_timed):
    """What follows the n-th attempt (from 1) of a scenario. One that judges timings proves nothing beside too much noise;
    another is given as many chances, but its failure is one."""
    if not has_failed or not noise.is_too_much():
        return REPORT
    if attempt < ATTEMPTS:
        return AGAIN
    return NOT_JUDGED if is_timed else REPORT


class Noise:
    """Sleepers with a 1 ms timer on each CPU, from its start until stop().

    priority: real-time, 1 to 99, for what is compared with programs that have such; too_much: seconds.
    """

    def __init__(self, priority=0, too_much=TOO_MUCH):
        prefix = ["chrt", "--rr", str(priority)] if priority else []
        self._sleepers = subprocess.Popen([*prefix, binary("evenkeel-noise")], stdin=subprocess.DEVNULL,
                                          stdout=subprocess.PIPE, text=True)
        self._too_much = too_much
        self.worst = None
        self.lost = 0.0
        self._slowness = 0.0
        self._start = 0.0

    def note_start(self, seconds):
        """How long a program took to start that does nothing else: for what is told of processes that are started again."""
        self._start = max(self._start, seconds)

    def note_slowness(self, seconds):
        """How long requests took while nothing happened: a machine that does not keep up fails them by itself."""
        self._slowness = max(self._slowness, seconds)

    def stop(self):
        """Returns the worst lateness in seconds."""
        if self.worst is None:
            self._sleepers.send_signal(signal.SIGTERM)
            output = self._sleepers.communicate(timeout=20)[0]
            if output:  # else it had not begun
                measured = json.loads(output)
                self.worst, self.lost = measured["worst_ms"] / 1000, _lost(measured)
            else:
                self.worst = 0.0
        return self.worst

    def allowance(self):
        """To be added to a bound: the worst lateness, but no more than too_much."""
        return min(self.stop(), self._too_much)

    def is_too_much(self):
        return (self.stop() > self._too_much or self.lost > TOO_STARVED or self._slowness > TOO_SLOW or
                self._start > TOO_SLOW_START)

    def brief(self):
        """143 ms 12 %"""
        return f"{self.stop() * 1000:.0f} ms {self.lost * 100:.0f} %"

    def __str__(self):
        text = f"a sleeper that was {self.stop() * 1000:.0f} ms late, a CPU that lost {self.lost * 100:.0f} % of a second"
        if self._slowness:
            text += f", undisturbed requests of {self._slowness * 1000:.0f} ms"
        if self._start:
            text += f", a program that took {self._start * 1000:.0f} ms to start"
        return text


def _lost(measured):
    """What others took from a CPU in its worst second, 0 to 1. An emulated machine is busy with the scenario itself, and
    its host is what may starve it: that shows in what its real-time sleepers saw."""
    is_emulated = os.environ.get("EVENKEEL_LAB") == "qemu"
    return measured["starved"] if is_emulated and measured["starved"] >= 0 else measured["lost"]
