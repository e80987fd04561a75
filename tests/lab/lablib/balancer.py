"""A balancer node: its IPVS table, and the evenkeel that runs on it."""

import os

from . import judge
from .evenkeel import Evenkeel
from .host import Host


class Balancer(Host):
    """lb1, lb2."""

    def ipvsadm(self, *arguments):
        return self.run(["ipvsadm", *arguments])

    def ipvs(self):
        """The kernel's table: {"tcp 192.0.2.10:80": Service}."""
        return judge.parse_table(self.ipvsadm("-Ln"))

    def weights(self, service):
        """{"192.0.2.21:80": weight} of one service; empty where there is none. From /proc: cheap, so soon."""
        with self.entered():
            try:
                with open("/proc/thread-self/net/ip_vs", encoding="ascii") as file:
                    return judge.parse_proc(file.read()).get(service, {})
            except FileNotFoundError:  # no ip_vs in this kernel
                return {}

    def saved(self):
        """`ipvsadm -Sn`: every setting, no counter."""
        return self.ipvsadm("-Sn")

    def traffic(self):
        return judge.parse_traffic(self.ipvsadm("-Ln", "--stats", "--exact"))

    def holds(self, address):
        """True: the address is on its outside interface."""
        return f" {address}/" in self.run(["ip", "-o", "addr", "show", "dev", "eth0"])

    def restore(self, rules):
        """`ipvsadm -R`."""
        self.run(["ipvsadm", "-R"], input=rules)

    def start_evenkeel(self, config, respawn=False, wait=True, binaries=None, node=None):
        """Runs evenkeeld on this configuration (TOML text). With respawn, started again at once whenever it ends;
        `binaries`: where evenkeeld is, if not in the usual place; `node`: the name by which the configuration knows it,
        if not the host's."""
        path = os.path.join(self.directory, "evenkeel.toml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(config)
        daemon = Evenkeel(self, path, respawn, binaries, node)
        daemon.start(wait)
        return daemon
