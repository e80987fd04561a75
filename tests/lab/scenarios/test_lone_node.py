"""A node without a peer, its daemon stopped or killed and started again under load: nothing moves."""

import signal
import time

from lablib import Drill

AWAY = 3.0  # seconds; up to 10 are promised


def test_lone_node_is_restarted(make_pair, noise):
    pair = make_pair(nodes=("lb1",))
    pair.wait_until_ready()
    drill = Drill(pair, noise, takes=0.1)
    since = time.monotonic()

    assert pair.lb1.stop() == 0
    drill.event(time.monotonic())
    time.sleep(AWAY - 1)
    pair.lb1.start()
    drill.event(time.monotonic())
    assert pair.lb1.instance()["state"] == "master", pair.lb1.log
    assert pair.lb1.log_lines("entering MASTER state: resumed")

    pair.lb1.kill(signal.SIGKILL, "main")
    drill.event(time.monotonic())
    time.sleep(AWAY - 1)
    pair.lb1.start()
    drill.event(time.monotonic())
    time.sleep(pair.lease())
    assert pair.lb1.instance()["state"] == "master", pair.lb1.log
    assert pair.changes(since) == 0 and pair.owners() == ["lb1"]
    drill.end_without_failure()
