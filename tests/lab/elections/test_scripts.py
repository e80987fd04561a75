"""An address that follows a script: exit status, deadline, what cannot run, a spawner that dies; keepalived beside it."""

import os
import signal
import time

import pytest
from routers import Speaker, VirtualRouter
from test_tracks import moves

from lablib.host import wait_until

HIGH, LOW = 150, 100
INTERVAL, FALL = 0.5, 2


class Script:
    """A program of one node, which the test replaces."""

    def __init__(self, node):
        folder = os.path.join(node.directory, "script")
        os.makedirs(folder, mode=0o755)
        self.path = os.path.join(folder, "primary")
        self.becomes("exit 0")

    def becomes(self, text):
        """Replaced by rename: no run sees half of it. Returns when (monotonic)."""
        with open(self.path + ".new", "w", encoding="ascii") as file:
            file.write(f"#!/bin/sh\n{text}\n")
        os.chmod(self.path + ".new", 0o755)
        os.rename(self.path + ".new", self.path)
        return time.monotonic()


def toml(script, weight):
    entry = '{ name = "primary"' + (f", weight = {weight}" if weight else "") + " }"
    return f"""track_scripts = [{entry}]
[[script]]
name = "primary"
command = ["{script.path}"]
interval = "{INTERVAL * 1000:.0f}ms"
timeout = "400ms"
fall = {FALL}
"""


def keepalived(script, weight):
    return f"""vrrp_script primary {{
  script "{script.path}"
  interval 1
  timeout 1
  fall {FALL}
  weight {weight}
  user root
}}
"""


def start_pair(kind, nodes, number, weight=-60):
    """Both with a script that passes; the first one is master."""
    scripts = [Script(node) for node in nodes]
    priorities = dict(zip(nodes, (HIGH, LOW)))
    pair = []
    for node, script in zip(nodes, scripts):
        tracked = "  track_script {\n    primary\n  }" if kind == "keepalived" else ""
        router = VirtualRouter(virtual_router_id=number, addresses=(f"192.0.2.{number}/32",),
                               more=toml(script, weight), more_keepalived=tracked)
        speaker = Speaker(kind, node, router, priorities)
        if kind == "keepalived":
            speaker.program.write_config(keepalived(script, weight) + router.keepalived(node, priorities))
        speaker.script = script
        pair.append(speaker)
    pair[0].start().wait_for_master()
    pair[1].start()
    return pair


def track(speaker):
    (found,) = speaker.program.instance()["tracks"]
    return found


def shown(speaker):
    done = speaker.program.command("vrrp")
    return done.stdout, done.returncode


def test_an_address_follows_a_script(make_segment, sleeper):
    segment = make_segment("lb1", "lb2", "ka1", "ka2")
    pairs = {"evenkeel": start_pair("evenkeel", segment.nodes[:2], 61),
             "keepalived": start_pair("keepalived", segment.nodes[2:], 62)}
    ours, other = pairs["evenkeel"]
    wait_until(lambda: track(ours)["state"] == "holds" and track(other)["state"] == "holds")
    time.sleep(3)  # keepalived's have run as well

    failed = {kind: master.script.becomes("echo no primary; exit 3") for kind, (master, _) in pairs.items()}
    taken = moves(pairs, 1, 15)
    for kind in pairs:
        print(f"{kind}: the other one is master {taken[kind] - failed[kind]:.2f} s after its script fails")
    assert taken["evenkeel"] - failed["evenkeel"] <= INTERVAL * FALL + 1 + sleeper.allowance()
    text, code = shown(ours)
    assert "90 = 150 - 60 (script primary: exit status 3: no primary" in text and code == 1, text
    for master, _ in pairs.values():
        master.script.becomes("exit 0")
    moves(pairs, 0, 15)

    # A run that does not end, and leaves a process with a session of its own behind.
    ours.script.becomes("setsid sleep 4321 & sleep 4321")
    wait_until(other.is_master, 10)
    assert track(ours)["reason"] == "did not end in time"
    ours.script.becomes("exit 0")
    wait_until(ours.is_master, 10)
    wait_until(lambda: ours.node.call(["pgrep", "-xf", "sleep 4321"]).returncode == 1, 5)


def test_what_cannot_run_keeps_its_value_and_a_spawner_that_dies_makes_it_stale(segment):
    ours, other = start_pair("evenkeel", segment.nodes, 61)
    wait_until(lambda: track(ours)["state"] == "holds")
    os.unlink(ours.script.path)
    wait_until(lambda: track(ours)["state"] == "cannot_run")
    text, code = shown(ours)
    assert "cannot run: execute: No such file or directory" in text and code == 1, text
    checked = ours.node.call([ours.program.command_line()[0], "--check", "--config", ours.program.config_path])
    assert f'"command": {ours.script.path}: No such file or directory: it cannot run' in checked.stderr + checked.stdout
    assert ours.is_master() and ours.program.instance()["priority"] == HIGH

    ours.script.becomes("sleep 0.35")  # a run is under way most of the time
    wait_until(lambda: track(ours)["state"] == "holds")
    deadline = time.monotonic() + 20
    while track(ours)["state"] != "stale":
        assert time.monotonic() < deadline
        os.kill(ours.program.children()["spawner"], signal.SIGKILL)
        stale = time.monotonic() + 1
        while track(ours)["state"] != "stale" and time.monotonic() < stale:
            time.sleep(0.02)
    assert ours.is_master() and ours.program.instance()["priority"] == HIGH
    wait_until(lambda: track(ours)["state"] == "holds", 15)
    ours.script.becomes("exit 1")
    wait_until(other.is_master, 10)


def test_without_a_weight_a_script_is_a_fault(segment):
    ours, other = start_pair("evenkeel", segment.nodes, 61, weight=None)
    wait_until(lambda: track(ours)["state"] == "holds")
    ours.script.becomes("echo not here >&2; kill -11 $$")
    wait_until(other.is_master, 10)
    wait_until(lambda: ours.program.instance()["state"] == "initialize")
    text, code = shown(ours)
    assert code == 2 and "killed by signal 11: not here" in text, text
    ours.script.becomes("exit 0")
    wait_until(ours.is_master, 10)


def start_groups(nodes, weight):
    """Two virtual routers in a sync group that follows a script; the first node is master of both."""
    priorities = dict(zip(nodes, (HIGH, LOW)))
    pair = []
    for node in nodes:
        script = Script(node)
        inside = VirtualRouter(virtual_router_id=62, name="inside", addresses=("192.0.2.62/32",))
        group = '[[vrrp.sync_group]]\nname = "both"\ninstances = ["web", "inside"]\n'
        router = VirtualRouter(virtual_router_id=61, addresses=("192.0.2.61/32",),
                               more=inside.toml(priorities) + group + toml(script, weight))
        speaker = Speaker("evenkeel", node, router, priorities)
        speaker.script = script
        pair.append(speaker)
    pair[0].start().wait_for_master()
    pair[1].start()
    return pair


def addresses_of(speaker):
    return [each for each in (61, 62) if speaker.node.holds(f"192.0.2.{each}")]


def move_together(loser, winner):
    """Seconds between the two, by the winner's kernel; nobody is left with one of them."""
    seen = {}

    def has_moved():
        held = addresses_of(winner)
        if held:
            seen.setdefault(len(held), time.monotonic())
        return held == [61, 62] and not addresses_of(loser)
    wait_until(has_moved, 15, every=0.005)
    return seen[2] - seen.get(1, seen[2])


@pytest.mark.parametrize("weight", [-60, None], ids=["weight", "fault"])
def test_a_sync_group_follows_a_script(segment, sleeper, weight):
    ours, other = start_groups(segment.nodes, weight)
    wait_until(lambda: addresses_of(ours) == [61, 62])

    def tracks(speaker):
        """Of each instance: the state of the group's track."""
        return [[track["state"] for track in each["tracks"] if track["of_group"]]
                for each in speaker.program.status()["instances"]]
    wait_until(lambda: tracks(ours) == [["holds"]] * 2 and tracks(other) == [["holds"]] * 2)

    failed = ours.script.becomes("exit 1")
    apart = move_together(ours, other)
    print(f"both have moved {time.monotonic() - failed:.2f} s after the script fails, {apart * 1000:.0f} ms apart")
    assert apart <= 0.3 + sleeper.allowance()
    instances = ours.program.status()["instances"]
    if weight:
        assert [(each["state"], each["priority"]) for each in instances] == [("backup", HIGH + weight)] * 2
    else:
        assert [(each["state"], each["reason"]) for each in instances] == [("initialize", "track_failed")] * 2
    text, code = shown(ours)
    assert text.count("script primary") >= 2 and code == (1 if weight else 2), text

    passed = ours.script.becomes("exit 0")
    apart = move_together(other, ours)
    print(f"both are back {time.monotonic() - passed:.2f} s after it passes, {apart * 1000:.0f} ms apart")
    assert apart <= 0.3 + sleeper.allowance()
    assert tracks(ours) == [["holds"]] * 2
