"""Elections between evenkeel and FRR's vrrpd, which speaks multicast only."""

import pytest
from election import Election
from routers import VirtualRouter

PACKETS = {"v2-ipv4": (2, 4), "v3-ipv4": (3, 4), "v3-ipv6": (3, 6)}
SIDES = (("evenkeel", "frr"), ("frr", "evenkeel"))


@pytest.mark.parametrize("end", ("stop", "crash"))
@pytest.mark.parametrize("sides", SIDES, ids=[preferred for preferred, _ in SIDES])
@pytest.mark.parametrize("packets", PACKETS)
def test_election(segment, sleeper, is_full, packets, sides, end):
    if not is_full and (end == "stop") != (sides[0] == "evenkeel"):
        pytest.skip("with --full only")
    version, family = PACKETS[packets]
    router = VirtualRouter(version=version, family=family, interval=1.0 if version == 2 else 0.1)
    Election(segment, router, *sides).hold(end, 60 if is_full else 2, sleeper)
