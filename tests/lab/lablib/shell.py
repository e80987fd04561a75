"""tests/lab/shell, inside the lab's kernel: builds the topology and gives a prompt on lb1."""

import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))

from lablib import Lab  # noqa: E402
from lablib.binaries import CHECKOUT  # noqa: E402

_GREETING = """\
client 192.0.2.100   virtual addresses 192.0.2.10 and 2001:db8::10 on lb1   rs1 to rs3 192.0.2.21.. (10.1.0.21.. inside)
on client curl -s http://192.0.2.10/ and so on; you are on lb1; exit ends the lab.
"""

_RC = """
on() {{ local host=$1; shift; ip netns exec "$host" "$@"; }}
export -f on
export PATH={binaries}:$PATH
evenkeel() {{ command evenkeel --socket {socket} "$@"; }}
PS1='lb1:\\w# '
"""


def main(config=None):
    subprocess.run(["modprobe", "-a", "ip_vs", "ipip", "ip6_tunnel"], check=True)
    directory = tempfile.mkdtemp(prefix="lab-shell-")
    lab = Lab(directory, balancers=2)
    try:
        lab.place_virtual_addresses("lb1")
        for server in lab.real_servers:
            server.start_nginx(80)
            server.accept_tunnels()
        socket = "/run/evenkeel/control.sock"
        if config:
            with open(config, encoding="utf-8") as file:
                socket = lab.lb1.start_evenkeel(file.read()).socket
        rc = os.path.join(directory, "rc")
        with open(rc, "w", encoding="utf-8") as file:
            file.write(_RC.format(binaries=os.path.join(CHECKOUT, "build", "release", "bin"), socket=socket))
        print(_GREETING, f"Logs: {directory}", sep="", flush=True)
        lab.lb1.call(["bash", "--rcfile", rc, "-i"], timeout=None, stdin=None, stdout=None, stderr=None)
    finally:
        lab.close()


if __name__ == "__main__":
    main(*sys.argv[1:2])
