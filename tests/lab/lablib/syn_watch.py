"""When each address was first asked for a connection: SYNs as a host's device receives them, before any of its rules."""

import ctypes
import select
import socket
import struct

_ETH_P_IP = 0x0800
_SO_ATTACH_FILTER, _SO_RCVBUFFORCE, _SO_TIMESTAMPNS = 26, 33, 35
_SOL_PACKET, _PACKET_STATISTICS = 263, 6
_PACKET_OUTGOING = 4
# TCP with SYN and without ACK; the packet begins with its IPv4 header.
_FILTER = [(0x30, 0, 0, 9), (0x15, 0, 5, socket.IPPROTO_TCP), (0xb1, 0, 0, 0), (0x50, 0, 0, 13), (0x54, 0, 0, 0x12),
           (0x15, 0, 1, 0x02), (0x06, 0, 0, 0xffff), (0x06, 0, 0, 0)]


class SynWatch:
    """From its making to close()."""

    def __init__(self, host, device):
        program = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *line) for line in _FILTER))
        with host.entered():
            self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER,
                                struct.pack("HL", len(_FILTER), ctypes.addressof(program)))
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, 64 << 20)
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        self._socket.bind((device, _ETH_P_IP))
        self._first = {}

    def first(self):
        """{address: seconds of the wall clock} so far."""
        while select.select([self._socket], [], [], 0.05)[0]:
            packet, control, _, sender = self._socket.recvmsg(2048, 256)
            if sender[2] == _PACKET_OUTGOING:
                continue
            seconds, nanoseconds = struct.unpack("=qq", control[0][2][:16])
            self._first.setdefault(socket.inet_ntoa(packet[16:20]), seconds + nanoseconds / 1e9)
        lost = struct.unpack("=II", self._socket.getsockopt(_SOL_PACKET, _PACKET_STATISTICS, 8))[1]
        assert lost == 0, f"the watch lost {lost} packets"
        return dict(self._first)

    def close(self):
        self._socket.close()
