"""From keepalived to evenkeel, a node at a time, with the two files of README.md."""

import time

from routers import VirtualRouter

from lablib.host import wait_until
from lablib.keepalived import Keepalived
from lablib.readme import blocks

ADDRESS = "192.0.2.10"
HEADING = "From keepalived"


def readme(language):
    (text,) = [text for heading, text in blocks(language) if heading == HEADING]
    return text


def test_a_pair_is_switched_one_node_at_a_time(segment, sleeper):
    lb1, lb2 = segment.nodes
    before, after = readme("keepalived"), readme("toml")
    assert before.count("priority 150") == 1
    old = [Keepalived(lb1, before).start()]
    wait_until(lambda: lb1.holds(ADDRESS), 15)
    old.append(Keepalived(lb2, before.replace("priority 150", "priority 100")).start())
    old[1].wait_for_log("Entering BACKUP STATE")

    old[1].stop()
    new = [lb1.evenkeel(after), lb2.evenkeel(after)]
    new[1].start()
    wait_until(lambda: lb1.address(4) in new[1].command("vrrp").stdout)
    time.sleep(4.5)  # longer than its down interval
    assert new[1].instance()["state"] == "backup"
    assert lb1.holds(ADDRESS) and not lb2.holds(ADDRESS)

    asked = time.time()
    old[0].stop()
    wait_until(lambda: lb2.holds(ADDRESS))
    priority_zero = [each for each in segment.recorder.sent(lb1.port, since=asked) if each.priority == 0][0]
    took = segment.recorder.sent(lb2.port, since=asked)[0].at - priority_zero.at
    print(f"the second node took over {took:.2f} s after the first one's priority 0")
    assert took <= VirtualRouter(version=2).skew(100) + 0.05 + sleeper.allowance()
    new[0].start()
    wait_until(lambda: lb1.holds(ADDRESS) and not lb2.holds(ADDRESS), 15)
    time.sleep(1.5)
    assert segment.masters(61, 1.2) == {"lb1"}
