"""How the demo speaks: steps, commands with what they printed, and the last table; and how a step is judged."""

import contextlib
import dataclasses
import sys

from .noise import ATTEMPTS

OK, MISSED, NOT_JUDGED = "ok", "MISSED", "not judged"


@dataclasses.dataclass
class Line:
    """One of the table: what was seen, and what the sleepers beside it say of the machine."""

    event: str
    is_good: bool
    noise: object  # Noise; None where it stopped before there were sleepers
    sent: object = ""
    failed: object = ""  # of how many at most
    shown: str = ""

    def verdict(self):
        if self.is_good:
            return OK
        return NOT_JUDGED if self.noise is not None and self.noise.is_too_much() else MISSED

    def sleepers(self):
        return self.noise.brief() if self.noise is not None else "-"


class Report:
    """Says what happens, and keeps the lines of the last table. make_noise() starts sleepers (Noise)."""

    def __init__(self, make_noise):
        self._make_noise = make_noise
        self._lines = []  # those of the steps before
        self._attempt = {}  # event -> Line: those of this one, this time
        self._noise = None  # of this attempt, the last

    @staticmethod
    def step(text):
        print(f"\n\033[1m== {text}\033[0m" if sys.stdout.isatty() else f"\n== {text}", flush=True)

    @staticmethod
    def say(text):
        print("\n".join("  " + line for line in text.rstrip().splitlines()), flush=True)

    def show(self, command, text):
        print(f"$ {command}")
        self.say(text)

    @contextlib.contextmanager
    def beside(self):
        """Sleepers beside what is done inside."""
        self._noise = self._make_noise()
        try:
            yield self._noise
        finally:
            self._noise.stop()

    def row(self, event, load, bound, gap, gap_bound, noise):
        """One event: at most `bound` requests may fail, and no gap beside it be longer than gap_bound seconds."""
        self._attempt[event] = Line(event, load.failed <= bound and gap <= gap_bound, noise, load.sent,
                                    f"{load.failed}/{bound}", f"{gap * 1000:.0f} ms (<{gap_bound * 1000:.0f})")
        failures = ", ".join(f"{count} {kind}" for kind, count in load.failures.items())
        self.say(f"the client: {load.sent} requests, {load.failed} failed{f' ({failures})' if failures else ''}, "
                 f"longest gap {gap * 1000:.0f} ms; beside it {noise}")

    def fact(self, event, is_good, noise, detail=""):
        """One event that no request measures."""
        self._attempt[event] = Line(event, is_good, noise, shown=detail)
        self.say(f"{event}{f': {detail}' if detail else ''}: {'as it should be' if is_good else 'NOT as it should be'}")

    def judge(self, name, act, restore):
        """Has act() do a step, and again as long as a line was missed beside sleepers that were too late, at most
        ATTEMPTS times; restore() makes the state from which it begins.

        What was good once counts; what was missed although the machine was quiet counts more; what was only ever missed
        beside noise is not judged.
        """
        lines = {}
        for attempt in range(1, ATTEMPTS + 1):
            self._run(name, act)
            for event, line in self._attempt.items():
                if event not in lines or line.verdict() == MISSED or lines[event].verdict() == NOT_JUDGED:
                    lines[event] = line
            if name not in self._attempt:  # it came to its end
                lines.pop(name, None)
            verdicts = {line.verdict() for line in lines.values()}
            if any(not line.is_good for line in self._attempt.values()):
                restore()
            if verdicts <= {OK} or MISSED in verdicts or attempt == ATTEMPTS:
                break
            self.say(f"this machine was busy with something else: the step once more ({attempt + 1} of {ATTEMPTS})")
        self._lines += lines.values()

    def _run(self, name, act):
        """One attempt. A step that stops in its middle is a line of its name."""
        self._attempt = {}
        self._noise = None
        try:
            act()
        except AssertionError as error:  # something that was waited for did not come
            self.say(f"the step stops: {error}")
            self._attempt[name] = Line(name, False, self._noise, shown="stopped")

    def table(self):
        """Prints it; returns its lines: [(event, verdict, what the sleepers saw), ...]."""
        self.step("what the client saw, and how late sleepers beside it were")
        print(f"{'event':<28} {'sent':>5} {'failed':>8} {'longest gap':>15} {'sleepers':>10}")
        print("-" * 79)
        for line in self._lines:
            print(f"{line.event:<28} {line.sent:>5} {line.failed:>8} {line.shown:>15} {line.sleepers():>10} "
                  f"{line.verdict()}")
        verdicts = [line.verdict() for line in self._lines]
        print(f"\n{verdicts.count(OK)} passed, {verdicts.count(MISSED)} failed, {verdicts.count(NOT_JUDGED)} not judged",
              flush=True)
        return [(line.event, line.verdict(), line.sleepers()) for line in self._lines]
