"""Nodes that start with nothing: who is elected has servers to send to. And what they run beside an election at 100 ms."""

import os
import time

from lablib import VIRTUAL, Drill
from lablib.binaries import binary
from lablib.host import wait_until
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


def test_elections_do_not_notice_ten_scripts(make_pair, noise):
    """Each on both nodes, once a second; the program is the one of which 500 run natively."""
    counter = "/run/evenkeel-lab-scratch/runs"
    with open(counter, "w", encoding="ascii"):
        os.chmod(counter, 0o666)
    names = [f"s{each}" for each in range(10)]
    scripts = "".join(f'[[script]]\nname = "{name}"\ncommand = ["{binary("bench_nothing")}", "{counter}", "{name}"]\n'
                      'interval = "1s"\ntimeout = "900ms"\n' for name in names)
    tracks = "[" + ", ".join(f'{{ name = "{name}", weight = -20 }}' for name in names) + "]"
    pair = make_pair(interval=0.1, instance_keys={"track_scripts": tracks}, more=scripts)
    pair.wait_until_ready()
    for node in pair.nodes.values():
        wait_until(lambda node=node: {track["state"] for track in node.instance()["tracks"]} == {"holds"}, 20)
    since, before = time.monotonic(), os.stat(counter).st_size
    time.sleep(5)
    runs, lasted = os.stat(counter).st_size - before, time.monotonic() - since
    late = max(node.instance()["worst_lateness_us"] for node in pair.nodes.values())
    print(f"{runs / lasted:.1f} runs/s of 20; a timer of the elections was up to {late / 1000:.2f} ms late since the start")
    assert pair.owners() == ["lb1"] and pair.changes(since) == 0
    assert runs >= 0.6 * 20 * 5, "they are not run in time"
    assert {track["state"] for node in pair.nodes.values() for track in node.instance()["tracks"]} == {"holds"}
