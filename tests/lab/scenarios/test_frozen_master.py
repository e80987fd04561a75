"""Every process of the master stopped (SIGSTOP): the kernel takes the address away, and the late one does not disturb."""

import signal
import time

import pytest

from lablib import Drill

LEASE_LATE = 1.0  # seconds that the kernel may take longer
TAKING_OVER = 0.05  # seconds from the end of the down interval until the address is there


@pytest.mark.parametrize("interval", [1.0, 0.1])
def test_master_frozen_and_continued(make_pair, noise, interval):
    pair = make_pair(interval=interval)
    pair.wait_until_ready()
    drill = Drill(pair, noise)
    frozen = pair.lb1.kill_all(signal.SIGSTOP)
    last_advertisement = pair.advertised("lb1")[-1][0]

    taken = pair.wait_for("lb2", pair.down_interval() + 5)
    alone = pair.wait_for_owner("lb2", pair.lease() + 5)
    print(f"lb2 took over {taken - last_advertisement:.2f} s after lb1's last advertisement; lb1's address went "
          f"{alone - frozen:.2f} s after it was frozen; both held it for {pair.both_held(frozen):.2f} s")
    drill.event(alone)

    log_before = pair.lb1.log.splitlines()
    continued = pair.lb1.kill_all(signal.SIGCONT)
    back = pair.wait_for_owner("lb1", 20)
    drill.event(back)
    print(f"continued; lb1 is Master again {back - continued:.2f} s later; both said so for "
          f"{pair.two_masters(frozen):.3f} s")
    late = [line for line in pair.lb1.log.splitlines() if line not in log_before and "late by up to" in line]
    assert late, pair.lb1.log
    print(late[-1])
    drill.end_without_failure()
    assert taken - last_advertisement <= pair.down_interval() + TAKING_OVER + noise.allowance()
    assert alone - frozen <= pair.lease() + LEASE_LATE + noise.allowance()
    assert pair.two_masters(frozen) <= interval + noise.allowance()
