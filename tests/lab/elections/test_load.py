"""Every CPU is busy: who has real-time priority does not notice; who has it not, does."""

import contextlib
import json
import os
import subprocess
import sys
import time

import pytest
from routers import VirtualRouter, start_pair

from lablib.noise import Noise

BUSY_LOOPS = 3 * (os.cpu_count() or 1)  # six on two CPUs


@contextlib.contextmanager
def busy(loops):
    """That many processes that never sleep."""
    hogs = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(loops)]
    try:
        yield
    finally:
        for hog in hogs:
            hog.kill()
        for hog in hogs:
            hog.wait()


def threads(speaker):
    """Those of the process that speaks VRRP: [(name, id), ...]."""
    pid = speaker.program.children()["vrrp"]
    found = []
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/comm", encoding="utf-8") as file:
            found.append((file.read().strip(), int(thread)))
    return found


def take_real_time_away(speaker):
    for _, thread in threads(speaker):
        os.sched_setscheduler(thread, os.SCHED_OTHER, os.sched_param(0))


def transitions_under_load(segment, seconds, is_real_time):
    """Of a pair at 10 ms advertisements: elections after the first one."""
    router = VirtualRouter(interval=0.01)
    pair = start_pair("evenkeel", segment.nodes, router)
    time.sleep(1)
    assert [each.became_master() for each in pair] == [1, 0]
    for each in pair:
        engines = [thread for name, thread in threads(each) if name == "evenkeel-engine"]
        assert len(engines) == 1
        if is_real_time:
            policy = os.sched_getscheduler(engines[0]) & ~os.SCHED_RESET_ON_FORK
            if policy != os.SCHED_RR:
                pytest.skip("NO REAL-TIME PRIORITY on this machine: this row is not shown")
        else:
            take_real_time_away(each)
    with busy(BUSY_LOOPS):
        time.sleep(seconds)
        count = sum(each.became_master() for each in pair) - 1
    lateness = [json.loads(each.program.command("vrrp", "--json").stdout) for each in pair]
    print(f"{'real time' if is_real_time else 'control, no real time'}: {count} transitions in {seconds} s beside "
          f"{BUSY_LOOPS} busy loops; lateness of the two engines: {[worst(each) for each in lateness]}")
    return count


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


def test_busy_loops_move_nothing(make_segment, real_time_sleeper, is_full):
    seconds = 60 if is_full else 15
    count = transitions_under_load(make_segment(), seconds, is_real_time=True)
    print(f"a sleeper with real-time priority was up to {real_time_sleeper.stop() * 1000:.2f} ms late")
    assert count == 0


def test_without_real_time_priority_the_same_load_moves_something(make_segment, is_full):
    """The control: otherwise the load would prove nothing."""
    count = transitions_under_load(make_segment(), 60 if is_full else 15, is_real_time=False)
    if count == 0 and not is_full:
        pytest.skip("THE CONTROL HAS SHOWN NOTHING in 15 s: this run of the row beside it proves little")
    assert count > 0
