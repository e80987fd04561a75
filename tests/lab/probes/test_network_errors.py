"""What the network says of a server that cannot be reached is not this host's own fault."""

import socket
import struct
import subprocess

import pytest
from prober import http, outcome, outcomes, tcp

# `reject with`, and what a check makes of it. firewalld rejects with the first two.
REJECTIONS = {
    "icmpv6 admin-prohibited": "unreachable",
    "icmp admin-prohibited": "unreachable",
    "icmpv6 no-route": "unreachable",
    "icmpv6 addr-unreachable": "unreachable",
    "icmpv6 policy-fail": "unreachable",
    "icmpv6 reject-route": "unreachable",
    "icmpv6 port-unreachable": "connect_refused",
    "icmp net-unreachable": "unreachable",
    "icmp host-unreachable": "unreachable",
    "icmp prot-unreachable": "unreachable",
    "icmp port-unreachable": "connect_refused",
    "icmp net-prohibited": "unreachable",
    "icmp host-prohibited": "unreachable",
    "tcp reset": "connect_refused",
}
PORTS = range(7000, 7000 + len(REJECTIONS))

# On the loopback the ICMP message comes back while connect(2) still owns the socket, and the kernel drops it
# (LockDroppedIcmps): only the SYN that is sent again after a second is answered.
PATIENCE = 3800
ATTEMPTS = 3  # now and then that one is dropped, too


@pytest.fixture
def firewall():
    """One that rejects each port in its own way."""
    rules = ""
    for port, rejection in zip(PORTS, REJECTIONS):
        kind, _, word = rejection.partition(" ")
        how = "tcp reset" if kind == "tcp" else f"{kind} type {word}"
        rules += f"tcp dport {port} reject with {how}\n"
    table = "table inet rejections {\nchain input {\ntype filter hook input priority 0\n" + rules + "}\n}\n"
    subprocess.run(["nft", "-f", "-"], input=table, text=True, check=True)
    yield
    subprocess.run(["nft", "delete", "table", "inet", "rejections"], check=True)


def test_a_firewall_that_rejects(firewall):
    """Whatever its word, the server is not there: no LocalError, which would keep its weight for ever."""
    waiting = []
    for port, rejection in zip(PORTS, REJECTIONS):
        target = {"port": port, "address": "::1" if rejection.startswith("icmpv6") else "127.0.0.1", "timeout": PATIENCE}
        kinds = (tcp(**target), tcp(**target, send="a", expect="b"), tcp(**target, expect="b"), http(**target))
        waiting += [(rejection, check) for check in kinds]
    wrong = []
    for _ in range(ATTEMPTS):
        unheard = []
        for told in outcomes([check for _, check in waiting]):
            rejection, check = waiting[told.check]
            if told.reason == "connect_timeout":
                unheard.append((rejection, check))
            elif told.reason != REJECTIONS[rejection]:
                wrong.append((rejection, check, told))
        waiting = unheard
    assert not wrong
    assert not waiting


def test_a_firewall_is_not_shown_as_a_permission_of_this_host(firewall):
    told = [outcome(**tcp(PORTS[0], "::1", timeout=PATIENCE)) for _ in range(ATTEMPTS)]
    assert ("unreachable", "prohibited by a router or firewall") in {(one.reason, one.detail) for one in told}


@pytest.fixture
def few_ports():
    """The kernel has two ports to connect from; nobody listens on the first."""
    path = "/proc/sys/net/ipv4/ip_local_port_range"
    with open(path, encoding="ascii") as file:
        before = file.read()
    with open(path, "w", encoding="ascii") as file:
        file.write("40000 40001")
    yield 40000
    with open(path, "w", encoding="ascii") as file:
        file.write(before)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "0.0.0.0"])
def test_a_connection_to_itself_is_no_server(few_ports, address):
    """A SYN from the very port that it goes to is answered by its own socket."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as naive:
        naive.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        naive.bind((address, few_ports))
        naive.connect((address, few_ports))  # so it goes for everybody
    target = {"port": few_ports, "address": address, "timeout": 200}
    for check in (tcp(**target), tcp(**target, send="PING\r\n", expect="PING"), tcp(**target, send="PING\r\n"),
                  tcp(**target, expect="PING"), http(**target)):
        told = outcomes([check], rounds=3)
        assert {one.reason for one in told} == {"connect_refused"}, told
        assert "nobody listens: connected to itself" in {one.detail for one in told}
