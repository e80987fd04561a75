"""Three real servers, weights 3:2:1: traffic is split by weight, whatever the method, the family and the protocol."""

import pytest

from lablib import VIRTUAL, at, wait_until
from lablib.config import virtual_service

WEIGHTS = (3, 2, 1)


def configuration(servers, forwarding):
    parts = []
    for family in (4, 6):
        parts.append(virtual_service(servers, f"web{family}", family, 80, "tcp", forwarding=forwarding, weights=WEIGHTS,
                                     check='{ type = "tcp", interval = "500ms", timeout = "400ms" }'))
        # Checked on the same machine's web port: an answer over UDP proves nothing about its own yet.
        parts.append(virtual_service(servers, f"dns{family}", family, 53, "udp", forwarding=forwarding, weights=WEIGHTS))
    return "\n".join(parts)


@pytest.mark.parametrize("forwarding", ["direct", "masquerade", "tunnel"])
def test_split_by_weight(lab, forwarding):
    for server in lab.real_servers:
        server.start_nginx(80)
        server.start_udp_echo(53, VIRTUAL.values())
        server.accept_tunnels()
    lab.lb1.start_evenkeel(configuration(lab.real_servers, forwarding))
    for family in (4, 6):
        for protocol, port in (("tcp", 80), ("udp", 53)):
            service = f"{protocol} {at(VIRTUAL[family], port)}"
            wanted = {at(server.address(forwarding, family), port): weight
                      for server, weight in zip(lab.real_servers, WEIGHTS)}
            wait_until(lambda: lab.lb1.weights(service) == wanted)
            assert {each.forwarding for each in lab.lb1.ipvs()[service].destinations.values()} == {forwarding}
            assert lab.lb1.ipvs()[service].scheduler == "wrr"

            result = lab.client.load(VIRTUAL[family], port, rate=300, seconds=2, udp=protocol == "udp", timeout=5)
            assert result.sent == 600 and result.failed == 0, (service, result)
            for server, share in zip(lab.real_servers, (300, 200, 100)):
                assert abs(result.servers[server.name] - share) <= 0.05 * share, (service, result)
