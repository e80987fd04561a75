"""One machine for all scenarios, in their order: each goes on where the one before ended."""

import os
import shutil
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))

from lablib.binaries import CHECKOUT  # noqa: E402
from lablib.host import wait_until  # noqa: E402
from lablib.machine import Machine  # noqa: E402
from node import LINK, ROUTER, Node  # noqa: E402

RESULTS = os.path.join(CHECKOUT, "build", "systemd", "results")


@pytest.fixture(scope="session")
def machine():
    shutil.rmtree(RESULTS, ignore_errors=True)
    os.makedirs(RESULTS)
    made = Machine(os.environ["EVENKEEL_MACHINE_ROOT"], os.environ["EVENKEEL_MACHINE_KERNEL"],
                   os.environ["EVENKEEL_MACHINE_INITRAMFS"], os.environ["EVENKEEL_MACHINE_ACCELERATOR"], RESULTS)
    yield made
    with open(os.path.join(RESULTS, "journal"), "w", encoding="utf-8") as file:
        file.write(made.call("journalctl -o short-monotonic --no-pager", timeout=120).stdout)
    made.end()


@pytest.fixture(scope="session")
def node(machine):
    machine.run("ip link set lo up; ip link add dummy0 type dummy; ip addr add 192.0.2.1/24 dev dummy0; "
                "ip addr add 192.0.2.21/24 dev dummy0; ip addr add 192.0.2.22/24 dev dummy0; ip link set dummy0 up")
    # A server that lives: systemd listens, and the kernel completes the connections.
    machine.run("systemd-run --quiet --socket-property=ListenStream=192.0.2.21:80 --socket-property=FreeBind=yes "
                "--unit alive sleep infinity")
    # A switch between the nodes: the link of one is not the other's.
    machine.run("ip netns add switch; ip netns add peer; "
                "ip -n switch link add bridge type bridge stp_state 0 mcast_snooping 0; ip -n switch link set bridge up; "
                f"ip link add {LINK} type veth peer name node netns switch; "
                f"ip -n peer link add {LINK} type veth peer name peer netns switch; "
                "for port in node peer; do ip -n switch link set $port master bridge up; done; "
                f"ip addr add 198.51.100.1/24 dev {LINK}; ip link set {LINK} up; "
                f"ip -n peer addr add 198.51.100.2/24 dev {LINK}; ip -n peer link set {LINK} up")
    return Node(machine)


@pytest.fixture
def peer(node):
    """The other node's daemon, for one scenario: a Backup that has heard its Master."""
    since = node.now()
    node.machine.write("/root/peer.toml", ROUTER)
    node.run(f"mkdir -p /run/peer; systemd-run --quiet --collect --unit peer --service-type=notify "
             f"-p NetworkNamespacePath=/run/netns/peer /usr/sbin/evenkeeld --config /root/peer.toml "
             f"--runtime-directory /run/peer")
    wait_until(lambda: "master is 198.51.100.1" in node.journal(since, "peer"))
    yield
    node.run("systemctl stop peer; rm -rf /run/peer")
