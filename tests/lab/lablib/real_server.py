"""A real server: nginx and small servers that answer their own name, or misbehave."""

import os
import signal
import sys

from .host import Host, wait_until

_SMALL_SERVERS = os.path.join(os.path.dirname(__file__), "small_servers.py")

_NGINX = """
load_module /usr/lib/nginx/modules/ngx_http_echo_module.so;
daemon off;
worker_processes 1;
user root;
pid {directory}/nginx-{port}.pid;
error_log {directory}/nginx-{port}.log warn;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  default_type text/plain;
  client_body_temp_path {directory}/body;
  proxy_temp_path {directory}/proxy;
  fastcgi_temp_path {directory}/fastcgi;
  uwsgi_temp_path {directory}/uwsgi;
  scgi_temp_path {directory}/scgi;
  server {{
    listen 0.0.0.0:{port} backlog=2048;
    listen [::]:{port} backlog=2048 ipv6only=on;
    root {directory}/files;
    location = / {{ return 200 "{name}\\n"; }}
    location = /health {{
      if (-e {directory}/unhealthy) {{ return 503 "{name} is unwell\\n"; }}
      return 200 "{name} is well\\n";
    }}
    location = /slow {{ limit_rate 8k; }}
    location = /100ms {{ echo_sleep 0.1; echo_exec /; }}
  }}
}}
"""


class RealServer(Host):
    """`addresses["outside"|"inside"][4|6]`: direct and tunnel reach it by the first, masquerade by the second."""

    addresses = None
    nginx = None  # the last that was started

    def address(self, forwarding="direct", family=4):
        return self.addresses["inside" if forwarding == "masquerade" else "outside"][family]

    def keep_virtual_addresses(self, virtual, gateway):
        """The virtual addresses on lo, silent on the wire; what leaves from the inside address goes back through the
        balancer that masquerades."""
        for scope in ("all", "default"):
            self.sysctl(f"net.ipv4.conf.{scope}.arp_ignore", 1)
            self.sysctl(f"net.ipv4.conf.{scope}.arp_announce", 2)
        inner = self.addresses["inside"]
        self.ip(f"addr add {virtual[4]}/32 dev lo", f"addr add {virtual[6]}/128 dev lo nodad")
        self.ip(f"rule add from {inner[4]} lookup 100", "route add 10.1.0.0/24 dev eth1 table 100",
                f"route add default via {gateway[4]} dev eth1 table 100")
        self.ip(f"rule add from {inner[6]} lookup 100", "route add fd00:1::/64 dev eth1 table 100",
                f"route add default via {gateway[6]} dev eth1 table 100", family=6)

    def accept_tunnels(self):
        """Takes IPIP and IP6IP6 packets from any balancer."""
        self.ip("link set tunl0 up", "link set ip6tnl0 up")

    def start_nginx(self, port=80):
        """/ answers this server's name, /health 200 or 503 (see set_healthy), /slow 48 KiB in 6 s, /100ms its
        name after 100 ms."""
        files = os.path.join(self.directory, "files")
        os.makedirs(files, exist_ok=True)
        with open(os.path.join(files, "slow"), "wb") as file:
            file.write(b"x" * 48 * 1024)
        config = os.path.join(self.directory, f"nginx-{port}.conf")
        with open(config, "w", encoding="ascii") as file:
            file.write(_NGINX.format(directory=self.directory, port=port, name=self.name))
        process = self.start(["nginx", "-p", self.directory, "-e", "stderr", "-c", config], log="nginx.out")
        wait_until(lambda: self._listens("tcp", port), 20)
        self.nginx = Nginx(process)
        return self.nginx

    def set_healthy(self, healthy):
        """What nginx answers to /health from now on: 200 or 503."""
        path = os.path.join(self.directory, "unhealthy")
        if healthy:
            os.unlink(path)
        else:
            open(path, "wb").close()

    def start_small(self, kind, port, *arguments):
        """One of the servers of small_servers.py."""
        process = self.start([sys.executable, "-S", _SMALL_SERVERS, kind, str(port), *arguments],
                             log=f"{kind}-{port}.out")
        wait_until(lambda: self._listens("udp" if kind == "udp_echo" else "tcp", port), 20)
        return process

    def start_udp_echo(self, port, virtual_addresses):
        """Answers this server's name from the address that was asked: an address of its own or a virtual one."""
        own = [self.addresses[side][family] for side in ("outside", "inside") for family in (4, 6)]
        return self.start_small("udp_echo", port, self.name, *own, *virtual_addresses)

    def start_tcp_echo(self, port):
        """Says this server's name, then gives back every line."""
        return self.start_small("tcp_echo", port, self.name)

    def _listens(self, protocol, port):
        # TCP: state 0A is LISTEN; UDP: 07 is unconnected.
        state = " 0A " if protocol == "tcp" else " 07 "
        for path in (f"/proc/thread-self/net/{protocol}", f"/proc/thread-self/net/{protocol}6"):
            with self.entered(), open(path, encoding="ascii") as file:
                if any(f":{port:04X} " in line and state in line for line in file):
                    return True
        return False


class Nginx:
    """A running nginx, master and worker."""

    def __init__(self, process):
        self.process = process

    def is_running(self):
        return self.process.poll() is None

    def quit(self):
        """Refuses new connections, finishes what is under way."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(30)

    def kill(self):
        """The machine's power switch for this program: master and worker at once; the kernel resets its connections."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)
