"""A virtual router, in the words of evenkeel and keepalived, and who speaks for it on a node."""

import contextlib
import dataclasses
import os
import signal
import time

from frr import Frr
from segment import Segment  # noqa: F401  (puts lablib within reach)

from lablib.host import wait_until
from lablib.keepalived import Keepalived, vrrp_instance

ADDRESSES = {4: ["192.0.2.10/32"], 6: ["fe80::10/64", "2001:db8::10/128"]}


@dataclasses.dataclass(frozen=True)
class VirtualRouter:
    """What all its nodes agree on; interval in seconds."""

    interval: float = 1.0
    version: int = 3
    family: int = 4
    is_unicast: bool = False
    preempt: bool = True
    virtual_router_id: int = 61
    name: str = "web"
    addresses: tuple = ()
    more: str = ""  # lines of TOML, for evenkeel only
    more_keepalived: str = ""

    @property
    def virtual_addresses(self):
        return list(self.addresses) or ADDRESSES[self.family]

    @property
    def address(self):
        """The first one, bare."""
        return self.virtual_addresses[0].partition("/")[0]

    def skew(self, priority):
        """RFC 9568 and RFC 3768 6.1, in seconds."""
        return (256 - priority) / 256 * (self.interval if self.version == 3 else 1.0)

    def down_interval(self, priority):
        return 3 * self.interval + self.skew(priority)

    def toml(self, priorities):
        """priorities: {node: priority}, of all its nodes."""
        interval = f"{round(self.interval * 1000)}ms"
        lines = ["[[vrrp.instance]]", f'name = "{self.name}"', 'interface = "eth0"',
                 f"virtual_router_id = {self.virtual_router_id}", f"version = {self.version}",
                 "priority = { " + ", ".join(f"{node.name} = {each}" for node, each in priorities.items()) + " }",
                 f'advertisement_interval = "{interval}"', f"preempt = {str(self.preempt).lower()}",
                 "virtual_addresses = [" + ", ".join(f'"{each}"' for each in self.virtual_addresses) + "]"]
        if self.is_unicast:
            lines.append("unicast = { " + ", ".join(f'{node.name} = "{node.address(self.family)}"'
                                                    for node in priorities) + " }")
        return "\n".join([*lines, self.more]) + "\n"

    def keepalived(self, node, priorities):
        unicast = None
        if self.is_unicast:
            others = [each.address(self.family) for each in priorities if each is not node]
            unicast = (node.address(self.family), others)
        return vrrp_instance(self.virtual_addresses, name=self.name, virtual_router_id=self.virtual_router_id,
                             priority=priorities[node], interval=self.interval, version=self.version,
                             preempt=self.preempt, unicast=unicast, extra=self.more_keepalived)


class Speaker:
    """evenkeel, keepalived or FRR on one node, for one virtual router."""

    def __init__(self, kind, node, router, priorities):
        """kind: "evenkeel", "keepalived" or "frr"; priorities: {node: priority}, of all its nodes."""
        self.kind = kind
        self.node = node
        self.router = router
        self.priority = priorities[node]
        if kind == "evenkeel":
            self.program = node.evenkeel(router.toml(priorities))
        elif kind == "frr":
            self.program = Frr(node, router, priorities[node])
        else:
            self.program = Keepalived(node, router.keepalived(node, priorities))

    def __repr__(self):
        return f"{self.kind} on {self.node.name}"

    def start(self):
        self.program.start()
        return self

    def stop(self):
        """As systemctl stop. Returns when it was asked (wall clock)."""
        moment = time.time()
        self.program.stop()
        return moment

    def pids(self):
        if self.kind == "evenkeel":
            return [self.program.pid, *self.program.children().values()]
        return self.program.pids()

    def crash(self):
        """Every process killed at once, and what they left on the interface gone, as after a loss of power."""
        for pid in self.pids():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if self.kind == "evenkeel":
            self.program.wait()
        else:
            self.program.crash()
        for address in self.router.virtual_addresses:
            self.node.call(["ip", "address", "del", address, "dev", "eth0"])

    @property
    def log(self):
        return self.program.log

    def became_master(self):
        """How often so far; evenkeel's log has a line for each, as keepalived's."""
        if self.kind == "frr":
            return self.program.became_master()
        return self.log.lower().count("entering master state")

    def is_master(self):
        """As its kernel has it."""
        return self.program.is_master() if self.kind == "frr" else self.node.holds(self.router.address)

    def wait_for_master(self, seconds=15):
        wait_until(self.is_master, seconds, every=0.01)
        return self


def start_pair(kind, nodes, router, priorities=(200, 100)):
    """The first node is master before the second one starts: whoever starts beside a busy machine may be late."""
    pair = [Speaker(kind, node, router, dict(zip(nodes, priorities))) for node in nodes]
    pair[0].start().wait_for_master()
    pair[1].start()
    return pair
