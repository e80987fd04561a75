"""Sees every netlink message of a host (nlmon), to count those that write to IPVS: the judge of "no write"."""

import collections
import contextlib
import re
import select
import socket
import struct
import subprocess

# linux/ip_vs.h, IPVS_CMD_*: those that change something.
_WRITES = {1: "new service", 2: "set service", 3: "del service", 5: "new destination", 6: "set destination",
           7: "del destination", 9: "new daemon", 10: "del daemon", 16: "zero", 17: "flush"}
_NLM_F_REQUEST = 1
_NLMSG_ERROR = 2  # an acknowledgement, too
_SO_TIMESTAMPNS, _SO_RCVBUFFORCE = 35, 33
_SOL_PACKET, _PACKET_STATISTICS = 263, 6
_HEADER = struct.Struct("=IHHII")  # length, type, flags, sequence, port


class NetlinkTap:
    """From its making: writes() counts the requests so far, by kind. Settings (timeouts) do not count.

    first_write and last_answer are seconds of the wall clock: of the first of them that is no flush, and of the last
    acknowledgement of one; None without any. moments: of each request, by kind, in order.
    """

    def __init__(self, host):
        subprocess.run(["modprobe", "nlmon"], check=True)
        with contextlib.suppress(AssertionError):
            host.ip("link add nlmon0 type nlmon")
        host.ip("link set nlmon0 up")
        self._family = self._family_number(host)
        with host.entered():
            self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, 64 << 20)
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        self._socket.bind(("nlmon0", 3))
        self._seen = collections.Counter()
        self.moments = collections.defaultdict(list)
        self._waits_for_answer = False
        self.first_write = self.last_answer = None

    def writes(self):
        """{"set destination": 1, ...}; an empty Counter when nothing was written."""
        while select.select([self._socket], [], [], 0.05)[0]:
            packet, control, _, _ = self._socket.recvmsg(1 << 20, 256)
            seconds, nanoseconds = struct.unpack("=qq", control[0][2][:16])
            self._count(packet, seconds + nanoseconds / 1e9)
        lost = struct.unpack("=II", self._socket.getsockopt(_SOL_PACKET, _PACKET_STATISTICS, 8))[1]
        assert lost == 0, f"the tap lost {lost} messages"
        return collections.Counter(self._seen)

    def close(self):
        self._socket.close()

    def _count(self, packet, moment):
        offset = 0
        while offset + _HEADER.size <= len(packet):
            length, kind, flags, _, _ = _HEADER.unpack_from(packet, offset)
            if length < _HEADER.size:
                return
            if kind == self._family and flags & _NLM_F_REQUEST and offset + 17 <= len(packet):
                command = packet[offset + 16]
                if command in _WRITES:
                    self._seen[_WRITES[command]] += 1
                    self.moments[_WRITES[command]].append(moment)
                    if _WRITES[command] != "flush":
                        self._waits_for_answer = True
                        self.first_write = self.first_write or moment
            elif kind == _NLMSG_ERROR and self._waits_for_answer:
                self.last_answer = moment
                self._waits_for_answer = False
            offset += (length + 3) & ~3

    @staticmethod
    def _family_number(host):
        """Of "IPVS", from `genl`; it is fixed while the module stays."""
        found = re.search(r"Name: IPVS\s+ID: (0x[0-9a-f]+)", host.run(["genl", "ctrl", "list"]))
        assert found, "the kernel has no generic netlink family IPVS"
        return int(found.group(1), 16)
