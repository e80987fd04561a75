#!/usr/bin/python3
"""How the demo and the scenarios judge: what was missed beside noise is repeated, and never called MISSED. Needs no lab."""

import contextlib
import io
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))

from lablib.noise import AGAIN, ATTEMPTS, NOT_JUDGED as SKIPPED, REPORT, after_attempt  # noqa: E402
from lablib.rounds import compare  # noqa: E402
from lablib.report import MISSED, NOT_JUDGED, OK, Report  # noqa: E402


class Noise:
    """As lablib's, of a machine of which the test says how it is."""

    def __init__(self, is_noisy):
        self._is_noisy = is_noisy

    def stop(self):
        return 0.0

    def is_too_much(self):
        return self._is_noisy

    def brief(self):
        return "143 ms 45 %" if self._is_noisy else "2 ms 0 %"


class Judged:
    """A step with one fact: each attempt is (is the machine noisy?, is the fact good?, does the step stop?, and before
    there are sleepers?)."""

    def __init__(self, *attempts):
        self._attempts = iter(attempts)
        self._is_noisy = False
        self.runs = self.restored = 0
        self.report = Report(lambda: Noise(self._is_noisy))
        self.output = io.StringIO()
        with contextlib.redirect_stdout(self.output):
            self.report.judge("the step", self._act, self._restore)
            self.verdicts = [verdict for _, verdict, _ in self.report.table()]

    def _act(self):
        self.runs += 1
        self._is_noisy, is_good, *stops = next(self._attempts)
        if len(stops) > 1:
            raise AssertionError("not within 10 s")
        with self.report.beside() as noise:
            if stops:
                raise AssertionError("not within 10 s")
        self.report.fact("nothing has moved", is_good, noise)

    def _restore(self):
        self.restored += 1


QUIET, NOISY = False, True


class JudgeTest(unittest.TestCase):
    def expect(self, judged, verdicts, runs):
        self.assertEqual((judged.verdicts, judged.runs), (verdicts, runs), judged.output.getvalue())

    def test_good_is_good_whatever_the_noise(self):
        self.expect(Judged((QUIET, True)), [OK], 1)
        self.expect(Judged((NOISY, True)), [OK], 1)

    def test_missed_on_a_quiet_machine_is_missed_at_once(self):
        self.expect(Judged((QUIET, False)), [MISSED], 1)

    def test_missed_beside_noise_is_played_again(self):
        judged = Judged((NOISY, False), (NOISY, True))
        self.expect(judged, [OK], 2)
        self.assertEqual(judged.restored, 1)

    def test_missed_beside_noise_each_time_is_not_judged(self):
        judged = Judged(*[(NOISY, False)] * ATTEMPTS)
        self.expect(judged, [NOT_JUDGED], ATTEMPTS)
        self.assertEqual(judged.restored, ATTEMPTS)  # the next step begins as this one did
        self.assertIn("not judged", judged.output.getvalue())
        self.assertNotIn("MISSED", judged.output.getvalue())

    def test_missed_when_the_noise_is_over_is_missed(self):
        self.expect(Judged((NOISY, False), (QUIET, False)), [MISSED], 2)

    def test_a_step_that_stops(self):
        self.expect(Judged((QUIET, False, True)), [MISSED], 1)
        self.expect(Judged((NOISY, False, True), (NOISY, True)), [OK], 2)
        self.expect(Judged(*[(NOISY, False, True)] * ATTEMPTS), [NOT_JUDGED], ATTEMPTS)

    def test_what_was_noisy_before_excuses_no_stop(self):
        self.expect(Judged((NOISY, False), (NOISY, False, True, True)), [NOT_JUDGED, MISSED], 2)

    def test_the_table_fits_a_terminal(self):
        judged = Judged((NOISY, True))
        self.assertLessEqual(max(map(len, judged.output.getvalue().splitlines())), 80)


class ScenarioTest(unittest.TestCase):
    def test_what_failed_beside_noise_is_run_again(self):
        for is_timed in (True, False):
            self.assertEqual(after_attempt(1, True, Noise(QUIET), is_timed), REPORT)
            self.assertEqual(after_attempt(1, False, Noise(NOISY), is_timed), REPORT)
            self.assertEqual(after_attempt(ATTEMPTS - 1, True, Noise(NOISY), is_timed), AGAIN)
            self.assertEqual(after_attempt(ATTEMPTS, True, Noise(QUIET), is_timed), REPORT)
        self.assertEqual(after_attempt(ATTEMPTS, True, Noise(NOISY), True), SKIPPED)
        self.assertEqual(after_attempt(ATTEMPTS, True, Noise(NOISY), False), REPORT)


class RoundsTest(unittest.TestCase):
    GOOD, NOISE, BAD = [("cut", OK, "2 ms 0 %")], [("cut", SKIPPED, "90 ms 50 %")], [("cut", MISSED, "2 ms 0 %")]

    def test_each_event_is_judged_once_and_never_missed(self):
        for rounds, faults in (([self.GOOD, self.NOISE, self.NOISE], []),
                               ([self.NOISE, self.NOISE, self.NOISE], ["cut: judged in no round"]),
                               ([self.GOOD, self.BAD, self.GOOD], ["cut: missed"]),
                               ([self.GOOD, [], self.GOOD], ["round 2 did not come to its end"])):
            self.assertEqual(compare(rounds)[1], faults)

    def test_a_line_that_one_round_has_alone_is_in_the_table(self):
        table, _ = compare([self.GOOD, [("step: stop", MISSED, "-")]])
        self.assertEqual(table["step: stop"], [("not run", ""), (MISSED, "-")])


if __name__ == "__main__":
    unittest.main()
