"""A running FRR, Debian's: its vrrpd, and the zebra that tells it of interfaces. Another peer.

It holds virtual addresses by a macvlan with the virtual MAC address; they are on it always, and what is not Master keeps
it without a carrier (protodown).
"""

import contextlib
import os
import shutil
import signal

from segment import Segment  # noqa: F401  (puts lablib within reach)

from lablib.host import wait_until

_PROGRAMS = "/usr/lib/frr"


class Frr:
    """One virtual router in one node's namespace, in the foreground; its log is the node's frr.log."""

    def __init__(self, node, router, priority):
        self.node = node
        self.router = router
        self.directory = f"/run/frr-{node.name}"  # where its own user may come
        self.interface = f"vrrp{router.family}-{router.virtual_router_id}"
        self._priority = priority
        self._processes = []

    def start(self):
        # A socket that is left there lets zebra's clients wait for a minute.
        shutil.rmtree(self.directory, ignore_errors=True)
        os.makedirs(self.directory)
        shutil.chown(self.directory, "frr", "frr")
        self._make_interface()
        config = self._write("vrrpd.conf", self._config())
        self._start("zebra", self._write("zebra.conf", ""))
        wait_until(lambda: os.path.exists(self._path("zserv.api")))
        transitions = self.log.count(" -> ")
        self._start("vrrpd", config)
        wait_until(lambda: self.log.count(" -> ") > transitions)
        wait_until(lambda: self.is_master() == self._says_master())  # until then the macvlan is as it was made
        return self

    def stop(self, seconds=20):
        """vrrpd gives up its address, then the rest goes."""
        for process in reversed(self._processes):
            process.send_signal(signal.SIGTERM)
            process.wait(seconds)
        self._end()

    def crash(self):
        """SIGKILL, and what is left goes as with a loss of power."""
        for process in self._processes:
            process.kill()
            process.wait()
        self._end()

    def pids(self):
        return [process.pid for process in self._processes]

    def is_master(self):
        done = self.node.call(["ip", "-o", "link", "show", "dev", self.interface])
        return done.returncode == 0 and ",LOWER_UP" in done.stdout

    def _says_master(self):
        return self.log.rpartition(" -> ")[2].startswith("Master")

    @property
    def log(self):
        with contextlib.suppress(FileNotFoundError):
            with open(os.path.join(self.node.directory, "frr.log"), encoding="utf-8", errors="replace") as file:
                return file.read()
        return ""

    def became_master(self):
        return self.log.count(" -> Master")

    def _config(self):
        identity = f" vrrp {self.router.virtual_router_id}"
        ip = "ip" if self.router.family == 4 else "ipv6"
        return "\n".join(["interface eth0", f"{identity} version {self.router.version}", f"{identity} priority {self._priority}",
                          f"{identity} advertisement-interval {round(self.router.interval * 1000)}",
                          f" {'' if self.router.preempt else 'no '}vrrp {self.router.virtual_router_id} preempt",
                          *[f"{identity} {ip} {address.partition('/')[0]}" for address in self.router.virtual_addresses], ""])

    def _make_interface(self):
        family = 1 if self.router.family == 4 else 2
        mac = f"00:00:5e:00:0{family}:{self.router.virtual_router_id:02x}"
        lines = [f"link add {self.interface} link eth0 address {mac} type macvlan mode bridge",
                 f"link set {self.interface} addrgenmode none"]
        addresses, option = self.router.virtual_addresses, ""
        if self.router.family == 6:  # the first one is what it advertises from
            addresses, option = [f"fe80::f{self.node.number}/64", *addresses], " nodad"
        lines += [f"addr add {address} dev {self.interface}{option}" for address in addresses]
        self.node.ip(*lines, f"link set {self.interface} up")

    def _start(self, program, config):
        argv = [os.path.join(_PROGRAMS, program), "--config_file", config, "--socket", self._path("zserv.api"),
                "--pid_file", self._path(f"{program}.pid"), "--vty_socket", self.directory,
                "--log", "stdout", "--log-level", "info"]
        self._processes.append(self.node.start(argv, log="frr.log"))

    def _end(self):
        self._processes = []
        self.node.call(["ip", "link", "del", self.interface])

    def _path(self, name):
        return os.path.join(self.directory, name)

    def _write(self, name, text):
        with open(self._path(name), "w", encoding="utf-8") as file:
            file.write(text)
        return self._path(name)
