"""README.md's steps and drills, typed as they stand there, on a machine that has nothing of evenkeel. After test_unit.py."""

import re

import pytest

from lablib.host import wait_until
from lablib.readme import steps
from node import CONFIG, IN_PEER, LINK, MASTER_SOON, ROUTER

CHECKOUT = "/root/checkout"


def type_in(node, line, timeout=180):
    return node.run(f"cd {CHECKOUT} && {line}", timeout)


def test_five_minutes(node):
    install, look = steps("Five minutes")
    node.run(f"mkdir -p {CHECKOUT}/build/deb && cp /root/evenkeel.deb {CHECKOUT}/build/deb/evenkeel_0.1.0_amd64.deb")
    assert install.pop(0).startswith("sudo packaging/build-deb ")  # tests/lab/systemd did
    for line in install:
        type_in(node, line)
    assert "generation 2, 1 virtual service," in node.properties()["StatusText"]
    # 1 while the first checks run, then 2: the example's real servers are nobody's.
    wait_until(lambda: node.call("evenkeel status").returncode != 1, MASTER_SOON)
    for line in look:
        said = node.call(line)
        assert said.returncode == (2 if "status" in line else 0), said.stdout
        assert said.stdout, line


@pytest.fixture
def preferred(node):
    """It is Master, and takes over from a peer of priority 100."""
    node.machine.write(CONFIG, ROUTER.replace("preempt = false", "priority = 150"))
    node.run("systemctl restart evenkeel")
    wait_until(node.has_address, MASTER_SOON)


def test_drills_of_a_pair(node, preferred, peer):
    pair, _ = steps("Failover drills")
    for line in pair:
        says_who_gets_it = re.search("# (the peer|and gives back|nothing moves|it comes back)", line)
        since = node.now()
        # The peer's processes are the same machine's.
        type_in(node, line.replace("eth0", LINK).replace("pgrep ", "pgrep --cgroup /system.slice/evenkeel.service "))
        if not says_who_gets_it or says_who_gets_it[1] in ("and gives back", "it comes back"):
            wait_until(lambda: node.has_address() and not node.has_address(IN_PEER), 2 * MASTER_SOON)
        elif says_who_gets_it[1] == "the peer":
            wait_until(lambda: node.has_address(IN_PEER), MASTER_SOON)
        else:
            wait_until(lambda: "state: resumed" in node.journal(since), MASTER_SOON)
            assert node.has_address()


def test_drills_of_one_node(node):
    _, alone = steps("Failover drills")
    node.run("cp /usr/share/doc/evenkeel/examples/minimal.toml /etc/evenkeel/evenkeel.toml; systemctl restart evenkeel")
    wait_until(node.table)
    table = node.table()
    for line in alone:
        pid = node.main_pid()
        checks = node.run("pgrep -x evenkeel-checks")
        type_in(node, line)
        if "pgrep -x evenkeeld" in line:
            node.wait_for_successor(pid)
        if "pgrep" in line:
            wait_until(lambda: node.call("pgrep -x evenkeel-checks").stdout not in ("", checks))
        else:
            assert node.call("evenkeel status").returncode in (1, 2)
        assert node.table() == table, line
