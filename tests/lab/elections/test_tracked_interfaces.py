"""An address follows another interface than its own: by its priority, and as a fault. Nobody misses an answer."""

import time

import pytest
from questions import Questions
from routers import VirtualRouter, start_pair

from lablib.host import wait_until

HIGH, LOW = 150, 100


@pytest.mark.parametrize("track, state", [(", weight = -100", "BACKUP"), ("", "INITIALIZE")], ids=["weight", "fault"])
def test_an_address_follows_an_interface(segment, sleeper, track, state):
    for node in segment.nodes:
        node.ip("link add cable type veth peer name cable-end", "link set cable up", "link set cable-end up")
    router = VirtualRouter(more=f'track_interfaces = [{{ name = "cable"{track} }}]')
    master, backup = start_pair("evenkeel", segment.nodes, router, (HIGH, LOW))
    lb1, lb2 = segment.nodes
    time.sleep(2 * router.interval)
    questions = Questions(segment, router.address)
    time.sleep(router.interval / 2)
    questions.start()

    failed = time.time()
    lb1.ip("link set cable down")
    taken = segment.recorder.wait_for(lambda: segment.recorder.sent(lb2.port, since=failed), 10)[0]
    told = next(each for each in segment.recorder.sent(lb1.port, since=failed) if each.priority != HIGH)
    wait_until(lambda: backup.is_master() and not master.is_master(), 2)
    shown = master.program.command("vrrp")
    print(shown.stdout)
    print(master.program.command("explain").stdout)
    time.sleep(router.interval)

    returned = time.time()
    lb1.ip("link set cable up")
    # As a Backup it preempts by its timer; from Initialize it listens first.
    segment.recorder.wait_for(lambda: [each for each in segment.recorder.sent(lb1.port, since=returned)
                                       if each.priority == HIGH], 10)
    wait_until(lambda: master.is_master() and not backup.is_master(), 2)
    time.sleep(router.interval)
    lost = questions.lost()
    print(f"told with priority {told.priority} after {(told.at - failed) * 1000:.1f} ms, taken over "
          f"{(taken.at - told.at) * 1000:.1f} ms later; the skew is {router.skew(LOW) * 1000:.1f} ms; "
          f"{len(lost)} of {questions.sent} questions without an answer")
    assert state in shown.stdout and "cable" in shown.stdout
    assert told.priority == (HIGH - 100 if track else 0)
    assert taken.at - told.at <= router.skew(LOW) + 0.02 + sleeper.allowance()
    assert not lost
