"""The network falls in two and heals: one master, and every neighbour's table right, soon after."""

import socket
import time

import pytest
from routers import Speaker, VirtualRouter

from lablib.host import wait_until

# Without it a keepalived that hears the better master first gives way in silence, and nobody can know that there was
# anything to put right (evenkeel always answers).
SEND_ADVERT = "  higher_prio_send_advert true"
ROUTERS = {
    "ipv4": VirtualRouter(interval=0.1, more_keepalived=SEND_ADVERT),
    "ipv6": VirtualRouter(interval=0.1, family=6, more_keepalived=SEND_ADVERT),
    "ipv4-1s": VirtualRouter(interval=1.0, more_keepalived=SEND_ADVERT),
}
# The neighbours' kernels do not believe a change of address within this time after the one before (ARP's locktime).
LOCK_TIME = 1.0
KINDS = [("evenkeel", "evenkeel"), ("evenkeel", "keepalived"), ("keepalived", "evenkeel")]


def table(host, address):
    """The MAC that this host has for the address; "" for none."""
    words = host.run(["ip", "neigh", "show", address, "dev", "eth0"]).split()
    return words[words.index("lladdr") + 1] if "lladdr" in words else ""


def talk(host, router):
    """Sends something there, and waits until the host knows where "there" is."""
    with host.entered(), socket.socket(socket.AF_INET if router.family == 4 else socket.AF_INET6,
                                       socket.SOCK_DGRAM) as sender:
        scope = () if router.family == 4 else (0, socket.if_nametoindex("eth0"))
        sender.sendto(b"", (router.address, 9, *scope))
    wait_until(lambda: table(host, router.address), 3)


@pytest.mark.parametrize("preferred, other", KINDS, ids=map("-".join, KINDS))
@pytest.mark.parametrize("name", ROUTERS)
def test_heals(make_segment, sleeper, is_full, name, preferred, other):
    if not is_full and name != "ipv4" and (preferred, other) != KINDS[0]:
        pytest.skip("with --full only")
    router = ROUTERS[name]
    segment = make_segment("lb1", "lb2", "far")
    lb1, lb2, far = segment.nodes
    near, recorder = segment.neighbour, segment.recorder
    priorities = {lb1: 150, lb2: 100}
    Speaker(preferred, lb1, router, priorities).start().wait_for_master()
    lower = Speaker(other, lb2, router, priorities).start()
    for host in (near, far):
        talk(host, router)
        assert table(host, router.address) == lb1.mac()

    segment.move_away(lb2, far)
    lower.wait_for_master(router.down_interval(100) + 5)
    time.sleep(LOCK_TIME + 2 * router.interval)
    talk(far, router)
    assert table(far, router.address) == lb2.mac()
    assert table(near, router.address) == lb1.mac()

    healed = segment.mend(lb2, far)
    one_master = right = None
    while time.time() < healed + 2 * router.interval + 5:
        if right is None and table(far, router.address) == table(near, router.address) == lb1.mac():
            right = time.time()
        if right and time.time() > healed + 4 * router.interval:
            break
        time.sleep(0.005)
    one_master = recorder.sent(lb2.port, since=healed)
    last_heard = one_master[-1].at - healed if one_master else 0.0
    assert right, "the neighbours' tables are wrong"
    right -= healed
    print(f"the lower one's last advertisement {last_heard * 1000:.0f} ms after, the tables right {right * 1000:.0f} ms "
          f"after it healed")
    time.sleep(5 * router.interval)
    assert segment.masters(router.virtual_router_id, 3 * router.interval) == {"lb1"}
    assert not lower.is_master()
    allowance = 0.02 + sleeper.allowance()
    assert last_heard <= 2 * router.interval + allowance
    assert right <= 2 * router.interval + 1 + allowance
    assert table(near, router.address) == table(far, router.address) == lb1.mac()
