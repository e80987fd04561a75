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


NAMES = {4: "web", 6: "web6"}  # of instances and services of pair()
PAIR_CHECK = '{ type = "http", path = "/health", interval = "500ms", timeout = "400ms" }'
NUMBERS = {4: 61, 6: 62}  # virtual_router_id of pair()


def instance(family=4, interval="1s", priorities=(150, 100), **keys):
    """One [[vrrp.instance]] for lb1 and lb2 with the family's virtual address: "web", and "web6"; keys as TOML text."""
    lines = ["[[vrrp.instance]]", f'name = "{NAMES[family]}"', 'interface = "eth0"',
             f"virtual_router_id = {NUMBERS[family]}",
             f"priority = {{ lb1 = {priorities[0]}, lb2 = {priorities[1]} }}",
             f'advertisement_interval = "{interval}"', f'virtual_addresses = ["{VIRTUAL[family]}"]']
    return "\n".join(lines + [f"{key} = {value}" for key, value in keys.items()]) + "\n"


def pair(servers, families=(4,), interval="1s", scheduler="mh", check=PAIR_CHECK, grouped=False, instance_keys=None, more="", **keys):
    """The one file of both nodes: an instance and a virtual service for each family; what a client has under way survives
    a hand-over unless another scheduler is asked for. `grouped`: in a sync group. `more`: further text. Other keys are
    the services'."""
    parts = [instance(family, interval, **(instance_keys or {})) for family in families]
    if grouped:
        names = ", ".join(f'"{NAMES[family]}"' for family in families)
        parts.append(f'[[vrrp.sync_group]]\nname = "both"\ninstances = [{names}]\n')
    if scheduler == "mh":
        keys["scheduler_flags"] = '["mh-fallback", "mh-port"]'
    parts += [virtual_service(servers, NAMES[family], family, scheduler=scheduler, check=check, **keys)
              for family in families]
    return "\n".join([*parts, more])
