"""The client: load, and single connections that a scenario holds in its hands."""

import os
import socket

from .binaries import binary
from .host import Host
from .load import Load


def at(address, port):
    """ADDRESS:PORT as people and programs write it."""
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


class Client(Host):
    """Where requests come from."""

    _loads = 0

    def start_load(self, address, port=80, rate=300, seconds=5, udp=False, timeout=1, path="/", status=200):
        """Open-loop load, a new connection for each request; returns a Load that is under way."""
        Client._loads += 1
        output = os.path.join(self.directory, f"load-{Client._loads}.json")
        argv = [binary("evenkeel-load"), "--to", at(address, port), "--rate", str(rate), "--seconds", str(seconds),
                "--timeout", str(timeout), "--path", path, "--status", str(status)]
        if udp:
            argv.append("--udp")
        with open(output, "wb") as file:
            process = self.start(argv, log="load.err", stdout=file)
        return Load(process, output, seconds + timeout)

    def load(self, address, port=80, **options):
        """As start_load, to its end: a LoadResult."""
        return self.start_load(address, port, **options).result()

    def connect(self, address, port=80, timeout=10, source_port=0):
        """A connected TCP socket of this host; 0: from any port."""
        with self.entered():
            made = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
        made.settimeout(timeout)
        if source_port:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            made.bind(("", source_port))
        made.connect((address, port))
        return made

    def get(self, address, port=80, path="/", timeout=10):
        """One HTTP request on a connection of its own; returns (status, body)."""
        with self.connect(address, port, timeout) as connection:
            connection.sendall(f"GET {path} HTTP/1.0\r\nHost: {at(address, port)}\r\n\r\n".encode())
            answer = b""
            while data := connection.recv(65536):
                answer += data
        head, _, body = answer.partition(b"\r\n\r\n")
        return int(head.split()[1]), body.decode()
