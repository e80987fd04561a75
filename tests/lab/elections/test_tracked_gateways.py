"""An address follows a gateway that one node does not reach any more. Nobody misses an answer."""

import time

import pytest
from questions import Questions
from routers import VirtualRouter, start_pair

from lablib.host import wait_until

HIGH, LOW, LESS = 150, 100, 60
GATEWAYS = {4: "198.51.100.1", 6: "2001:db8:1::1"}
ASKED, FALL, RISE = 0.2, 3, 2
_LISTEN = """import socket
server = socket.create_server(("::", 80), family=socket.AF_INET6, dualstack_ipv6=True)
while True:
    server.accept()[0].close()
"""


def lay_uplinks(segment, family):
    """From each node to the gateway, which is the neighbour, through a bridge of its own."""
    gateway = segment.neighbour
    gateway.sysctl("net.ipv4.conf.all.arp_ignore", 1)  # a port that has left the bridge does not answer itself
    width = 24 if family == 4 else 64
    options = " nodad" if family == 6 else ""
    gateway.ip("link add br-gate type bridge stp_state 0 mcast_snooping 0", "link set br-gate up",
               f"addr add {GATEWAYS[family]}/{width} dev br-gate{options}")
    for node in segment.nodes:
        gateway.ip(f"link add up-{node.name} type veth peer name uplink netns {node.name}",
                   f"link set up-{node.name} master br-gate up")
        node.ip("link set uplink up", f"addr add {GATEWAYS[family]}{node.number}/{width} dev uplink{options}")
    gateway.start(["/usr/bin/python3", "-c", _LISTEN], log="listen.err")


def tracks(family, weight):
    gateway = (f'track_gateways = [{{ address = "{GATEWAYS[family]}", interface = "uplink", interval = '
               f'"{ASKED * 1000:.0f}ms", fall = {FALL}, rise = {RISE}{weight} }}]\n')
    if not weight:
        return gateway
    # Something behind the gateway: while both fail, only the gateway counts.
    return gateway + ('track_checks = [{ name = "far", weight = -20 }]\n'
                      f'[check.far]\ntype = "tcp"\naddress = "{GATEWAYS[family]}"\nport = 80\ninterval = "200ms"\n'
                      'timeout = "100ms"\nrise = 1\nfall = 1\n')


@pytest.mark.parametrize("family", [4, 6], ids=["ipv4", "ipv6"])
@pytest.mark.parametrize("weight", [f", weight = -{LESS}", ""], ids=["weight", "fault"])
def test_an_address_follows_a_gateway(segment, sleeper, family, weight):
    lay_uplinks(segment, family)
    router = VirtualRouter(interval=0.5, more=tracks(family, weight))
    master, backup = start_pair("evenkeel", segment.nodes, router, (HIGH, LOW))
    lb1, lb2 = segment.nodes
    for speaker in (master, backup):
        wait_until(lambda: "preemption       on" in speaker.program.command("vrrp").stdout, 10)
    questions = Questions(segment, router.address)
    time.sleep(router.interval)
    questions.start()

    silent = time.time()
    segment.neighbour.ip(f"link set up-{lb1.name} nomaster")  # the link stays up
    segment.recorder.wait_for(lambda: segment.recorder.sent(lb2.port, since=silent), 10)
    taken = segment.recorder.sent(lb2.port, since=silent)[0]
    wanted = HIGH - LESS if weight else 0
    told = next(each for each in segment.recorder.sent(lb1.port, since=silent) if each.priority == wanted)
    wait_until(lambda: backup.is_master() and not master.is_master(), 2)
    time.sleep(router.interval)
    shown = master.program.command("vrrp")
    explained = master.program.command("explain")
    print(shown.stdout, explained.stdout)

    returned = time.time()
    segment.neighbour.ip(f"link set up-{lb1.name} master br-gate")
    wait_until(lambda: master.is_master() and not backup.is_master(), 10)
    back = time.time() - returned
    time.sleep(router.interval)
    lost = questions.lost()
    print(f"told with priority {told.priority} {told.at - silent:.2f} s after the gateway fell silent (asked each {ASKED:g} s, "
          f"fall {FALL}), taken over {(taken.at - told.at) * 1000:.0f} ms later; the skew is {router.skew(LOW) * 1000:.0f} ms; "
          f"back after {back:.2f} s; {len(lost)} of {questions.sent} questions without an answer")
    gateway = f"gateway {GATEWAYS[family]} on uplink: no answer"
    assert gateway in shown.stdout and gateway in explained.stdout + shown.stdout
    if weight:
        assert f"priority         {HIGH - LESS} = {HIGH} - {LESS} (" in shown.stdout
        assert "this node is cut off, and the checks are not counted" in shown.stdout
        assert "this node is cut off, and the checks are not counted" in explained.stdout
        assert shown.returncode == 1
    else:
        assert "INITIALIZE" in shown.stdout
        assert shown.returncode == 2
    assert told.at - silent <= ASKED * (FALL + 1) + 0.1 + sleeper.allowance()
    assert taken.at - told.at <= router.skew(LOW) + 0.02 + sleeper.allowance()
    assert not lost
