"""One network with virtual routers on it: nodes joined by a switch, on any kernel; no IPVS.

    lb1 192.0.2.1   lb2 192.0.2.2   ...   neighbour 192.0.2.100
     |               |                     |
    -+-- lb1-out ----+-- lb2-out ----------+--      the switch's ports; 2001:db8::/64 and fe80::/64 too
"""

import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))

from lablib.advertisements import Recorder  # noqa: E402
from lablib.evenkeel import Evenkeel  # noqa: E402
from lablib.host import Host  # noqa: E402

NEIGHBOUR = 100


class Node(Host):
    """A host of the segment. Its addresses end in `number`."""

    def __init__(self, name, directory, number):
        super().__init__(name, directory)
        self.number = number

    @property
    def port(self):
        return f"{self.name}-out"

    def address(self, family):
        """The one that it advertises from: IPv6's is link-local."""
        return f"192.0.2.{self.number}" if family == 4 else f"fe80::{self.number}"

    def join(self, switch, bridge="br-out"):
        """Makes its eth0 and plugs it in; again, after eth0 was deleted."""
        switch.ip(f"link add {self.port} type veth peer name eth0 netns {self.name}",
                  f"link set {self.port} master {bridge} up")
        self.ip("link set eth0 addrgenmode none", "link set eth0 up", f"addr add 192.0.2.{self.number}/24 dev eth0",
                f"addr add 2001:db8::{self.number}/64 dev eth0 nodad", f"addr add fe80::{self.number}/64 dev eth0 nodad")

    def evenkeel(self, text):
        """An Evenkeel with this configuration, not started."""
        path = os.path.join(self.directory, "evenkeel.toml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(f'[global]\nnode_name = "{self.name}"\n{text}')
        return Evenkeel(self, path, respawn=False)

    def holds(self, address):
        """Is the address on its interface?"""
        return f" {address}/" in self.run(["ip", "-o", "address", "show", "dev", "eth0"])

    def mac(self):
        words = self.run(["ip", "-o", "link", "show", "dev", "eth0"]).split()
        return words[words.index("link/ether") + 1]


class Segment:
    """close() ends every process in it and takes it away."""

    def __init__(self, directory, nodes=("lb1", "lb2")):
        self.directory = directory
        self._hosts = {}
        try:
            self._make("switch", lambda name, place: Host(name, place))
            self.switch.ip("link add br-out type bridge stp_state 0 mcast_snooping 0", "link set br-out up",
                           "link add br-away type bridge stp_state 0 mcast_snooping 0", "link set br-away up")
            for number, name in enumerate(nodes, start=1):
                self._make(name, lambda name, place, number=number: Node(name, place, number))
            self._make("neighbour", lambda name, place: Node(name, place, NEIGHBOUR))
            for name in (*nodes, "neighbour"):
                self.node(name).join(self.switch)
            self.recorder = Recorder(self.switch)
        except BaseException:
            self.close()
            raise

    def node(self, name):
        return self._hosts[name]

    @property
    def switch(self):
        return self._hosts["switch"]

    @property
    def neighbour(self):
        return self._hosts["neighbour"]

    @property
    def nodes(self):
        return [host for name, host in self._hosts.items() if name not in ("switch", "neighbour")]

    def cut(self, node):
        """Nothing passes any more, and the node does not notice: its link stays up. Returns when (wall clock)."""
        self.switch.ip(f"link set {node.port} nomaster")
        return time.time()

    def move_away(self, *nodes):
        """To the other half of a partition: they still hear each other."""
        self.switch.ip(*[f"link set {node.port} master br-away" for node in nodes])
        return time.time()

    def mend(self, *nodes):
        """Back from cut(), move_away() and unplug(). Returns when it began (wall clock)."""
        moment = time.time()
        self.switch.ip(*[f"link set {node.port} master br-out" for node in nodes],
                       *[f"link set {node.port} up" for node in nodes])
        return moment

    def unplug(self, node):
        """The node sees that its link has gone."""
        self.switch.ip(f"link set {node.port} down")

    def masters(self, virtual_router_id, seconds, until=None):
        """The names of the nodes that have advertised within the last `seconds`, without those that released."""
        until = until or time.time()
        found = set()
        for node in self.nodes:
            sent = self.recorder.sent(node.port, since=until - seconds, until=until,
                                      virtual_router_id=virtual_router_id)
            if sent and sent[-1].priority > 0:
                found.add(node.name)
        return found

    def close(self):
        if hasattr(self, "recorder"):
            self.recorder.close()
        for host in self._hosts.values():
            host.end()
        lines = "".join(f"netns del {name}\n" for name in self._hosts)
        self._hosts = {}
        subprocess.run(["ip", "-batch", "-"], input=lines, text=True, check=True)

    def _make(self, name, kind):
        subprocess.run(["ip", "netns", "add", name], check=True)
        host = kind(name, os.path.join(self.directory, name))
        self._hosts[name] = host
        for scope in ("all", "default"):
            host.sysctl(f"net.ipv4.conf.{scope}.rp_filter", 0)
            host.sysctl(f"net.ipv6.conf.{scope}.accept_dad", 0)
            host.sysctl(f"net.ipv6.conf.{scope}.accept_ra", 0)
        host.ip("link set lo up")
