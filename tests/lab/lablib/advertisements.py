"""Records advertisements and announcements as they pass the switch, with the kernel's timestamps.

Every port of the switch is heard in both directions: what a host has sent (also when nobody was joined to it), and what
was delivered to it. A program that is late to read loses nothing: the times are the kernel's.
"""

import contextlib
import ctypes
import dataclasses
import ipaddress
import socket
import struct
import threading
import time

_SO_TIMESTAMPNS, _SO_RCVBUFFORCE, _SO_ATTACH_FILTER = 35, 33, 26
_SOL_PACKET, _PACKET_STATISTICS = 263, 6
_PACKET_OUTGOING = 4
_ETH_P_ALL = 3
_VRRP, _ICMPV6, _NEIGHBOUR_ADVERTISEMENT = 112, 58, 136

_LOAD_HALF, _LOAD, _IF_EQUAL, _RETURN = 0x28, 0x30, 0x15, 0x06
# Classic BPF, (code, jump if true, jump if false, constant): ARP, VRRP of both families, neighbour advertisements.
_FILTER = [
    (_LOAD_HALF, 0, 0, 12),  # the frame's type
    (_IF_EQUAL, 9, 0, 0x0806),
    (_IF_EQUAL, 0, 2, 0x0800),
    (_LOAD, 0, 0, 23),
    (_IF_EQUAL, 6, 7, _VRRP),
    (_IF_EQUAL, 0, 6, 0x86DD),
    (_LOAD, 0, 0, 20),
    (_IF_EQUAL, 3, 0, _VRRP),
    (_IF_EQUAL, 0, 3, _ICMPV6),
    (_LOAD, 0, 0, 54),
    (_IF_EQUAL, 0, 1, _NEIGHBOUR_ADVERTISEMENT),
    (_RETURN, 0, 0, 0xFFFF),
    (_RETURN, 0, 0, 0),
]


@dataclasses.dataclass(frozen=True)
class Advertisement:
    """A VRRP packet, as far as the lab wants to know."""

    at: float  # seconds of the wall clock
    port: str  # of the switch: "lb1-out"
    is_delivered: bool  # to the host at that port; else: sent by it
    source: str
    destination: str
    version: int
    virtual_router_id: int
    priority: int
    interval: float  # seconds
    mac: str  # of the sender


@dataclasses.dataclass(frozen=True)
class Announcement:
    """Gratuitous ARP (request or reply), or an unsolicited neighbour advertisement."""

    at: float
    port: str
    is_delivered: bool
    address: str
    mac: str


class Recorder:
    """From its making to close(). `switch`: the Host whose devices are the ports; its bridges (br...) are not."""

    def __init__(self, switch):
        with switch.entered():
            self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_ETH_P_ALL))
            program = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *line) for line in _FILTER))
            self._socket.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER,
                                    struct.pack("HL", len(_FILTER), ctypes.addressof(program)))
            self._socket.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, 64 << 20)
            self._socket.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
            with contextlib.suppress(BlockingIOError):
                while self._socket.recv(65536, socket.MSG_DONTWAIT):  # from before the filter
                    pass
        self._lock = threading.Lock()
        self._advertisements = []
        self._announcements = []
        self._until = float("inf")
        self._socket.settimeout(0.2)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Reads what is there, and ends. What was recorded can still be asked for."""
        if self._until < float("inf"):
            return
        self._until = time.time()
        self._thread.join()
        lost = struct.unpack("=II", self._socket.getsockopt(_SOL_PACKET, _PACKET_STATISTICS, 8))[1]
        self._socket.close()
        assert lost == 0, f"the recorder lost {lost} packets"

    def sent(self, port=None, since=0.0, until=float("inf"), **fields):
        """Advertisements that the host at `port` has sent, in order; fields: virtual_router_id=61, priority=0, ..."""
        return self._select(self._advertisements, False, port, since, until, fields)

    def delivered(self, port, since=0.0, until=float("inf"), **fields):
        """Those that the switch has delivered to it."""
        return self._select(self._advertisements, True, port, since, until, fields)

    def announced(self, address=None, port=None, since=0.0, until=float("inf")):
        """Announcements that the host at `port` has sent."""
        fields = {} if address is None else {"address": str(ipaddress.ip_address(address))}
        return self._select(self._announcements, False, port, since, until, fields)

    def wait_for(self, what, seconds=10.0):
        """Waits until what() is true; returns its value. For conditions on what was recorded."""
        deadline = time.monotonic() + seconds
        while True:
            value = what()
            if value:
                return value
            assert time.monotonic() < deadline, f"not within {seconds} s; the last advertisements: {self.tail()}"
            time.sleep(0.005)

    def tail(self, count=12):
        with self._lock:
            last = self._advertisements[-count:]
        return "\n" + "\n".join(
            f"{each.at:.4f} {each.port} {'<-' if each.is_delivered else '->'} {each.source} id "
            f"{each.virtual_router_id} priority {each.priority}" for each in last)

    def _select(self, records, is_delivered, port, since, until, fields):
        with self._lock:
            copy = list(records)
        return [each for each in copy
                if each.is_delivered == is_delivered and port in (None, each.port) and since <= each.at <= until
                and all(getattr(each, name) == value for name, value in fields.items())]

    def _read(self):
        while True:
            try:
                packet, control, _, address = self._socket.recvmsg(65536, 256)
            except TimeoutError:
                if self._until < float("inf"):
                    return
                continue
            if address[0].startswith("br"):
                continue
            seconds, nanoseconds = struct.unpack("=qq", control[0][2][:16])
            at = seconds + nanoseconds / 1e9
            if at > self._until:
                return
            try:
                self._take(packet, at, address[0], address[2] == _PACKET_OUTGOING)
            except (struct.error, IndexError, ValueError):
                continue  # whoever sends such packets tests the receivers, not us

    def _take(self, packet, at, port, is_delivered):
        kind = int.from_bytes(packet[12:14], "big")
        mac = packet[6:12].hex(":")
        if kind == 0x0806:
            sender, target = packet[28:32], packet[38:42]
            if sender == target:
                self._add(self._announcements, Announcement(at, port, is_delivered, socket.inet_ntop(
                    socket.AF_INET, sender), packet[22:28].hex(":")))
        elif kind == 0x0800:
            header = 14 + 4 * (packet[14] & 15)
            end = 14 + int.from_bytes(packet[16:18], "big")
            self._take_vrrp(packet[header:end], at, port, is_delivered, socket.inet_ntop(socket.AF_INET, packet[26:30]),
                            socket.inet_ntop(socket.AF_INET, packet[30:34]), mac)
        elif packet[20] == _VRRP:
            self._take_vrrp(packet[54:], at, port, is_delivered, socket.inet_ntop(socket.AF_INET6, packet[22:38]),
                            socket.inet_ntop(socket.AF_INET6, packet[38:54]), mac)
        elif packet[54] == _NEIGHBOUR_ADVERTISEMENT and not packet[58] & 0x40:  # not solicited
            self._add(self._announcements, Announcement(at, port, is_delivered, socket.inet_ntop(
                socket.AF_INET6, packet[62:78]), mac))

    def _take_vrrp(self, message, at, port, is_delivered, source, destination, mac):
        version = message[0] >> 4
        interval = float(message[5]) if version == 2 else (int.from_bytes(message[4:6], "big") & 0x0FFF) / 100
        self._add(self._advertisements, Advertisement(at, port, is_delivered, source, destination, version, message[1],
                                                      message[2], interval, mac))

    def _add(self, records, record):
        with self._lock:
            records.append(record)
