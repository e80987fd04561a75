"""500 tracked scripts, each once a second: how many runs that makes and what they cost, beside an election at 100 ms that is
not to notice; then keepalived with the same."""

import contextlib
import json
import os
import time

import pytest
from routers import Speaker, VirtualRouter

from lablib.binaries import binary
from lablib.host import wait_until
from lablib.keepalived import Keepalived

pytestmark = pytest.mark.whole_machine

INSTANCES, SCRIPTS = 10, 500  # an instance follows at most 64 things
HIGH, LOW = 150, 100


class Routers:
    """Ten, each of which follows fifty scripts; or none where there is no program."""

    def __init__(self, number, program="", counter=""):
        names = [f"s{each}" for each in range(SCRIPTS)] if program else []
        followed = [names[each::INSTANCES] for each in range(INSTANCES)]
        self.command = f"{program} {counter}"
        self.names = names
        self.routers = [
            VirtualRouter(name=f"web{each}", interval=0.1, virtual_router_id=number + each,
                          addresses=(f"192.0.2.{number + each}/32",),
                          more="track_scripts = [" + ", ".join(f'{{ name = "{name}", weight = -1 }}' for name in mine) + "]",
                          more_keepalived="".join(["  track_script {\n", *(f"    {name}\n" for name in mine), "  }"])
                          if mine else "")
            for each, mine in enumerate(followed)]
        self.address = self.routers[0].address

    def toml(self, priorities):
        program, counter = self.command.split(" ")
        return "".join([*(each.toml(priorities) for each in self.routers),
                        *(f'[[script]]\nname = "{name}"\ncommand = ["{program}", "{counter}", "{name}"]\n'
                          'interval = "1s"\ntimeout = "900ms"\n' for name in self.names)])

    def keepalived(self, node, priorities):
        return "".join([*(f'vrrp_script {name} {{\n  script "{self.command} {name}"\n  interval 1\n  timeout 1\n'
                          "  weight -1\n  user root\n}\n" for name in self.names),
                        *(each.keepalived(node, priorities) for each in self.routers)])


def start_pair(kind, nodes, number):
    """The first one, with the scripts, is Master; the other one has none."""
    counter = os.path.join(nodes[0].directory, "runs")
    with open(counter, "w", encoding="ascii"):
        os.chmod(counter, 0o666)
    priorities = dict(zip(nodes, (HIGH, LOW)))
    first = Speaker(kind, nodes[0], Routers(number, binary("bench_nothing"), counter), priorities)
    if kind == "keepalived":
        # It begins all scripts at once, which takes longer than its limit of real-time CPU allows: it would be killed.
        first.program = Keepalived(nodes[0], first.router.keepalived(nodes[0], priorities), is_real_time=False)
    first.start().wait_for_master()
    second = Speaker(kind, nodes[1], Routers(number), priorities)
    second.start()
    return (first, second), counter


def cpu(pids):
    """Seconds that they have been on a CPU; not what their children were."""
    total = 0
    for pid in pids:
        with contextlib.suppress(FileNotFoundError), open(f"/proc/{pid}/schedstat", encoding="ascii") as file:
            total += int(file.read().split()[0]) / 1e9
    return total


def memory(pids):
    """Proportional, in MB."""
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
            total += next(int(line.split()[1]) for line in file if line.startswith("Pss:")) / 1024
    return total


def measure(pair, counter, who, seconds):
    """`who`: {name: pids}. Says it, and returns the number of runs."""
    wait_until(lambda: os.stat(counter).st_size > 2 * SCRIPTS, 30)
    elections = sum(each.became_master() for each in pair)
    before = {name: cpu(pids) for name, pids in who.items()}
    runs, began = os.stat(counter).st_size, time.monotonic()
    time.sleep(seconds)
    runs, lasted = os.stat(counter).st_size - runs, time.monotonic() - began
    print(f"{pair[0].kind}: {runs / lasted:.0f} runs/s of {SCRIPTS}; " + ", ".join(
        f"{name}: {(cpu(pids) - before[name]) / runs * 1e6:.0f} us of CPU a run, {memory(pids):.1f} MB"
        for name, pids in who.items()))
    elections = sum(each.became_master() for each in pair) - elections
    print(f"{pair[0].kind}: {elections} elections meanwhile")
    return runs, elections


def test_elections_do_not_notice_500_scripts(make_segment, is_full):
    seconds = 60 if is_full else 10
    segment = make_segment("lb1", "lb2", "ka1", "ka2")
    load = os.getloadavg()[0]
    print(f"load of the machine before: {load:.1f} on {os.cpu_count()} CPUs")
    pair, counter = start_pair("evenkeel", segment.nodes[:2], 61)
    children = pair[0].program.children()
    runs, elections = measure(pair, counter, {"spawner": [children["spawner"]], "main": [pair[0].program.pid]}, seconds)
    instances = json.loads(pair[0].program.command("vrrp", "--json").stdout)["instances"]
    late = max(each["worst_lateness_us"] for each in instances)
    print(f"evenkeel: a timer of the elections was up to {late / 1000:.2f} ms late")
    assert {track["state"] for each in instances for track in each["tracks"]} == {"holds"}
    assert elections == 0 and pair[0].is_master()
    for each in pair:
        each.stop()

    other, counter = start_pair("keepalived", segment.nodes[2:], 62)
    others, _ = measure(other, counter, {"all of it": other[0].pids()}, seconds)
    print(f"runs of evenkeel / runs of keepalived: {runs / others:.2f}")
