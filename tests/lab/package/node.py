"""One node, the machine, as its operator sees it."""

import json

from lablib.host import wait_until
from lablib.noise import HIGHEST

VIRTUAL = "198.51.100.10"
LINK = "ek0"  # to the other node, a network namespace of the same machine
IN_PEER = "ip netns exec peer"
CONFIG = "/etc/evenkeel/evenkeel.toml"
ROUTER = f"""
[[vrrp.instance]]
name = "web"
interface = "{LINK}"
virtual_router_id = 61
advertisement_interval = "2s"
preempt = false
virtual_addresses = ["{VIRTUAL}"]
"""
MASTER_SOON = 20  # seconds; three intervals, and a start in a slow machine


class Node:
    def __init__(self, machine):
        self.machine = machine
        self.run = machine.run
        self.call = machine.call

    # The package and the unit.

    def install(self):
        return self.run("dpkg --install /root/evenkeel.deb", timeout=180)

    def properties(self):
        """systemctl show, as a dictionary."""
        names = "ActiveState,SubState,Result,ExecMainStatus,MainPID,NRestarts,UnitFileState,StatusText"
        lines = self.run(f"systemctl show evenkeel --property {names}").splitlines()
        return dict(line.split("=", 1) for line in lines)

    def main_pid(self):
        now = self.properties()
        assert now["ActiveState"] == "active", now
        return int(now["MainPID"])

    def is_active(self, unit="evenkeel"):
        return self.call(f"systemctl is-active {unit}").stdout.strip() == "active"

    def wait_for_successor(self, pid, seconds=10):
        """Waits until another main than `pid` is ready."""
        def found():
            now = self.properties()
            return now["ActiveState"] == "active" and int(now["MainPID"]) not in (0, pid)
        wait_until(found, seconds, every=0.1)

    def journal(self, since=0.0, unit="evenkeel"):
        return self.run(f"journalctl --unit {unit} --output cat --since @{since:.0f}")

    def now(self):
        """The machine's clock, after a second has begun: for journal()."""
        return float(self.run("sleep 1; date +%s"))

    # What it did to the kernel.

    def table(self):
        """The kernel's IPVS table, a line each: key and scheduler, or destination, method and weight."""
        lines = []
        for line in self.run("ipvs=/proc/net/ip_vs; [ ! -e $ipvs ] || cat $ipvs").splitlines():
            words = line.split()
            if words[0] in ("TCP", "UDP", "SCTP"):
                lines.append(f"{words[0]} {_dotted(words[1])} {words[2]}")
            elif words[0] == "->" and words[1] != "RemoteAddress:Port":
                lines.append(f"{_dotted(words[1])} {words[2]} {words[3]}")
        return lines

    def has_address(self, host=""):
        """The virtual address is on this node; with IN_PEER: on the other one."""
        return VIRTUAL in self.run(f"{host} ip -o -4 address show dev {LINK}")

    def watch_addresses(self):
        """From now on; what was before is forgotten."""
        self.call("systemctl stop address-monitor")
        self.run("systemd-run --quiet --collect --unit address-monitor -p StandardOutput=truncate:/root/addresses "
                 "ip -o monitor address")

    def has_lost_address(self):
        """Since watch_addresses()."""
        return any(line.startswith("Deleted") and VIRTUAL in line
                   for line in self.run("cat /root/addresses").splitlines())

    def sleepers(self, *_):
        """Of the highest priority alone: the machine is the scenario's, and its plain ones wait for the daemon."""
        return _Sleepers(self)

    # What is left.

    def trace(self):
        """The users, and the files that were written since the machine was started; no logs, not dpkg's own books."""
        return self.run("cat /etc/passwd /etc/group; find /run -name '*evenkeel*'; cd /mnt; find . -name '*evenkeel*'; "
                        "find . ! -type d ! -path './var/log/*' ! -path './var/lib/dpkg/*' ! -path './var/cache/*' "
                        "! -path './root/*' ! -name '*-' ! -name '.*.lock' ! -name 'sub[ug]id' "
                        "! -name passwd ! -name group ! -name shadow ! -name gshadow").splitlines()


class _Sleepers:
    """As lablib's, on the node."""

    def __init__(self, node):
        self._node = node
        node.run("systemd-run --quiet --collect --unit noise -p StandardOutput=truncate:/root/noise "
                 f"/root/evenkeel-noise {HIGHEST}")

    def end(self):
        return json.loads(self._node.run("systemctl stop noise; cat /root/noise"))["cpus"]


def _dotted(text):
    """C000020A:0050 -> 192.0.2.10:80"""
    address, port = text.split(":")
    return ".".join(str(byte) for byte in bytes.fromhex(address)) + f":{int(port, 16)}"
