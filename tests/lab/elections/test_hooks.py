"""Hooks: the operator's programs are told of each state, in order and the last one in any case."""

import json
import os
import signal
import time

from routers import Speaker, VirtualRouter

from lablib.host import wait_until

HIGH, LOW = 200, 100

# What it was told, a line a run; then what the test wants it to do.
HOOK = """#!/bin/sh
echo "$1 $EVENKEEL_PREVIOUS_STATE>$EVENKEEL_STATE $EVENKEEL_REASON" >>{told}
[ ! -e {folder}/act ] || . {folder}/act
echo "$EVENKEEL_STATE $EVENKEEL_REASON" >>{done}
"""


class Hook:
    """A program on a node, which notes what it is told."""

    def __init__(self, node):
        self.folder = os.path.join(node.directory, "hook")
        os.makedirs(self.folder, mode=0o755)
        self.path = os.path.join(self.folder, "notify")
        self._told, self._done = (os.path.join(self.folder, name) for name in ("told", "done"))
        with open(self.path, "w", encoding="ascii") as file:
            file.write(HOOK.format(told=self._told, done=self._done, folder=self.folder))
        os.chmod(self.path, 0o755)

    def while_master(self):
        return f'while_master = {{ command = ["{self.path}", "while_master"], interval = "1s" }}'

    def toml(self, timeout="5s"):
        keys = ("on_master", "on_backup", "on_fault", "on_stop")
        return "\n".join([*(f'{key} = ["{self.path}", "{key}"]' for key in keys), 'hook_user = "root"',
                          f'hook_timeout = "{timeout}"'])

    def act(self, script):
        """The lines that further runs execute as well; "" = none."""
        path = os.path.join(self.folder, "act")
        with open(path + ".new", "w", encoding="ascii") as file:
            file.write(script + "\n")
        os.rename(path + ".new", path)

    def told(self):
        """Of each run that has begun: "on_master BACKUP>MASTER started"."""
        return self._lines(self._told)

    def done(self):
        """Of each that has ended by itself: "MASTER started"."""
        return self._lines(self._done)

    def wait_for(self, *lines, seconds=10):
        """Until what was told ends in these lines."""
        try:
            wait_until(lambda: self.told()[-len(lines):] == list(lines), seconds)
        except AssertionError:
            raise AssertionError(f"told: {self.told()}; not {lines}") from None

    @staticmethod
    def _lines(path):
        if not os.path.exists(path):
            return []
        with open(path, encoding="ascii") as file:
            return file.read().splitlines()


def pair(segment, interval=0.2, more=None, timeout="5s"):
    """(speaker, peer, hook of the speaker's node); `more`: lines for that instance, from its hook"""
    lb1, lb2 = segment.nodes
    hook = Hook(lb1)
    priorities = {lb1: HIGH, lb2: LOW}
    keys = hook.toml(timeout) + ("\n" + more(hook) if more else "")
    speaker = Speaker("evenkeel", lb1, VirtualRouter(interval=interval, more=keys), priorities)
    peer = Speaker("evenkeel", lb2, VirtualRouter(interval=interval), priorities)
    return speaker, peer, hook


def shown(speaker):
    """The hooks of `evenkeel vrrp --json`, and its exit status."""
    result = speaker.program.command("vrrp", "--json")
    return json.loads(result.stdout)["instances"][0]["hooks"], result.returncode


def logged(speaker, *parts):
    """The lines about runs of on_master that have all the parts."""
    lines = speaker.program.log_lines("instance web: hook on_master, ")
    return [line for line in lines if all(part in line for part in parts)]


def test_each_state_is_told(segment):
    speaker, peer, hook = pair(segment, interval=1.0)  # a new process may take half a second to resume
    peer.start().wait_for_master()
    speaker.start()
    hook.wait_for("on_backup >BACKUP started", "on_master BACKUP>MASTER preempting")
    segment.unplug(segment.nodes[0])
    hook.wait_for("on_fault MASTER>INITIALIZE interface_down")
    segment.mend(segment.nodes[0])
    wait_until(lambda: hook.told()[-1].startswith("on_master BACKUP>MASTER "))  # it preempts, or the peer was not heard
    assert hook.told()[-2] == "on_backup INITIALIZE>BACKUP started"
    assert speaker.program.command("reload").returncode == 0
    hook.wait_for("on_master MASTER>MASTER reloaded")
    os.kill(speaker.program.children()["vrrp"], signal.SIGKILL)
    hook.wait_for("on_master MASTER>MASTER resumed")
    assert speaker.is_master()
    last, code = shown(speaker)
    assert code == 0 and not last[0]["failed"] and last[0]["hook"] == "on_master", last
    speaker.stop()
    hook.wait_for("on_stop MASTER>INITIALIZE stopped", seconds=1)
    assert peer.is_master()


def test_a_hook_that_sleeps_is_told_the_last_state(segment):
    """The election does not notice it, the order is kept, and those that are too many are counted."""
    speaker, peer, hook = pair(segment)
    hook.act("sleep 4")
    peer.start().wait_for_master()
    speaker.start()
    wait_until(speaker.is_master, 5)
    for _ in range(9):
        segment.unplug(segment.nodes[0])
        wait_until(peer.is_master, 3)
        segment.mend(segment.nodes[0])
        wait_until(speaker.is_master, 5)
    hook.act("")
    wait_until(lambda: hook.told()[-1].endswith(">MASTER preempting") and len(hook.done()) == len(hook.told()), 10)
    time.sleep(0.5)
    states = [line.split()[1] for line in hook.told()]
    assert hook.told()[-1].endswith(">MASTER preempting")
    for before, after in zip(states, states[1:]):
        assert before.partition(">")[2] == after.partition(">")[0], "what is told before is the state before"
    dropped = shown(speaker)[0][-1]["dropped"]
    print(f"{len(states)} told, {dropped} dropped")
    assert dropped > 0 and dropped % 16 == 0 and len(states) < 20, hook.told()


def test_what_is_cut_off_is_shown_and_told_anew(segment):
    speaker, peer, hook = pair(segment)
    peer.start().wait_for_master()
    speaker.start()
    hook.wait_for("on_backup >BACKUP started", "on_master BACKUP>MASTER preempting")
    hook.act("sleep 1235")
    assert speaker.program.command("reload").returncode == 0
    hook.wait_for("on_master MASTER>MASTER reloaded")
    os.kill(speaker.program.children()["spawner"], signal.SIGKILL)
    hook.act("")
    hook.wait_for("on_master MASTER>MASTER resumed")
    assert logged(speaker, "cut off when the spawner died")
    wait_until(lambda: segment.nodes[0].call(["pgrep", "-xf", "sleep 1235"]).returncode == 1, 5)
    assert "MASTER reloaded" not in hook.done(), "it was not ended with the spawner"
    wait_until(lambda: not shown(speaker)[0][-1]["failed"])
    # Main is killed: the run is cut off, and the next main says so until it has told the state.
    hook.act("sleep 1236")
    assert speaker.program.command("reload").returncode == 0
    hook.wait_for("on_master MASTER>MASTER reloaded")
    speaker.program.kill()
    speaker.program.wait()
    wait_until(lambda: not speaker.is_master(), 10)
    wait_until(lambda: segment.nodes[0].call(["pgrep", "-xf", "sleep 1236"]).returncode == 1, 5)
    told = len(hook.told())
    speaker.program.start()
    wait_until(lambda: len(hook.told()) > told, 15)
    runs, code = shown(speaker)
    assert code != 0 and runs[-1]["failed"] and runs[-1]["result"] == "cut off when evenkeeld ended", runs
    assert "cut off when evenkeeld ended, " in speaker.program.command("vrrp").stdout
    assert logged(speaker, "cut off when evenkeeld ended, begun 2")
    hook.act("")  # what sleeps ends at its limit of 5 s
    wait_until(lambda: hook.told()[-1].startswith("on_master ") and not shown(speaker)[0][-1]["failed"], 15)


def test_what_runs_while_it_is_master(segment):
    speaker, peer, hook = pair(segment, more=Hook.while_master)
    peer.start().wait_for_master()
    speaker.start()
    again = "while_master MASTER>MASTER while_master"
    hook.wait_for("on_backup >BACKUP started", "on_master BACKUP>MASTER preempting", again, again)
    hook.act("[ $1 != while_master ] || { echo moved away; exit 3; }")
    wait_until(lambda: shown(speaker)[1] == 1)
    (last,) = [each for each in shown(speaker)[0] if each["failed"]]
    assert last["hook"] == "while_master" and last["last_line"] == "moved away", last
    wait_until(lambda: hook.told().count(again) > 5, 6)
    assert len(speaker.program.log_lines("instance web: hook while_master, ")) == 1, "one line, not one a run"
    assert speaker.is_master()
    # One that hangs is ended by the next state, and does not delay it until its own limit of 5 s.
    hook.act("[ $1 != while_master ] || sleep 1237")
    wait_until(lambda: segment.nodes[0].call(["pgrep", "-xf", "sleep 1237"]).returncode == 0, 3)
    segment.unplug(segment.nodes[0])
    hook.wait_for("on_fault MASTER>INITIALIZE interface_down", seconds=2)
    assert len(speaker.program.log_lines("instance web: hook while_master, ")) >= 2
    assert speaker.program.log_lines("instance web: hook while_master, ")[-1].count("ended for the next state") == 1
    time.sleep(2.5)
    assert hook.told()[-1].startswith("on_fault"), "it runs without being master"


def test_a_flood_of_output_costs_no_memory_and_no_election(segment):
    """1 GB, half of it to stderr, while the election runs at 100 ms."""
    speaker, peer, hook = pair(segment, interval=0.1, timeout="30s")
    peer.start().wait_for_master()
    speaker.start()
    hook.wait_for("on_backup >BACKUP started", "on_master BACKUP>MASTER preempting")
    processes = {"spawner": speaker.program.children()["spawner"], "main": speaker.program.pid}
    hook.act("half='head -c 500000000 /dev/zero'; $half & $half >&2; wait; echo; echo the last line")
    elections, before = speaker.became_master() + peer.became_master(), memory(processes)
    read = octets_read(processes["spawner"])
    began = time.monotonic()
    assert speaker.program.command("reload").returncode == 0
    most = before
    while shown(speaker)[0][-1]["last_line"] != "the last line":
        most = {name: max(most[name], size) for name, size in memory(processes).items()}
        assert time.monotonic() < began + 30, shown(speaker)
    late = speaker.program.instance()["worst_lateness_us"]
    print(f"1 GB in {time.monotonic() - began:.1f} s; a timer of the election up to {late / 1000:.2f} ms late; PSS in MB: " +
          ", ".join(f"{name} {before[name]:.2f}, at most {most[name]:.2f}" for name in processes))
    assert octets_read(processes["spawner"]) - read > 1_000_000_000
    assert shown(speaker)[1] == 0 and speaker.is_master()
    assert speaker.became_master() + peer.became_master() == elections
    assert all(most[name] < before[name] + 1 for name in processes), "it keeps what it has read"


def octets_read(pid):
    with open(f"/proc/{pid}/io", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("rchar:"))


def memory(processes):
    """{name: MB}, proportional, of {name: pid}."""
    result = {}
    for name, pid in processes.items():
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
            result[name] = next(int(line.split()[1]) for line in file if line.startswith("Pss:")) / 1024
    return result


def test_what_fails_is_shown(segment):
    speaker, peer, hook = pair(segment)
    hook.act("echo no route; exit 3")
    peer.start().wait_for_master()
    speaker.start()
    hook.wait_for("on_backup >BACKUP started", "on_master BACKUP>MASTER preempting")
    wait_until(lambda: logged(speaker, "exit status 3 after ", ": no route"))
    (last,), code = shown(speaker)
    assert code == 1 and last["failed"] and last["result"] == "exit status 3" and last["last_line"] == "no route", last
    assert "hook failed" in speaker.program.command("status").stdout
    text = speaker.program.command("vrrp").stdout
    assert f"{hook.path}: exit status 3, " in text and " ago: no route" in text, text
    # One that hangs, ignores SIGTERM, and has begun a session of its own.
    hook.act("trap '' TERM; setsid sleep 1234 & sleep 1234")
    assert speaker.program.command("reload").returncode == 0
    wait_until(lambda: logged(speaker, "did not end in time"), 12)
    wait_until(lambda: segment.nodes[0].call(["pgrep", "-xf", "sleep 1234"]).returncode == 1, 5)
    hook.act("echo done")
    assert speaker.program.command("reload").returncode == 0
    wait_until(lambda: shown(speaker)[0][-1]["last_line"] == "done")
    assert shown(speaker)[1] == 0
    # One that has no run bit, then is gone.
    os.chmod(hook.path, 0o644)
    assert speaker.program.command("reload").returncode == 0
    wait_until(lambda: shown(speaker)[0][-1]["result"].endswith("Permission denied"))
    os.unlink(hook.path)
    assert speaker.program.command("reload").returncode == 0
    wait_until(lambda: shown(speaker)[0][-1]["result"] == "cannot run: execute: No such file or directory")
    assert speaker.is_master()
