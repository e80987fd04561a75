"""The hosts and how they are joined.

    client 192.0.2.100            lb1 192.0.2.1   lb2 192.0.2.2
       |                           |      |
    ---+------ outside ------------+------|--------+---      192.0.2.0/24   2001:db8::/64
                                          |        |
    --------------- inside ---------------+---+----|---      10.1.0.0/24    fd00:1::/64
                                              |    |
                                        rs1 10.1.0.21, 192.0.2.21, rs2 ...

Direct routing and tunnels reach a real server by its outside address, with the virtual addresses on
its lo; masquerade by its inside address, and what comes from that address goes back through the
balancer that holds 10.1.0.1 (lb1 is 10.1.0.11 there). "switch" is the namespace of both bridges.
IPv6 uses the same last numbers.
"""

import os
import subprocess

from .balancer import Balancer
from .client import Client
from .host import Host
from .real_server import RealServer

VIRTUAL = {4: "192.0.2.10", 6: "2001:db8::10"}
GATEWAY = {4: "10.1.0.1", 6: "fd00:1::1"}


def outside(number):
    return {4: f"192.0.2.{number}", 6: f"2001:db8::{number}"}


def inside(number):
    return {4: f"10.1.0.{number}", 6: f"fd00:1::{number}"}


class Lab:
    """A fresh topology; close() ends every process in it and takes it away."""

    def __init__(self, directory, balancers=1, real_servers=3):
        self.directory = directory
        self._hosts = {}
        numbers = {"client": 100}
        numbers.update({f"lb{i}": i for i in range(1, balancers + 1)})
        numbers.update({f"rs{i}": 20 + i for i in range(1, real_servers + 1)})
        try:
            self._make_hosts(numbers)
            self._join(numbers)
            for name, number in numbers.items():
                self._address(self._hosts[name], number)
        except BaseException:
            self.close()
            raise

    def host(self, name):
        return self._hosts[name]

    @property
    def client(self):
        return self._hosts["client"]

    @property
    def lb1(self):
        return self._hosts["lb1"]

    @property
    def real_servers(self):
        return [host for host in self._hosts.values() if isinstance(host, RealServer)]

    def cut(self, name):
        """Pulls the host's outside cable."""
        self._hosts["switch"].ip(f"link set {name}-out down")

    def mend(self, name):
        self._hosts["switch"].ip(f"link set {name}-out up")

    def place_virtual_addresses(self, name):
        """Puts the virtual addresses and the inside gateway on a balancer, as its administrator would without VRRP."""
        # preferred_lft 0: the kernel would take a /128 before the host's own address as the source of what it sends, and
        # a real server drops what comes from an address that it has itself.
        self._hosts[name].ip(f"addr add {VIRTUAL[4]}/32 dev eth0",
                             f"addr add {VIRTUAL[6]}/128 dev eth0 nodad preferred_lft 0",
                             f"addr add {GATEWAY[4]}/24 dev eth1", f"addr add {GATEWAY[6]}/64 dev eth1 nodad")

    def close(self):
        for host in self._hosts.values():
            host.end()
        lines = "".join(f"netns del {name}\n" for name in self._hosts)
        self._hosts = {}
        subprocess.run(["ip", "-batch", "-"], input=lines, text=True, check=True)

    def _make_hosts(self, numbers):
        names = ["switch", *numbers]
        subprocess.run(["ip", "-batch", "-"], input="".join(f"netns add {name}\n" for name in names),
                       text=True, check=True)
        for name in names:
            kind = {"c": Client, "l": Balancer, "r": RealServer}.get(name[0], Host)
            host = kind(name, os.path.join(self.directory, name))
            self._hosts[name] = host
            for scope in ("all", "default"):
                host.sysctl(f"net.ipv4.conf.{scope}.rp_filter", 0)
                host.sysctl(f"net.ipv4.conf.{scope}.send_redirects", 0)
                host.sysctl(f"net.ipv6.conf.{scope}.accept_dad", 0)
                host.sysctl(f"net.ipv6.conf.{scope}.accept_ra", 0)

    def _join(self, numbers):
        switch = self._hosts["switch"]
        lines = [f"link add br-{side} type bridge stp_state 0 mcast_snooping 0" for side in ("out", "in")]
        lines += [f"link set br-{side} up" for side in ("out", "in")]
        for name in numbers:
            sides = [("out", "eth0")] if name == "client" else [("out", "eth0"), ("in", "eth1")]
            for side, device in sides:
                lines.append(f"link add {name}-{side} type veth peer name {device} netns {name}")
                lines.append(f"link set {name}-{side} master br-{side} up")
        switch.ip(*lines)

    def _address(self, host, number):
        out, inner = outside(number), inside(number + 10 if isinstance(host, Balancer) else number)
        lines = ["link set lo up", "link set eth0 up",
                 f"addr add {out[4]}/24 dev eth0", f"addr add {out[6]}/64 dev eth0 nodad"]
        if host is not self.client:
            lines += ["link set eth1 up", f"addr add {inner[4]}/24 dev eth1", f"addr add {inner[6]}/64 dev eth1 nodad"]
        if isinstance(host, Balancer):
            host.sysctl("net.ipv4.ip_forward", 1)
            host.sysctl("net.ipv6.conf.all.forwarding", 1)
        host.ip(*lines)
        if isinstance(host, RealServer):
            host.addresses = {"outside": out, "inside": inner}
            host.keep_virtual_addresses(VIRTUAL, GATEWAY)
