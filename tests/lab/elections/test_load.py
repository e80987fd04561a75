"""Every CPU is busy: who has real-time priority does not notice; who has it not, beside it, does."""

import contextlib
import json
import os
import subprocess
import sys
import time

import pytest
from routers import VirtualRouter, start_pair

from lablib.host import wait_until
from lablib.noise import Noise

pytestmark = pytest.mark.whole_machine

BUSY_LOOPS = 3 * (os.cpu_count() or 1)  # six on two CPUs
MORE_BUSY_LOOPS = (16 * BUSY_LOOPS, 32 * BUSY_LOOPS, 64 * BUSY_LOOPS)  # where the control sleeps through the first


@contextlib.contextmanager
def busy(loops):
    """That many processes that never sleep, each in a session of its own: the kernel's autogroups would give all of one
    session together no more than one of the daemon's."""
    # They wait for each other: who starts beside those that run already takes minutes.
    waits, begins = os.pipe()
    hogs = [subprocess.Popen([sys.executable, "-c", "import sys\nsys.stdin.read()\nwhile True: pass"], stdin=waits,
                             start_new_session=True) for _ in range(loops)]
    os.close(waits)
    os.close(begins)
    try:
        yield
    finally:
        for hog in hogs:
            hog.kill()
        for hog in hogs:
            hog.wait()


def threads(speaker):
    """Those of the process that speaks VRRP, when it has started: [(name, id), ...]."""
    wait_until(lambda: "vrrp" in speaker.program.children(), 10)
    pid = speaker.program.children()["vrrp"]
    wait_until(lambda: len(os.listdir(f"/proc/{pid}/task")) > 1, 10)
    found = []
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/comm", encoding="utf-8") as file:
            found.append((file.read().strip(), int(thread)))
    return found


def engine_of(speaker):
    (engine,) = [thread for name, thread in threads(speaker) if name == "evenkeel-engine"]
    return engine


def is_real_time(speaker):
    return os.sched_getscheduler(engine_of(speaker)) & ~os.SCHED_RESET_ON_FORK == os.SCHED_RR


def take_real_time_away(speaker):
    for _, thread in threads(speaker):
        os.sched_setscheduler(thread, os.SCHED_OTHER, os.sched_param(0))


class Pair:
    """Of evenkeel at 10 ms advertisements, the first node Master."""

    def __init__(self, nodes, virtual_router_id):
        router = VirtualRouter(interval=0.01, virtual_router_id=virtual_router_id,
                               addresses=(f"192.0.2.{virtual_router_id}/32",))
        self.speakers = start_pair("evenkeel", nodes, router)

    def transitions(self):
        """Elections after the first one."""
        return sum(each.became_master() for each in self.speakers) - 1

    def lateness(self):
        answers = [json.loads(each.program.command("vrrp", "--json").stdout) for each in self.speakers]
        return ", ".join(worst(each) for each in answers)


def worst(answer):
    """The worst lateness of a timer, as `evenkeel vrrp --json` says it."""
    (instance,) = answer["instances"]
    return f"{instance['worst_lateness_us'] / 1000:.2f} ms, late {instance['counters']['late']} times"


@pytest.fixture
def real_time_sleeper(request):
    """As late as this machine is to one that has real-time priority and does nothing else. With 26 ms the other node
    takes over whatever we do."""
    beside = Noise(priority=60, too_much=0.020)
    request.node.noise = beside
    yield beside
    beside.stop()


def test_busy_loops_move_who_has_no_real_time_priority(make_segment, real_time_sleeper, is_full):
    """Two pairs beside each other, the same load on both. Some kernels share so well that six loops delay nobody by
    three advertisements: then there are more of them, until the control shows what they do."""
    segment = make_segment("lb1", "lb2", "control1", "control2")
    pair, control = Pair(segment.nodes[:2], 61), Pair(segment.nodes[2:], 62)
    if not all(is_real_time(each) for each in pair.speakers):
        pytest.skip("NO REAL-TIME PRIORITY on this machine: this row is not shown")
    for each in control.speakers:
        take_real_time_away(each)
    time.sleep(1)
    assert [pair.transitions(), control.transitions()] == [0, 0]
    for loops, seconds in ((BUSY_LOOPS, 60 if is_full else 15), *((more, 10) for more in MORE_BUSY_LOOPS)):
        with busy(loops):
            time.sleep(seconds)
            print(f"{loops} busy loops, {seconds} s: {pair.transitions()} transitions with real-time priority, "
                  f"{control.transitions()} without")
        if control.transitions() > 0:
            break
    print(f"lateness of the engines: {pair.lateness()} with real-time priority; {control.lateness()} without")
    print(f"a sleeper with real-time priority was up to {real_time_sleeper.stop().worst * 1000:.2f} ms late")
    assert pair.transitions() == 0
    assert control.transitions() > 0  # or the load would prove nothing
