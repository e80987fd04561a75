"""Questions to an address that moves, 100 a second, and how many had no answer."""

import contextlib
import socket
import threading
import time

_ECHO = """import socket
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("0.0.0.0", 7))
while True:
    server.sendto(*server.recvfrom(64))
"""


class Questions:
    """To the address, from the neighbour, 100 a second; whoever has it answers."""

    def __init__(self, segment, address):
        for node in segment.nodes:
            node.start(["/usr/bin/python3", "-c", _ECHO], log="echo.err")
        self._address = address
        with segment.neighbour.entered():
            self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.settimeout(0.01)
        self._is_over = threading.Event()
        self.sent, self._answered = 0, set()
        self._thread = threading.Thread(target=self._ask)

    def start(self):
        self._thread.start()
        return self

    def lost(self):
        """Ends it. The numbers of those that had no answer within a second."""
        self._is_over.set()
        self._thread.join()
        self._listen(time.monotonic() + 1)
        self._socket.close()
        return sorted(set(range(self.sent)) - self._answered)

    def _ask(self):
        at = time.monotonic()
        while not self._is_over.is_set():
            self._socket.sendto(str(self.sent).encode(), (self._address, 7))
            self.sent += 1
            at += 0.01
            self._listen(at)

    def _listen(self, until):
        while time.monotonic() < until:
            with contextlib.suppress(TimeoutError):
                self._answered.add(int(self._socket.recv(64)))
