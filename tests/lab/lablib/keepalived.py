"""A running keepalived, Debian's: the peer, and what we are measured against."""

import contextlib
import os
import signal
import subprocess
import time

from .host import wait_until

_GLOBAL = """global_defs {{
  router_id {name}
  {real_time}
}}
"""
# As its manual advises: without these it is late under load, and the comparison would not be fair.
_REAL_TIME = "vrrp_rt_priority 50\n  vrrp_rlimit_rttime 10000\n  vrrp_no_swap"


def vrrp_instance(addresses, name="web", interface="eth0", virtual_router_id=61, priority=100, interval=1.0, version=3,
                  preempt=True, unicast=None, password=None, extra=""):
    """One vrrp_instance as keepalived's configuration has it.

    addresses: "192.0.2.10/32", ...; interval in seconds; unicast: (source, [peer, ...]).
    """
    seconds = f"{interval:g}"
    lines = [f"vrrp_instance {name} {{", "  state BACKUP", f"  interface {interface}", f"  version {version}",
             f"  virtual_router_id {virtual_router_id}", f"  priority {priority}", f"  advert_int {seconds}"]
    if not preempt:
        lines.append("  nopreempt")
    if unicast:
        source, peers = unicast
        # Its default over IPv6 is the kernel's hop limit, which nobody who checks for 255 accepts.
        lines += [f"  unicast_src_ip {source}", "  unicast_ttl 255", "  unicast_peer {",
                  *[f"    {peer}" for peer in peers], "  }"]
    if password:
        lines += ["  authentication {", "    auth_type PASS", f"    auth_pass {password}", "  }"]
    if extra:
        lines.append(extra)
    lines += ["  virtual_ipaddress {", *[f"    {address} dev {interface}" for address in addresses], "  }", "}"]
    return "\n".join(lines) + "\n"


class Keepalived:
    """keepalived's VRRP alone, or its checks and its IPVS table alone, in one host's namespace, in the foreground; its log is
    the host's keepalived.log."""

    def __init__(self, host, blocks, is_real_time=True, balances=False):
        """blocks: text of vrrp_instance blocks; with `balances`, of virtual_server blocks."""
        self.host = host
        self.directory = os.path.join(host.directory, "keepalived")
        self.log_path = os.path.join(host.directory, "keepalived.log")
        self._config = os.path.join(self.directory, "keepalived.conf")
        self._part = "check" if balances else "vrrp"
        self._is_real_time = is_real_time and not balances
        self._process = None
        os.makedirs(self.directory, exist_ok=True)
        self.write_config(blocks)

    def write_config(self, blocks):
        with open(self._config, "w", encoding="utf-8") as file:
            file.write(_GLOBAL.format(name=self.host.name, real_time=_REAL_TIME if self._is_real_time else ""))
            file.write(blocks)

    def start(self):
        argv = ["keepalived", "--dont-fork", "--log-console", "--log-detail", "--no-syslog", f"--{self._part}", "--use-file",
                self._config, "--pid", os.path.join(self.directory, "pid"),
                "--vrrp_pid", os.path.join(self.directory, "vrrp.pid"),
                "--checkers_pid", os.path.join(self.directory, "checkers.pid")]
        self._process = self.host.start(argv, log="keepalived.log")
        return self

    def stop(self, seconds=20):
        """SIGTERM, as systemctl stop."""
        self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"keepalived is still there {seconds} s after SIGTERM") from None

    def wait(self, seconds=20):
        """Waits until it has ended; what would keep it from starting again goes, as in a boot. Returns its status."""
        status = self._process.wait(seconds)
        for name in ("pid", "vrrp.pid", "checkers.pid"):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(os.path.join(self.directory, name))
        return status

    def crash(self):
        """SIGKILL to all of it; what it put on the interfaces stays. Returns when (wall clock)."""
        pids = [self._process.pid, *self.children()]
        moment = time.time()
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.wait()
        return moment

    def children(self):
        """The pids of its processes without the first."""
        with contextlib.suppress(FileNotFoundError):
            with open(f"/proc/{self._process.pid}/task/{self._process.pid}/children", encoding="ascii") as file:
                return [int(pid) for pid in file.read().split()]
        return []

    def pids(self):
        return [self._process.pid, *self.children()]

    @property
    def log(self):
        with contextlib.suppress(FileNotFoundError):
            with open(self.log_path, encoding="utf-8", errors="replace") as file:
                return file.read()
        return ""

    def log_lines(self, part):
        return [line for line in self.log.splitlines() if part in line]

    def wait_for_log(self, part, seconds=10):
        return wait_until(lambda: self.log_lines(part), seconds)

    def became_master(self):
        """How often, all instances together."""
        return len(self.log_lines("Entering MASTER STATE"))
