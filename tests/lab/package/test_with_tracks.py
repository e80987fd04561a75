"""An address that follows units of the package's systemd. After test_unit.py, which leaves nothing."""

import json
import re

import pytest

from lablib.host import wait_until
from node import CONFIG, MASTER_SOON, ROUTER

HIGH, WEIGHT = 150, -60
PLAIN, TEMPLATE, RESTARTS = "tracked.service", "tracked@1.service", "restarts.service"
UNITS = {PLAIN: "ExecStart=/bin/sleep infinity", "tracked@.service": "ExecStart=/bin/sleep infinity",
         RESTARTS: "ExecStart=/bin/sleep infinity\nRestart=always\nRestartSec=2s"}


def config(*tracks, more=""):
    entries = ", ".join(f'{{ name = "{unit}"{weight} }}' for unit, weight in tracks)
    router = ROUTER.replace('"2s"', '"500ms"')  # no peer: nobody is late
    return router.replace("preempt = false", f"priority = {HIGH}\ntrack_units = [{entries}]\n{more}")


def instance(node):
    """The instance of `evenkeel vrrp --json`, and the exit status."""
    said = node.call("evenkeel vrrp --json")
    return json.loads(said.stdout)["instances"][0], said.returncode


def state(node, unit):
    (found,) = [each for each in instance(node)[0]["tracks"] if each["name"] == unit]
    assert found["kind"] == "unit"
    return found["state"]


def until(node, text, since):
    """Seconds, by the journal's clock, from `since` until the first line with this."""
    times = []

    def is_told():
        times[:] = [float(each) - since for each in
                    re.findall(rf"^(\d+\.\d+) .*{re.escape(text)}",
                               node.run(f"journalctl --unit evenkeel --output short-unix --since @{int(since)}"), re.MULTILINE)
                    if float(each) >= since]
        return times
    wait_until(is_told, MASTER_SOON)
    return times[0]


@pytest.fixture(scope="module")
def units(node):
    for name, lines in UNITS.items():
        node.machine.write(f"/etc/systemd/system/{name}", f"[Unit]\nStartLimitIntervalSec=0\n[Service]\n{lines}\n")
    node.run(f"systemctl daemon-reload; systemctl start {PLAIN} {RESTARTS}")
    if node.call("dpkg -s evenkeel").returncode != 0:
        node.install()
    node.machine.write(CONFIG, config(*((unit, f", weight = {WEIGHT}") for unit in (PLAIN, TEMPLATE, RESTARTS))))
    node.run("systemctl restart evenkeel")
    wait_until(node.has_address, MASTER_SOON)
    yield
    node.run(f"dpkg --purge evenkeel; systemctl stop {PLAIN} {TEMPLATE} {RESTARTS}; "
             f"rm /etc/systemd/system/*tracked* /etc/systemd/system/{RESTARTS}; systemctl daemon-reload; systemctl reset-failed",
             timeout=180)


def test_the_priority_follows_a_service(node, units):
    wait_until(lambda: state(node, PLAIN) == "holds" and state(node, RESTARTS) == "holds", MASTER_SOON)
    now, code = instance(node)
    assert state(node, TEMPLATE) == "fails" and now["priority"] == HIGH + WEIGHT and code == 1
    shown = node.call("evenkeel vrrp").stdout
    assert f"{HIGH + WEIGHT} = {HIGH} - 60 (unit {TEMPLATE}: inactive" in shown, shown

    started = float(node.run(f"date +%s.%N; systemctl start {TEMPLATE}").split()[0])
    seconds = until(node, f"unit {TEMPLATE} holds: priority {HIGH}", started)
    print(f"the priority has risen {seconds * 1000:.0f} ms after the start of an instance of a template was asked for")
    for attempt in range(3):
        killed = float(node.run(f"date +%s.%N; kill -9 $(systemctl show --value --property MainPID {PLAIN})").split()[0])
        seconds = until(node, f"unit {PLAIN} fails (failed): -60, priority {HIGH + WEIGHT}", killed)
        print(f"the priority has fallen {seconds * 1000:.0f} ms after kill -9 of the service's main process was asked for")
        assert seconds < 3, "the look each 5 s has seen it"
        started = float(node.run(f"date +%s.%N; systemctl start {PLAIN}").split()[0])
        seconds = until(node, f"unit {PLAIN} holds: priority {HIGH}", started)
        print(f"the priority has risen {seconds * 1000:.0f} ms after its start")
    wait_until(lambda: instance(node)[1] == 0)
    assert node.has_address()


def test_a_service_that_restarts_fails_and_comes_back(node, units):
    killed = float(node.run(f"date +%s.%N; kill -9 $(systemctl show --value --property MainPID {RESTARTS})").split()[0])
    fallen = until(node, f"unit {RESTARTS} fails (activating): -60", killed)
    risen = until(node, f"unit {RESTARTS} holds: priority {HIGH}", killed)
    print(f"RestartSec=2s: the priority falls {fallen * 1000:.0f} ms after kill -9 and is back after {risen * 1000:.0f} ms")
    assert fallen < risen


def test_a_service_that_restarts_all_the_time_costs_little(node, units):
    """As fast as systemd can."""
    node.machine.write(f"/etc/systemd/system/{RESTARTS}",
                       "[Unit]\nStartLimitIntervalSec=0\n[Service]\nExecStart=/bin/true\nRestart=always\nRestartSec=1ms\n")
    node.run("mv /usr/bin/systemctl /usr/bin/systemctl.real; "
             "printf '#!/bin/sh\\necho run >>/run/systemctl-runs\\nexec /usr/bin/systemctl.real \"$@\"\\n' >/usr/bin/systemctl; "
             "chmod 755 /usr/bin/systemctl")
    try:
        node.run(f"systemctl.real daemon-reload; systemctl.real restart {RESTARTS}; sleep 2")
        counted = node.run(f"before=$(systemctl.real show --value --property NRestarts {RESTARTS}); : >/run/systemctl-runs; sleep 5; "
                           f"wc -l </run/systemctl-runs; "
                           f"echo $(($(systemctl.real show --value --property NRestarts {RESTARTS}) - before))").split()
        print(f"in 5 s {counted[1]} restarts and {counted[0]} runs of systemctl, for three units")
        assert 1 <= int(counted[0]) <= 5 * 5 + 15
        assert int(counted[1]) > 5, "it did not restart all the time"
    finally:
        node.run(f"mv /usr/bin/systemctl.real /usr/bin/systemctl; rm /run/systemctl-runs; systemctl stop {RESTARTS}")


def test_without_systemctl_it_cannot_run_and_the_address_stays(node, units):
    node.run("mv /usr/bin/systemctl /usr/bin/systemctl.away")
    try:
        wait_until(lambda: state(node, PLAIN) == "cannot_run", MASTER_SOON)
        now, code = instance(node)
        reasons = [each["reason"] for each in now["tracks"] if each["name"] == PLAIN]
        assert "No such file or directory" in reasons[0] and code == 1
        assert now["state"] == "master" and node.has_address()
        assert '"track_units": /usr/bin/systemctl: No such file or directory' in node.call("evenkeel check 2>&1").stdout
    finally:
        node.run("mv /usr/bin/systemctl.away /usr/bin/systemctl")
    wait_until(lambda: state(node, PLAIN) == "holds", MASTER_SOON)


def test_without_a_weight_it_is_a_fault(node, units):
    node.machine.write(CONFIG, config((PLAIN, "")))
    node.run("systemctl reload evenkeel")
    wait_until(lambda: instance(node)[1] == 0 and node.has_address(), MASTER_SOON)
    node.run(f"systemctl stop {PLAIN}")
    wait_until(lambda: instance(node)[0]["state"] == "initialize", MASTER_SOON)
    assert instance(node)[1] == 2
    assert f"unit {PLAIN}: inactive" in node.call("evenkeel explain web").stdout
    node.run(f"systemctl start {PLAIN}")
    wait_until(node.has_address, MASTER_SOON)


def test_a_unit_that_starts_with_the_master_may_be_followed(node, units):
    """On a backup it is stopped, and that is no fault."""
    node.run(f"systemctl stop {PLAIN}")
    node.machine.write(CONFIG, config((PLAIN, ""), more=f'units = ["{PLAIN}"]\n'))
    node.run("systemctl restart evenkeel")
    wait_until(lambda: node.has_address() and node.is_active(PLAIN), MASTER_SOON)
    wait_until(lambda: instance(node)[1] == 0, MASTER_SOON)
    node.run(f"kill -9 $(systemctl show --value --property MainPID {PLAIN})")
    wait_until(lambda: instance(node)[0]["state"] == "initialize", MASTER_SOON)
    assert state(node, PLAIN) == "fails" and instance(node)[1] == 2
    node.run(f"systemctl reset-failed {PLAIN}")
    wait_until(lambda: node.has_address() and node.is_active(PLAIN) and instance(node)[1] == 0, MASTER_SOON)
