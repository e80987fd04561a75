"""The kernel's IPVS table as ipvsadm shows it: the judge of what evenkeel says."""

import dataclasses
import ipaddress
import re


@dataclasses.dataclass
class Destination:
    forwarding: str  # direct | masquerade | tunnel
    weight: int
    active: int
    inactive: int


@dataclasses.dataclass
class Service:
    scheduler: str
    flags: str
    destinations: dict  # "192.0.2.21:80" -> Destination, in ipvsadm's order


@dataclasses.dataclass
class Traffic:
    connections: int
    packets_in: int
    packets_out: int
    bytes_in: int
    bytes_out: int


_FORWARDING = {"Route": "direct", "Masq": "masquerade", "Tunnel": "tunnel", "Local": "local"}


def parse_table(text):
    """`ipvsadm -Ln` -> {"tcp 192.0.2.10:80": Service}."""
    table = {}
    current = None
    for line in text.splitlines():
        words = line.split()
        if re.match(r"(TCP|UDP|SCTP|FWM) ", line):
            current = Service(words[2], " ".join(words[3:]), {})
            table[f"{words[0].lower()} {words[1]}"] = current
        elif current is not None and words[:1] == ["->"]:
            current.destinations[words[1]] = Destination(_FORWARDING[words[2]], *map(int, words[3:6]))
    return table


def parse_traffic(text):
    """`ipvsadm -Ln --stats --exact` -> {"tcp 192.0.2.10:80": (Traffic, {"192.0.2.21:80": Traffic})}."""
    table = {}
    current = None
    for line in text.splitlines():
        words = line.split()
        if re.match(r"(TCP|UDP|SCTP|FWM) ", line):
            current = {}
            table[f"{words[0].lower()} {words[1]}"] = (Traffic(*map(int, words[2:7])), current)
        elif current is not None and words[:1] == ["->"]:
            current[words[1]] = Traffic(*map(int, words[2:7]))
    return table


def parse_proc(text):
    """/proc/net/ip_vs -> {"tcp 192.0.2.10:80": {"192.0.2.21:80": weight}}: cheap enough to be read all the time."""
    table = {}
    current = None
    for line in text.splitlines():
        words = line.split()
        if words and words[0] in ("TCP", "UDP", "SCTP"):
            current = table.setdefault(f"{words[0].lower()} {_endpoint(words[1])}", {})
        elif current is not None and words[:1] == ["->"]:
            current[_endpoint(words[1])] = int(words[3])
    return table


def _endpoint(text):
    """C000020A:0050 -> 192.0.2.10:80; IPv6 stands there as people write it, in full."""
    host, _, port = text.rpartition(":")
    if host.startswith("["):
        return f"[{ipaddress.ip_address(host[1:-1])}]:{int(port, 16)}"
    return f"{ipaddress.ip_address(int(host, 16))}:{int(port, 16)}"
