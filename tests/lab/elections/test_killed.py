"""The vrrp process of the master is killed: its successor resumes before the peer misses anything."""

import os
import re
import signal
import time

import pytest
from routers import Speaker, VirtualRouter

from lablib.address_watch import AddressWatch
from lablib.host import wait_until

HIGH, LOW = 200, 100


@pytest.mark.parametrize("interval, kills", [(1.0, 1), (0.1, 2)], ids=["1s", "100ms"])
def test_vrrp_killed(segment, sleeper, is_full, interval, kills):
    router = VirtualRouter(interval=interval)
    lb1, lb2 = segment.nodes
    master, _ = (Speaker("evenkeel", node, router, {lb1: HIGH, lb2: LOW}).start() for node in (lb1, lb2))
    master.wait_for_master()
    time.sleep(2 * interval)
    for count in range(1, 1 + (10 if is_full else kills)):
        if count > 1:
            time.sleep(10)  # who dies twice within that time does not stay master
        killed = master.program.children()["vrrp"]
        moment = time.time()
        os.kill(killed, signal.SIGKILL)
        spoke = segment.recorder.wait_for(lambda: segment.recorder.sent(lb1.port, since=moment))[0].at - moment
        print(f"first advertisement {spoke * 1000:.1f} ms after the kill")
        time.sleep(router.down_interval(LOW) + 1)
        assert segment.recorder.sent(lb2.port, since=moment) == [], "the peer took over"
        assert master.is_master() and master.program.children()["vrrp"] != killed
        assert len(master.program.log_lines("entering MASTER state: resumed")) == count, master.log


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


def nobody_at(watch, nodes, address, since):
    """[(begin, end), ...] after `since`, up to now: none of the nodes, which the watch hears, holds it."""
    now = time.monotonic()
    spans = sorted((begin, end or now) for node in nodes for begin, end in watch.spans(address, of=node))
    gaps, covered = [], since
    for begin, end in spans:
        if begin > covered:
            gaps.append((covered, begin))
        covered = max(covered, end)
    return [*gaps, (covered, now)] if covered < now else gaps


@pytest.mark.parametrize("case", ["peer waits", "peer is master", "peer is dead", "peer refuses"])
def test_who_is_too_late_hands_over(segment, sleeper, case):
    """The next vrrp process starts too late to resume, because main is stopped: at no time nobody has the address."""
    silence = 4.5 if case == "peer is master" else 2.75  # the peer's down interval is 3.61 s, the lease 2.9 s at least
    more = 'address_conflict = "refuse"' if case == "peer refuses" else ""
    router = VirtualRouter(more=more)
    lb1, lb2 = segment.nodes
    master, peer = (Speaker("evenkeel", node, router, {lb1: HIGH, lb2: LOW}) for node in (lb1, lb2))
    if case == "peer is master":
        for node in (lb1, lb2):  # or the lease would end before
            path = os.path.join(node.directory, "evenkeel.toml")
            with open(path, encoding="utf-8") as file:
                text = file.read()
            with open(path, "w", encoding="utf-8") as file:
                file.write(text.replace("[global]\n", "[global]\naddress_lease = false\n"))
    master.start().wait_for_master()
    peer.start()
    time.sleep(2.5)
    if case == "peer is dead":
        peer.crash()
    watch = AddressWatch(lb1, lb2)
    began = time.monotonic()
    recorder = segment.recorder
    count = len(recorder.sent(lb1.port))
    recorder.wait_for(lambda: len(recorder.sent(lb1.port)) > count)
    last = recorder.sent(lb1.port)[-1].at
    os.kill(master.program.pid, signal.SIGSTOP)
    os.kill(master.program.children()["vrrp"], signal.SIGKILL)
    time.sleep(max(0, last + silence - time.time()))
    os.kill(master.program.pid, signal.SIGCONT)
    wait_until(lambda: master.program.log_lines("too late to resume"), 5)
    if case == "peer is dead":
        wait_until(lambda: master.program.log_lines("still in MASTER state: nobody else took over"), 5)
        time.sleep(2)
    else:
        wait_until(lambda: peer.is_master() and not master.is_master(), 5)
        wait_until(lambda: master.is_master() and not peer.is_master(), router.down_interval(HIGH) + 5)  # preempts
    time.sleep(1.5)
    assert master.is_master()
    gaps = nobody_at(watch, segment.nodes, router.address, began)
    watch.close()
    assert gaps == [], [f"{end - begin:.3f} s" for begin, end in gaps]


def test_a_killed_master_keeps_nobody_waiting_who_respects_claims(segment, sleeper):
    """Its kernel answers for the address until the lease ends; then the peer, which asks each interval, takes over."""
    router = VirtualRouter(more='address_conflict = "refuse"')
    lb1, lb2 = segment.nodes
    master, peer = (Speaker("evenkeel", node, router, {lb1: HIGH, lb2: LOW}).start() for node in (lb1, lb2))
    master.wait_for_master()
    time.sleep(3)
    watch = AddressWatch(lb1)
    killed = time.monotonic()
    master.program.kill_all()
    wait_until(peer.is_master, 15, every=0.01)
    took = time.monotonic() - killed
    ended = watch.spans(router.address)[-1][1]
    watch.close()
    print(f"taken over {took:.2f} s after the kill, {killed + took - ended:.2f} s after the lease has ended")
    assert ended is not None and ended <= killed + took
    assert killed + took - ended <= 2 * router.interval + 0.1 + sleeper.allowance()


def test_a_unicast_backup_that_the_master_cannot_find_listens(segment, sleeper):
    """The master's kernel has given up on finding it: it asks again once a second, and there never are two masters."""
    router = VirtualRouter(interval=0.1, is_unicast=True)
    lb1, lb2 = segment.nodes
    master = Speaker("evenkeel", lb1, router, {lb1: HIGH, lb2: LOW}).start().wait_for_master()
    segment.unplug(lb2)
    time.sleep(4)
    lb1.ip(f"neigh replace {lb2.address(4)} dev eth0 nud failed")
    time.sleep(0.2)
    segment.mend(lb2)
    peer = Speaker("evenkeel", lb2, router, {lb1: HIGH, lb2: LOW}).start()
    time.sleep(3)
    assert peer.became_master() == 0, peer.log
    assert master.is_master() and not peer.is_master()


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
    done = master.program.command("reload", "--force")  # the only instance may go
    assert done.returncode == 0, done.stdout + done.stderr
    master.program.kill_all()
    assert master.is_master(), "it has left already: this shows nothing"
    released = master.program.release()
    assert released.returncode == 0, released.stderr
    assert "instance web: released" in released.stderr
    assert not master.is_master()
