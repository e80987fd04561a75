"""How late this machine is by itself: what a timing scenario may not be blamed for.

Only sleepers say so: threads that do nothing else, pinned to each CPU. What the scenario's own requests, programs and
commands met is what is judged, and excuses nothing.
"""

import dataclasses
import json
import os
import signal
import subprocess

from .binaries import binary

TOO_MUCH = 0.100  # seconds: a failed timing scenario proves nothing when a mere sleeper was this late
TOO_STARVED = 0.3  # nor when one CPU was kept from running a sleeper for this much of a second
ATTEMPTS = 3  # of what fails beside such a noise
AGAIN, NOT_JUDGED, REPORT = "again", "not judged", "report"
PLAIN, LOWEST, HIGHEST = 0, 1, 99  # priorities of sleepers


def after_attempt(attempt, has_failed, noise, is_timed):
    """What follows the n-th attempt (from 1) of a scenario. One that judges timings proves nothing beside too much noise;
    another is given as many chances, but its failure is one."""
    if not has_failed or not noise.is_too_much():
        return REPORT
    if attempt < ATTEMPTS:
        return AGAIN
    return NOT_JUDGED if is_timed else REPORT


def is_emulated():
    """The scenario has a virtual machine for itself."""
    return os.environ.get("EVENKEEL_LAB") == "qemu"


@dataclasses.dataclass(frozen=True)
class Lateness:
    """Of the worst CPU: `plain` and `worst` are latest wake-ups in seconds, `lost` a share of the worst second, 0 to 1."""

    plain: float = 0.0  # of what has no real-time priority, whoever kept it waiting
    worst: float = 0.0  # what our own programs did not cause
    lost: float = 0.0

    def is_too_much(self, too_much=TOO_MUCH):
        return self.worst > too_much or self.lost > TOO_STARVED

    def brief(self):
        """143 ms 12 %"""
        return f"{self.worst * 1000:.0f} ms {self.lost * 100:.0f} %"

    def __str__(self):
        return f"a sleeper that was {self.worst * 1000:.0f} ms late, a CPU that lost {self.lost * 100:.0f} % of a second"


def lateness(cpus):
    """From what evenkeel-noise prints of each CPU, {"PRIORITY": {"worst_ms": W, "lost": L}, ...}.

    A sleeper with the highest priority alone waits for nobody here: that is the machine's noise, and all of it in a virtual
    machine, where every other program is the scenario's. On a machine with others, plain sleepers beside one of the lowest
    real-time priority count what those others took; what the latter waited more than one of the highest is the time that
    the daemon's own real-time threads took from the plain ones, and excuses nothing.
    """
    found = [_of_cpu({int(priority): (sleeper["worst_ms"] / 1000, sleeper["lost"]) for priority, sleeper in cpu.items()})
             for cpu in cpus]
    return Lateness(*(max(values) for values in zip(*found))) if found else Lateness()


def _of_cpu(seen):
    plain = seen[PLAIN][0] if PLAIN in seen else 0.0
    if HIGHEST not in seen:  # real-time priority is not allowed here, or another one was asked for
        worst, lost = next(iter(seen.values()), (0.0, 0.0))
        return worst, worst, lost
    if LOWEST not in seen:
        return plain, *seen[HIGHEST]
    ours = [max(0.0, lowest - highest) for lowest, highest in zip(seen[LOWEST], seen[HIGHEST])]
    return plain, *(max(highest, plainly - own) for plainly, highest, own in zip(seen[PLAIN], seen[HIGHEST], ours))


class Sleepers:
    """One of each of these priorities on each CPU, from now until end()."""

    def __init__(self, *priorities):
        self._process = subprocess.Popen([binary("evenkeel-noise"), *map(str, priorities)], stdin=subprocess.DEVNULL,
                                         stdout=subprocess.PIPE, text=True)

    def end(self):
        """What they saw, as lateness() reads it."""
        self._process.send_signal(signal.SIGTERM)
        output = self._process.communicate(timeout=20)[0]
        return json.loads(output)["cpus"] if output else []  # nothing: it had not begun


class Noise:
    """Sleepers from its start until stop().

    priority: of the only ones, 1 to 99, for what is compared with programs that have such; too_much: seconds.
    """

    def __init__(self, priority=None, too_much=TOO_MUCH, sleepers=Sleepers):
        usual = (PLAIN, HIGHEST) if is_emulated() else (PLAIN, LOWEST, HIGHEST)
        self._sleepers = sleepers(*((priority,) if priority else usual))
        self._too_much = too_much
        self._seen = None

    def stop(self):
        """Returns the Lateness."""
        if self._seen is None:
            self._seen = lateness(self._sleepers.end())
        return self._seen

    def allowance(self):
        """Seconds to be added to a bound: the latest wake-up of a plain sleeper, but no more than too_much."""
        return min(self.stop().plain, self._too_much)

    def is_too_much(self):
        return self.stop().is_too_much(self._too_much)

    def brief(self):
        return self.stop().brief()

    def __str__(self):
        return str(self.stop())
