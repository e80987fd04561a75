"""Units that start and stop with the master, under the systemd of the package. After test_unit.py, which leaves nothing."""

import json

import pytest

from lablib.host import wait_until
from node import CONFIG, IN_PEER, MASTER_SOON, ROUTER

UNIT = "with-master.service"
SLEEPER = """
[Service]
ExecStart=/bin/sleep infinity
[Install]
WantedBy=multi-user.target
"""


def units(node):
    """The units of `evenkeel vrrp --json`, and its exit status."""
    said = node.call("evenkeel vrrp --json")
    return json.loads(said.stdout)["instances"][0]["units"], said.returncode


@pytest.fixture(scope="module")
def unit(node):
    """Enabled, as a package that is installed leaves it."""
    node.machine.write(f"/etc/systemd/system/{UNIT}", SLEEPER)
    node.run(f"systemctl daemon-reload; systemctl enable --now {UNIT}")
    if node.call("dpkg -s evenkeel").returncode != 0:
        node.install()
    node.machine.write(CONFIG, ROUTER.replace("preempt = false", f'priority = 150\nunits = ["{UNIT}"]'))
    node.run("systemctl restart evenkeel")
    wait_until(node.has_address, MASTER_SOON)
    yield UNIT
    node.run(f"dpkg --purge evenkeel; systemctl disable --now {UNIT}; rm /etc/systemd/system/{UNIT}; "
             "systemctl daemon-reload", timeout=180)


def test_a_unit_runs_on_the_master_alone(node, unit, peer):
    since = node.now()
    wait_until(lambda: node.is_active(unit), MASTER_SOON)
    wait_until(lambda: units(node)[1] == 0, MASTER_SOON)
    (shown,), _ = units(node)
    assert (shown["unit"], shown["wanted"], shown["state"], shown["failed"]) == (unit, True, "active", False)
    node.run("evenkeel failover web")
    wait_until(lambda: node.has_address(IN_PEER) and not node.is_active(unit), MASTER_SOON)
    wait_until(lambda: units(node)[1] == 0, MASTER_SOON)
    assert units(node)[0][0]["wanted"] is False
    node.run("evenkeel resume web")
    wait_until(lambda: node.has_address() and node.is_active(unit), 2 * MASTER_SOON)
    wait_until(lambda: units(node)[1] == 0, MASTER_SOON)
    assert f"instance web: unit {unit} is active" in node.journal(since)


def test_one_that_ends_is_shown_and_a_reload_starts_it_again(node, unit):
    wait_until(node.has_address, 2 * MASTER_SOON)
    wait_until(lambda: units(node)[1] == 0, MASTER_SOON)
    node.run(f"systemctl stop {unit}")
    wait_until(lambda: units(node)[1] == 1, MASTER_SOON)
    assert units(node)[0][0]["state"] == "inactive"
    assert "is to be active" in node.call("evenkeel vrrp").stdout
    assert node.call("evenkeel status").returncode == 1
    assert not node.is_active(unit), "an operator's stop is undone"
    node.run("systemctl reload evenkeel")
    wait_until(lambda: node.is_active(unit) and units(node)[1] == 0, MASTER_SOON)
    node.run("kill -KILL $(pgrep -x evenkeel-vrrp)")
    wait_until(lambda: units(node)[1] == 0, MASTER_SOON)
    assert node.is_active(unit)


def test_the_stop_hands_over_then_stops_it(node, unit, peer):
    wait_until(lambda: node.has_address() and node.is_active(unit), 2 * MASTER_SOON)
    node.run("systemctl stop evenkeel")
    assert node.has_address(IN_PEER)
    wait_until(lambda: not node.is_active(unit))
    node.run("systemctl start evenkeel")


def test_one_that_is_not_there_is_a_reason(node, unit):
    node.machine.write(CONFIG, ROUTER.replace("preempt = false", 'priority = 150\nunits = ["not-there.service"]'))
    node.run("systemctl restart evenkeel")
    wait_until(node.has_address, 2 * MASTER_SOON)
    wait_until(lambda: any("not found" in each["problem"] for each in units(node)[0]), MASTER_SOON)
    assert units(node)[1] == 1
    assert "not found" in node.call("evenkeel vrrp").stdout
