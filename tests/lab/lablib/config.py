"""Configurations for the scenarios, as TOML text."""

from .topology import VIRTUAL


def virtual_service(servers, name="web", family=4, port=80, protocol="tcp", scheduler="wrr", forwarding="direct",
                    weights=None, check=None, **keys):
    """One [[virtual_service]] on the virtual address, with these RealServers; `check` and other keys as TOML text.

    >>> virtual_service(lab.real_servers, check='{ type = "tcp" }', quorum=2)
    """
    weights = weights or [1] * len(servers)
    lines = ["[[virtual_service]]", f'name = "{name}"', f'address = "{VIRTUAL[family]}"', f"port = {port}",
             f'protocol = "{protocol}"', f'scheduler = "{scheduler}"', f'forwarding = "{forwarding}"']
    if check:
        lines.append(f"check = {check}")
    lines += [f"{key} = {value}" for key, value in keys.items()]
    for server, weight in zip(servers, weights):
        lines += ["[[virtual_service.real_server]]", f'name = "{server.name}"',
                  f'address = "{server.address(forwarding, family)}"', f"port = {port}", f"weight = {weight}"]
    return "\n".join(lines) + "\n"


def many_services(services=1000, destinations=10, changed=None):
    """services x destinations without checks, on addresses that nobody uses; one of them with weight 7 if wanted."""
    parts = []
    for i in range(services):
        parts.append(f'[[virtual_service]]\nname = "s{i}"\naddress = "10.9.{i // 250}.{i % 250 + 1}"\nport = 80\n'
                     'protocol = "tcp"\nscheduler = "wlc"\nforwarding = "masquerade"\nreal_server = [\n')
        for j in range(destinations):
            weight = 7 if changed == (i, j) else 1
            parts.append(f'  {{ address = "10.8.{i // 250}.{j + 1}", port = {8000 + i % 250}, weight = {weight} }},\n')
        parts.append("]\n")
    return "".join(parts)
