#!/usr/bin/python3
"""An outage is never called noise: recorded samples of sleepers and of the load client, and what is made of them. Needs no
lab."""

import contextlib
import io
import os
import sys
import time
import unittest
from unittest import mock

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))

from lablib import demo  # noqa: E402
from lablib.drill import Drill  # noqa: E402
from lablib.load import LoadResult  # noqa: E402
from lablib.noise import ATTEMPTS, REPORT, Noise, after_attempt, lateness  # noqa: E402
from lablib.report import MISSED, NOT_JUDGED, OK, Report  # noqa: E402


def cpu(**seen):
    """plain=(ms, share), lowest=..., highest=...: as evenkeel-noise prints it."""
    names = {"plain": "0", "lowest": "1", "highest": "99"}
    return {names[name]: {"worst_ms": worst, "lost": lost} for name, (worst, lost) in seen.items()}


IDLE = cpu(plain=(1.8, 0.0), lowest=(1.1, 0.0), highest=(1.1, 0.0))
# A compiler on each CPU, natively.
COMPILERS = cpu(plain=(314.971, 0.376), lowest=(4.187, 0.0), highest=(4.188, 0.0))
# Real-time threads of the daemon that do not rest for half a second.
OUR_THREADS = cpu(plain=(520.0, 0.52), lowest=(510.0, 0.51), highest=(1.2, 0.0))
# Four busy loops beside an emulated machine.
STARVED_GUEST = cpu(plain=(77.0, 0.61), highest=(64.0, 0.46))
# An emulated machine that is busy with the scenario.
BUSY_GUEST = cpu(plain=(143.0, 0.66), highest=(6.0, 0.0))


def noise_of(*cpus):
    class Recorded:
        def __init__(self, *_):
            pass

        def end(self):
            return list(cpus)
    return Noise(sleepers=Recorded)


class LatenessTest(unittest.TestCase):
    def test_who_keeps_a_sleeper_waiting(self):
        for cpus, is_excuse in (([IDLE, IDLE], False), ([IDLE, COMPILERS], True), ([OUR_THREADS, IDLE], False),
                                ([STARVED_GUEST], True), ([BUSY_GUEST], False)):
            self.assertEqual(lateness(cpus).is_too_much(), is_excuse, cpus)

    def test_a_plain_sleeper_is_what_a_bound_allows_for(self):
        self.assertAlmostEqual(noise_of(IDLE, BUSY_GUEST).allowance(), 0.1)
        self.assertAlmostEqual(noise_of(IDLE).allowance(), 0.0018)

    def test_without_real_time_priority(self):
        self.assertTrue(lateness([cpu(plain=(200.0, 0.2))]).is_too_much())
        self.assertFalse(lateness([{}, cpu(plain=(20.0, 0.2))]).is_too_much())
        self.assertFalse(noise_of().is_too_much())


def load(started, seconds, outage=None, slow=None, rate=100):
    """Requests of 3 ms; those due within `outage` (begin, end), seconds after the start, time out after one second, those
    within `slow` are answered when it ends, and every twentieth waits a second for its SYN's repetition."""
    requests = []
    for index in range(int(rate * seconds)):
        due = index / rate
        took, outcome = 3.0, "ok"
        if outage and outage[0] <= due < outage[1]:
            took, outcome = 1000.0, "timeout"
        elif slow and slow[0] <= due < slow[1]:
            took = 1000 * (slow[1] - due)
        elif index % 20 == 7:
            took = 1003.0
        requests.append((due, took, outcome, "rs1" if outcome == "ok" else ""))
    return LoadResult({"started": started, "seconds": seconds, "rate": rate, "requests": requests})


class Client:
    """Whose load is a recording that began `ago` seconds before it is asked for."""

    def __init__(self, ago, **recorded):
        self._ago, self._recorded = ago, recorded

    def start_load(self, *_, **__):
        return self

    def load(self, *_, **__):
        return self.result()

    def tell_to_end(self):
        pass

    def result(self):
        return load(time.monotonic() - self._ago, **self._recorded)


class DrillTest(unittest.TestCase):
    """A hand-over two seconds after the load's start."""

    def drilled(self, **recorded):
        """What follows, beside idle sleepers."""
        drill, noise = Drill.__new__(Drill), noise_of(IDLE)
        drill._noise, drill._loads, drill._events = noise, [Client(0, **recorded)], [time.monotonic() + 2]
        has_failed = False
        with contextlib.redirect_stdout(io.StringIO()):
            try:
                drill.end_unnoticed()
            except AssertionError:
                has_failed = True
        return has_failed, after_attempt(ATTEMPTS, has_failed, noise, is_timed=True)

    def test_good(self):
        self.assertEqual(self.drilled(seconds=10), (False, REPORT))

    def test_an_outage_long_after_the_event(self):
        self.assertEqual(self.drilled(seconds=10, outage=(5, 5.6)), (True, REPORT))
        self.assertEqual(self.drilled(seconds=10, slow=(5, 6.7)), (True, REPORT))
        self.assertEqual(self.drilled(seconds=10, slow=(8, 10.2)), (True, REPORT))

    def test_an_outage_at_the_event(self):
        self.assertEqual(self.drilled(seconds=10, outage=(1.9, 2.4)), (True, REPORT))
        self.assertEqual(self.drilled(seconds=10, slow=(1.9, 2.2)), (True, REPORT))


class DemoTest(unittest.TestCase):
    """The demo's steps, of which each is 0.1 s here."""

    def verdict(self, step, cpus=(IDLE,), **recorded):
        made = demo.Demo.__new__(demo.Demo)
        made.report, made.rate, made.undisturbed = Report(lambda: noise_of(*cpus)), 100, 0.02
        made.lab = mock.Mock(client=Client(3.1, **recorded))
        with mock.patch.multiple(demo, BEFORE=0.05, AFTER=0.05), contextlib.redirect_stdout(io.StringIO()):
            made.report.judge("the step", lambda: step(made), lambda: None)
            ((_, found, _),) = made.report.table()
        return found

    @staticmethod
    def hand_over(made):
        made.under_load("a hand-over", lambda: None)

    def test_good(self):
        for step in (self.hand_over, demo.Demo.nothing):
            self.assertEqual(self.verdict(step, seconds=4), OK)

    def test_failed_requests_are_no_noise(self):
        for step in (self.hand_over, demo.Demo.nothing):
            for outage in ((0.5, 0.7), (3.0, 3.2), (3.3, 3.9)):
                self.assertEqual(self.verdict(step, seconds=4, outage=outage), MISSED, outage)

    def test_slow_requests_are_no_noise(self):
        for step in (self.hand_over, demo.Demo.nothing):
            for slow in ((1.0, 1.6), (3.3, 3.9)):
                self.assertEqual(self.verdict(step, seconds=4, slow=slow), MISSED, slow)

    def test_our_own_threads_are_no_noise(self):
        self.assertEqual(self.verdict(self.hand_over, cpus=(OUR_THREADS,), seconds=4, outage=(3.0, 3.2)), MISSED)

    def test_a_starved_machine_is(self):
        self.assertEqual(self.verdict(self.hand_over, cpus=(STARVED_GUEST,), seconds=4, outage=(3.0, 3.2)), NOT_JUDGED)


if __name__ == "__main__":
    unittest.main()
