"""Elections between evenkeel and keepalived: the right owner, one owner, no flapping, whoever begins, ends and returns."""

import itertools
import time

import pytest
from routers import Speaker, VirtualRouter

from lablib.host import wait_until

# The matrix of what may matter to an election.
VALUES = {
    "packets": ("v2-ipv4", "v3-ipv4", "v3-ipv6"),
    "delivery": ("multicast", "unicast"),
    "preempt": (True, False),
    "preferred": ("evenkeel", "keepalived"),
    "end": ("stop", "crash"),
}
ALL = [dict(zip(VALUES, values)) for values in itertools.product(*VALUES.values())]


def pairwise(cases):
    """Few of them, that hold every pair of values that the cases hold: each next one is the one with most new pairs."""
    def pairs(case):
        return set(itertools.combinations(sorted((key, str(value)) for key, value in case.items()), 2))

    missing = set().union(*map(pairs, cases))
    chosen = []
    while missing:
        best = max(cases, key=lambda case: len(pairs(case) & missing))
        chosen.append(best)
        missing -= pairs(best)
    return chosen


def name(case):
    return "-".join([case["packets"], case["delivery"], "preempt" if case["preempt"] else "nopreempt",
                     case["preferred"], case["end"]])


def pytest_generate_tests(metafunc):
    if "case" in metafunc.fixturenames:
        cases = ALL if metafunc.config.getoption("--full") else pairwise(ALL)
        metafunc.parametrize("case", cases, ids=map(name, cases))


class Election:
    """The preferred router on lb1, the other on lb2."""

    def __init__(self, segment, case):
        self.segment = segment
        self.router = VirtualRouter(
            version=2 if case["packets"] == "v2-ipv4" else 3, family=6 if case["packets"] == "v3-ipv6" else 4,
            interval=1.0 if case["packets"] == "v2-ipv4" else 0.1, is_unicast=case["delivery"] == "unicast",
            preempt=case["preempt"])
        lb1, lb2 = segment.nodes
        priorities = {lb1: 150, lb2: 100}
        other = "keepalived" if case["preferred"] == "evenkeel" else "evenkeel"
        self.preferred = Speaker(case["preferred"], lb1, self.router, priorities)
        self.other = Speaker(other, lb2, self.router, priorities)
        self._measured = []

    def elections(self):
        return self.preferred.became_master(), self.other.became_master()

    def stays_with(self, owner, seconds):
        """One owner, on the wire and in the kernels, all that time."""
        loser = self.other if owner is self.preferred else self.preferred
        before = self.elections()
        began = time.time()
        while time.time() < began + seconds:
            assert owner.is_master() and not loser.is_master()
            time.sleep(min(0.2, seconds))
        sent = self.segment.recorder.sent(since=began, virtual_router_id=61)
        assert {each.port for each in sent} == {owner.node.port}
        assert len(sent) >= (time.time() - began) / self.router.interval - 2
        assert self.elections() == before

    def comes_to(self, owner, since, seconds):
        """It becomes the one that advertises; `seconds` after `since` (wall clock) at the latest."""
        recorder = self.segment.recorder

        def owns():
            return [each for each in recorder.sent(owner.node.port, since=since) if each.priority > 0]

        recorder.wait_for(owns, seconds + 10)
        self._measured.append((owner, owns()[0].at - since, seconds))
        wait_until(lambda: owner.is_master(), 2)

    def was_in_time(self, allowance):
        """Whatever came to somebody."""
        for owner, measured, bound in self._measured:
            print(f"{owner}: master after {measured * 1000:.1f} ms; {bound * 1000:.1f} ms allowed, "
                  f"{allowance * 1000:.1f} ms more for the machine")
            assert measured <= bound + allowance


def test_election(segment, sleeper, is_full, case):
    election = Election(segment, case)
    router, preferred, other = election.router, election.preferred, election.other
    quiet = 60 if is_full else 4 if router.version == 2 else 1.5

    preferred.start().wait_for_master()
    other.start()
    election.stays_with(preferred, quiet / 2)
    assert election.elections() == (1, 0)

    if case["end"] == "stop":
        stopped = preferred.stop()
        election.comes_to(other, stopped, router.skew(100) + 0.1)
        assert not preferred.is_master()
    else:
        segment.cut(preferred.node)
        last = segment.recorder.delivered(other.node.port)[-1].at
        preferred.crash()
        election.comes_to(other, last, router.down_interval(100) + 0.02)
    election.stays_with(other, quiet / 2)

    segment.mend(preferred.node)
    returned = time.time()
    preferred.start()
    if router.preempt:
        # A start, its time of listening, and the other's last advertisement.
        election.comes_to(preferred, returned, router.down_interval(150) + 2 * router.interval + 1)
        wait_until(lambda: not other.is_master(), 2)
        time.sleep(2 * router.interval)
        election.stays_with(preferred, quiet)
    else:
        time.sleep(router.down_interval(150) + router.interval)
        election.stays_with(other, quiet)
    assert election.elections() == (2 if router.preempt else 1, 1)
    election.was_in_time(sleeper.allowance())
