"""The vrrp process of the master is killed: its successor resumes before the peer misses anything."""

import os
import re
import signal
import time

import pytest
from routers import Speaker, VirtualRouter

from lablib.host import wait_until

HIGH, LOW = 200, 100


@pytest.mark.parametrize("interval, kills", [(1.0, 1), (0.1, 3)], ids=["1s", "100ms"])
def test_vrrp_killed(segment, sleeper, is_full, interval, kills):
    router = VirtualRouter(interval=interval)
    lb1, lb2 = segment.nodes
    master, _ = (Speaker("evenkeel", node, router, {lb1: HIGH, lb2: LOW}).start() for node in (lb1, lb2))
    master.wait_for_master()
    time.sleep(2 * interval)
    for count in range(1, 1 + (10 if is_full else kills)):
        killed = master.program.children()["vrrp"]
        moment = time.time()
        os.kill(killed, signal.SIGKILL)
        spoke = segment.recorder.wait_for(lambda: segment.recorder.sent(lb1.port, since=moment))[0].at - moment
        print(f"first advertisement {spoke * 1000:.1f} ms after the kill")
        time.sleep(router.down_interval(LOW) + 1)
        assert segment.recorder.sent(lb2.port, since=moment) == [], "the peer took over"
        assert master.is_master() and master.program.children()["vrrp"] != killed
        assert len(master.program.log_lines("entering MASTER state: resumed")) == count, master.log
        time.sleep(10)  # who dies twice within that time does not stay master


def test_who_dies_twice_hands_over(segment, sleeper):
    """Something is wrong with it: the peer takes over, without a moment in which nobody has the address."""
    router = VirtualRouter(interval=1.0)
    lb1, lb2 = segment.nodes
    master, peer = (Speaker("evenkeel", node, router, {lb1: HIGH, lb2: LOW}).start() for node in (lb1, lb2))
    master.wait_for_master()
    time.sleep(2)
    for _ in range(2):
        moment = time.time()
        os.kill(master.program.children()["vrrp"], signal.SIGKILL)
        segment.recorder.wait_for(lambda: segment.recorder.sent(lb1.port, since=moment))  # noqa: B023
    while not peer.is_master():
        assert master.is_master() or peer.is_master(), "nobody has the address"
        assert time.time() < moment + 10, "the peer does not take over"
    took = time.time() - moment
    print(f"taken over {took:.3f} s after the second kill; the skew is {router.skew(LOW):.3f} s")
    wait_until(lambda: not master.is_master(), 2)
    assert master.program.log_lines("died twice")
    time.sleep(router.down_interval(HIGH))
    assert peer.is_master() and not master.is_master(), "it has preempted"
    assert master.program.command("resume").returncode == 0
    wait_until(lambda: master.is_master() and not peer.is_master(), router.down_interval(HIGH) + 2)
    assert took <= router.skew(LOW) + 0.3 + sleeper.allowance()


@pytest.mark.parametrize("interval", [1.0, 3.0], ids=["1s", "3s"])
def test_release_keeps_the_address_until_the_successor_has_it(segment, sleeper, interval):
    """All of the master is killed, then `evenkeeld release`: at no time nobody has the address."""
    router = VirtualRouter(interval=interval)
    lb1, lb2 = segment.nodes
    master, peer = (Speaker("evenkeel", node, router, {lb1: HIGH, lb2: LOW}).start() for node in (lb1, lb2))
    master.wait_for_master(5 * interval)
    time.sleep(interval)
    master.program.kill_all()
    began = time.time()
    released = master.program.release()
    took = time.time() - began
    assert released.returncode == 0, released.stderr
    print(f"released after {took:.3f} s; the skew is {router.skew(LOW):.3f} s\n{released.stderr}")
    assert peer.is_master() and not master.is_master()
    assert f"released; the master is {lb2.address(4)}" in released.stderr
    assert took <= router.skew(LOW) + 0.2 + sleeper.allowance()


def test_release_leaves_alone_what_is_somebody_elses(segment):
    """The address was ours, and is keepalived's, or a person's, by now: no word about it either."""
    router = VirtualRouter(interval=0.1)
    lb1, lb2 = segment.nodes
    master = Speaker("evenkeel", lb1, router, {lb1: HIGH, lb2: LOW}).start().wait_for_master()
    master.program.kill_all()
    for address in router.virtual_addresses:
        lb1.ip(f"addr del {address} dev eth0", f"addr add {address} dev eth0")
    began = time.time()
    released = master.program.release()
    assert released.returncode == 0, released.stderr
    time.sleep(0.2)
    assert lb1.holds(router.address)
    assert segment.recorder.sent(lb1.port, since=began) == []


@pytest.mark.parametrize("way", ["taken out", "another id"])
def test_release_knows_of_who_was_leaving(segment, way):
    """A reload has taken the instance out, or given it another virtual router ID, and its leave takes three seconds: killed
    meanwhile, it leaves nothing."""
    router = VirtualRouter(interval=3.0)
    lb1, lb2 = segment.nodes
    master = Speaker("evenkeel", lb1, router, {lb1: HIGH, lb2: LOW}).start().wait_for_master(20)
    path = os.path.join(lb1.directory, "evenkeel.toml")
    with open(path, encoding="utf-8") as file:
        renumbered = re.sub(r"(virtual_router_id *= *)\d+", r"\g<1>99", file.read())
    assert "99" in renumbered
    with open(path, "w", encoding="utf-8") as file:
        file.write('[global]\nnode_name = "lb1"\n' if way == "taken out" else renumbered)
    done = master.program.command("reload")
    assert done.returncode == 0, done.stdout + done.stderr
    master.program.kill_all()
    assert master.is_master(), "it has left already: this shows nothing"
    released = master.program.release()
    assert released.returncode == 0, released.stderr
    assert "instance web: released" in released.stderr
    assert not master.is_master()
