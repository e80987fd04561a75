"""Processes of a pair's nodes killed under 300 new connections a second."""

import signal
import time

import pytest

from lablib import Drill, wait_until

RESUME_WITHIN = 2.5  # advertisement intervals since the last advertisement
TOO_LATE = 2.55  # seconds; with the time of a start still sooner than the lease ends, and the peer takes over
START_TAKES = 0.05  # seconds from that decision to the first word
RELEASE_LIMIT = 1.0  # seconds from `release` until one node only has the address


@pytest.mark.parametrize("interval", [1.0, 0.1])
def test_vrrp_killed(make_pair, noise, interval):
    """Its successor resumes, and nothing moves. Where a machine has taken longer to start a program than the resume may take
    (an emulated one, with 100 ms), the peer takes over and gives back; the elections' test_killed shows the rest."""
    pair = make_pair(interval=interval)
    pair.wait_until_ready()
    drill = Drill(pair, noise)
    since = time.monotonic()
    killed, moment = pair.lb1.kill(signal.SIGKILL, "vrrp")
    drill.event(moment)
    wait_until(lambda: pair.lb1.children().get("vrrp") not in (None, killed))
    # What would go wrong, goes wrong when the peer misses the master, or the lease ends.
    time.sleep(max(pair.down_interval(), pair.lease()) + 0.5 - (time.monotonic() - moment))
    words = [word[0] for word in pair.advertised("lb1", moment - 2 * interval)]
    silence = min(at for at in words if at > moment) - max(at for at in words if at <= moment)
    has_resumed = bool(pair.lb1.log_lines("entering MASTER state: resumed"))
    print(f"silent for {silence:.3f} s; {'resumed' if has_resumed else 'not resumed'}")
    assert has_resumed or silence > RESUME_WITHIN * interval - START_TAKES, pair.lb1.log
    if has_resumed:
        assert pair.changes(since) == 0, pair.lb1.log
        assert pair.advertised("lb2", since) == []
    else:
        assert pair.changes(since) == 4  # to lb2 and back
    assert pair.owners() == ["lb1"]
    drill.end_without_failure()


def test_vrrp_killed_and_the_next_one_too_late(make_pair, noise):
    """Main is stopped meanwhile. The next one hands over as planned, and takes back: no request fails."""
    pair = make_pair()
    pair.wait_until_ready()
    drill = Drill(pair, noise)
    since = time.monotonic()
    wait_until(lambda: pair.advertised("lb1", since))
    time.sleep(0.3)
    pair.lb1.kill(signal.SIGSTOP, "main")
    pair.lb1.kill(signal.SIGKILL, "vrrp")
    last = pair.advertised("lb1", since)[-1][0]
    time.sleep(max(0, last + TOO_LATE - time.monotonic()))
    pair.lb1.kill(signal.SIGCONT, "main")
    drill.event(pair.wait_for_owner("lb2"))
    assert pair.lb1.log_lines("too late to resume, leaving until a new master is heard"), pair.lb1.log
    drill.event(pair.wait_for_owner("lb1"))
    drill.end_without_failure()


def test_main_killed_with_a_peer(make_pair, noise):
    """vrrp leaves as planned: one hand-over, and one back when the daemon is started again."""
    pair = make_pair()
    pair.wait_until_ready()
    drill = Drill(pair, noise, takes=0.1)
    since = time.monotonic()
    pair.lb1.kill(signal.SIGKILL, "main")
    drill.event(pair.wait_for_owner("lb2"))
    time.sleep(1)
    assert pair.changes(since) == 2  # it came to lb2, and left lb1
    pair.lb1.start()
    drill.event(pair.wait_for_owner("lb1"))
    assert pair.changes(since) == 4
    drill.end_without_failure()


def test_all_killed_then_released(make_pair, noise):
    """As the unit does it: `evenkeeld release` when the daemon is gone."""
    pair = make_pair()
    pair.wait_until_ready()
    drill = Drill(pair, noise)
    asked = time.monotonic()
    pair.lb1.version()
    start_takes = time.monotonic() - asked
    pair.lb1.kill_all()
    pair.lb1.wait()
    asked = time.monotonic()
    released = pair.lb1.release()
    assert released.returncode == 0, released.stderr
    took = pair.wait_for_owner("lb2") - asked
    print(f"one node only {took:.2f} s after the word; a program starts in {start_takes:.2f} s here\n{released.stderr}")
    drill.event(asked + took)
    assert pair.owners() == ["lb2"]
    pair.lb1.start()
    drill.event(pair.wait_for_owner("lb1"))
    drill.end_without_failure()
    assert took <= RELEASE_LIMIT + start_takes + noise.allowance()
