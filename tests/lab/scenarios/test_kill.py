"""Each process killed or stopped under 300 new connections a second: the clients notice nothing."""

import signal
import time

from lablib import VIRTUAL, wait_until
from lablib.config import virtual_service
from lablib.watch import TableWatch

WEB = "tcp 192.0.2.10:80"
CHECK = '{ type = "tcp", interval = "200ms", timeout = "100ms" }'
PING, PING_LIMIT, RESPAWN = 1, 3, 0.1  # of the checks process, seconds: daemon/process/supervisor.h


def start(lab):
    """rs1 and rs2 in use, rs3 known to be down."""
    for server in lab.real_servers[:2]:
        server.start_nginx(80)
    evenkeel = lab.lb1.start_evenkeel(virtual_service(lab.real_servers, check=CHECK), respawn=True)
    wait_until(lambda: evenkeel.status()["ready"])
    wait_until(lambda: set(lab.lb1.weights(WEB)) == {"192.0.2.21:80", "192.0.2.22:80"})
    return evenkeel


def is_checking_again(evenkeel, not_pid):
    """A new checks process runs and its outcomes arrive."""
    status = evenkeel.status()
    running = [process for process in status["processes"]
               if process["role"] == "checks" and process["state"] == "running" and process["pid"] != not_pid]
    before = status["counters"]["check_outcomes"]
    return running and wait_until(lambda: evenkeel.status()["counters"]["check_outcomes"] > before)


def judge(lab, load, watch):
    """Nothing failed, nothing left the table, and the dead server was not put back."""
    assert watch.always_held() == {"192.0.2.21:80", "192.0.2.22:80"}
    assert watch.ever_held() == {"192.0.2.21:80", "192.0.2.22:80"}
    result = load.result()
    assert result.failed == 0, result


def test_checks_killed(lab, noise):
    evenkeel = start(lab)
    watch = TableWatch(lab.lb1, WEB)
    load = lab.client.start_load(VIRTUAL[4], rate=300, seconds=5)
    time.sleep(1)
    killed, _ = evenkeel.kill(signal.SIGKILL, "checks")
    wait_until(lambda: is_checking_again(evenkeel, killed))
    judge(lab, load, watch)
    assert evenkeel.log_lines("checks")


def test_main_killed_and_started_again_at_once(lab, noise):
    evenkeel = start(lab)
    checks = evenkeel.children()["checks"]
    watch = TableWatch(lab.lb1, WEB)
    load = lab.client.start_load(VIRTUAL[4], rate=300, seconds=6)
    time.sleep(1)
    evenkeel.forget_notices()
    killed, _ = evenkeel.kill(signal.SIGKILL)
    wait_until(lambda: evenkeel.pid != killed)
    evenkeel.wait_for_notice("READY=1")
    wait_until(lambda: evenkeel.status()["ready"])
    assert evenkeel.real_server("rs3")["health"] == "down"
    wait_until(lambda: checks not in map(int, evenkeel.host.run("pgrep evenkeel || true").split()))  # the orphan left
    assert is_checking_again(evenkeel, checks)
    judge(lab, load, watch)


def test_checks_stopped(lab, noise):
    """Alive but silent: found by its pings, killed, replaced."""
    evenkeel = start(lab)
    watch = TableWatch(lab.lb1, WEB)
    load = lab.client.start_load(VIRTUAL[4], rate=300, seconds=9)
    time.sleep(1)
    stopped, moment = evenkeel.kill(signal.SIGSTOP, "checks")
    wait_until(lambda: evenkeel.children().get("checks") not in (None, stopped), seconds=20)
    took = time.monotonic() - moment
    # The last ping before it may have been answered just now, and the limit is counted in pings.
    assert took <= PING + PING_LIMIT + RESPAWN + 0.5 + noise.allowance(), f"replaced after {took:.2f} s"
    assert is_checking_again(evenkeel, stopped)
    judge(lab, load, watch)
