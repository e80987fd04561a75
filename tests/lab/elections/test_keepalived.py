"""Elections between evenkeel and keepalived: the right owner, one owner, no flapping, whoever begins, ends and returns."""

import itertools

from election import Election
from routers import VirtualRouter

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


def router_of(case):
    return VirtualRouter(
        version=2 if case["packets"] == "v2-ipv4" else 3, family=6 if case["packets"] == "v3-ipv6" else 4,
        interval=1.0 if case["packets"] == "v2-ipv4" else 0.1, is_unicast=case["delivery"] == "unicast",
        preempt=case["preempt"])


def test_election(segment, sleeper, is_full, case):
    router = router_of(case)
    quiet = 60 if is_full else 4 if router.version == 2 else 1.5
    preferred = case["preferred"]
    other = "keepalived" if preferred == "evenkeel" else "evenkeel"
    Election(segment, router, preferred, other).hold(case["end"], quiet, sleeper)
