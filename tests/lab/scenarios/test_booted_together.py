"""Nodes that start with nothing: who is elected has servers to send to."""


from lablib import VIRTUAL, Drill
from lablib.pair import SEEING
from lablib.watch import TableWatch

WEB = "tcp 192.0.2.10:80"
SLOW_CHECK = '{ type = "tcp", interval = "30s", timeout = "1s" }'


def test_booted_together_with_slow_checks(make_pair, noise):
    """Checks every 30 s: the first round is over before the election is, so that nobody is elected with an empty pool."""
    pair = make_pair(check=SLOW_CHECK)
    tables = {name: TableWatch(pair.lab.host(name), WEB) for name in ("lb1", "lb2")}
    pair.wait_for_owner("lb1", 20)
    held = {name: watch.stop() for name, watch in tables.items()}
    elected, _ = pair.watches["lb1"].spans(VIRTUAL[4])[0]
    pool = [weights for when, weights in held["lb1"] if when <= elected + SEEING][-1]
    assert len(pool) == 3, f"elected with {pool}"


def test_rebooted_node_does_not_preempt_with_an_empty_pool(make_pair, noise):
    """It forgot everything, and the election is faster than its first round of checks."""
    pair = make_pair(interval=0.1)
    pair.wait_until_ready()
    assert pair.lb1.stop() == 0
    pair.wait_for_owner("lb2")
    pair.lab.lb1.ipvsadm("-C")
    drill = Drill(pair, noise)
    table = TableWatch(pair.lab.lb1, WEB)
    pair.lb1.start()
    drill.event(pair.wait_for_owner("lb1"))
    elected, _ = pair.watches["lb1"].spans(VIRTUAL[4])[-1]
    pool = [weights for when, weights in table.stop() if when <= elected + SEEING][-1]
    assert len(pool) == 3, f"elected with {pool}"
    drill.end_without_failure()
