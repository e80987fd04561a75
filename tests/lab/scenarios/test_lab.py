"""The lab itself: topology, load client and judge, with ipvsadm by hand. Needs no evenkeel."""

import time

import pytest

from lablib import VIRTUAL, at, wait_until


def program(lab, forwarding, family, protocol, port):
    """wrr 3:2:1 over the three real servers, by hand."""
    option = {"direct": "-g", "masquerade": "-m", "tunnel": "-i"}[forwarding]
    kind = "-t" if protocol == "tcp" else "-u"
    service = at(VIRTUAL[family], port)
    lines = [f"-A {kind} {service} -s wrr"]
    for server, weight in zip(lab.real_servers, (3, 2, 1)):
        lines.append(f"-a {kind} {service} -r {at(server.address(forwarding, family), port)} {option} -w {weight}")
    lab.lb1.restore("\n".join(lines) + "\n")


def is_split(result, expected, within=0.05):
    total = sum(expected.values())
    return all(abs(result.servers[name] - result.sent * weight / total) <= within * result.sent * weight / total
               for name, weight in expected.items())


@pytest.mark.parametrize("forwarding", ["direct", "masquerade", "tunnel"])
def test_a_forwarding_method_carries_traffic(lab, forwarding):
    for server in lab.real_servers:
        server.start_nginx(80)
        server.start_udp_echo(53, VIRTUAL.values())
        server.accept_tunnels()
    for family in (4, 6):
        program(lab, forwarding, family, "tcp", 80)
        program(lab, forwarding, family, "udp", 53)
        for udp in (False, True):
            result = lab.client.load(VIRTUAL[family], 53 if udp else 80, rate=300, seconds=0.4, udp=udp, timeout=5)
            assert result.failed == 0, (family, udp, result)
            assert is_split(result, {"rs1": 3, "rs2": 2, "rs3": 1}), (family, udp, result)
    table = lab.lb1.ipvs()
    assert set(table) == {f"{protocol} {at(VIRTUAL[family], port)}" for family in (4, 6)
                          for protocol, port in (("tcp", 80), ("udp", 53))}
    assert all(each.forwarding == forwarding for service in table.values()
               for each in service.destinations.values())
    # The kernel adds its counters up every 2 s.
    wait_until(lambda: lab.lb1.traffic()["tcp 192.0.2.10:80"][0].connections == 120)


def test_load_client_keeps_its_rate(lab, noise):
    lab.host("rs1").start_nginx(80)
    result = lab.client.load(lab.host("rs1").address(), 80, rate=300, seconds=5)
    print(result)
    assert result.sent == 1500
    assert result.failed == 0
    assert result.servers == {"rs1": 1500}
    assert result.longest_gap() < 0.1 + noise.allowance()


@pytest.mark.parametrize("kind, outcome", [("hang", "timeout"), ("reset", "reset"), ("closed", "eof"),
                                           (None, "refused")])
def test_load_client_names_failures(lab, kind, outcome):
    server = lab.host("rs1")
    if kind:
        server.start_small(kind, 81)
    result = lab.client.load(server.address(), 81, rate=50, seconds=0.4, timeout=0.5)
    if kind == "closed":  # the client's request may reach a socket that is already closed: a reset then
        assert set(result.failures) <= {"eof", "reset"}
    else:
        assert result.failures == {outcome: 20}
    assert result.longest_gap() > 0.39


def test_load_client_sees_a_status_and_a_cut(lab):
    server = lab.host("rs1")
    server.start_nginx(80)
    server.set_healthy(False)
    result = lab.client.load(server.address(), 80, rate=50, seconds=0.4, path="/health")
    assert result.failures == {"status 503": 20}
    load = lab.client.start_load(server.address(), 80, rate=100, seconds=3, timeout=0.5)
    time.sleep(1)
    lab.cut("rs1")
    cut = time.monotonic()
    result = load.result()
    assert set(result.failures) <= {"timeout", "unreachable"}, result
    assert not any(request[2] == "ok" for request in result.between(cut, result.ended)), result
    assert result.answered > 0 and result.longest_gap(near=cut) > 1.5, result
