"""Sees every address that comes to a host or goes from it, as the kernel tells it."""

import contextlib
import json
import socket
import struct
import threading
import time

_RTNLGRP_IPV4_IFADDR, _RTNLGRP_IPV6_IFADDR = 1 << 4, 1 << 8
_RTM_NEWADDR, _RTM_DELADDR, _RTM_GETADDR = 20, 21, 22
_NLM_F_REQUEST_DUMP = 0x301
_NLMSG_DONE = 3
_IFA_ADDRESS, _IFA_LOCAL, _IFA_CACHEINFO = 1, 2, 6
_SO_RCVBUFFORCE = 33
_SOL_NETLINK, _NETLINK_LISTEN_ALL_NSID = 270, 8
_LOOPBACK = 1  # its index


class AddressWatch:
    """From its making to close(): spans() tells who held an address, and when.

    The times are those at which we have read it (time.monotonic()), not the kernel's: good to what the noise is. What
    happens on `others` comes through the same socket, in the order in which the kernel did it; what they have before is not
    known.
    """

    def __init__(self, host, *others):
        self._names = {_number_of(host, other): other.name for other in others} | {None: host.name}
        self._host = host.name
        with host.entered():
            self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, 1 << 26)
        if others:
            self._socket.setsockopt(_SOL_NETLINK, _NETLINK_LISTEN_ALL_NSID, 1)
        self._socket.bind((0, _RTNLGRP_IPV4_IFADDR | _RTNLGRP_IPV6_IFADDR))
        self._lock = threading.Lock()
        self._spans = {}  # (name of the host, address) -> [[begin, end or None], ...]
        self._created = {}  # the same -> seconds of the kernel's clock (jiffies), of the last time that it came
        self._offset = float("inf")  # from that clock to ours: what the promptest reading shows
        self._is_read = threading.Event()
        self._is_closing = False
        self._socket.settimeout(0.2)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        self._socket.send(struct.pack("=IHHIIBBBBI", 24, _RTM_GETADDR, _NLM_F_REQUEST_DUMP, 1, 0, socket.AF_UNSPEC, 0, 0,
                                      0, 0))
        assert self._is_read.wait(10)

    def spans(self, address, of=None):
        """[(begin, end), ...] of a host; end is None while it is there, begin is that of the watch if it was there before."""
        with self._lock:
            return [tuple(span) for span in self._spans.get((of.name if of else self._host, address), [])]

    def came(self, address):
        """When it came the last time by the kernel's word, 10 ms exact, however late we have read it."""
        with self._lock:
            return self._created[self._host, address] + self._offset

    def holds(self, address):
        return any(end is None for _, end in self.spans(address))

    def changes(self, address, since):
        """How often it came or went after `since`."""
        return sum((begin > since) + (end is not None and end > since) for begin, end in self.spans(address))

    def close(self):
        self._is_closing = True
        self._thread.join()
        self._socket.close()

    def _read(self):
        while not self._is_closing:
            with contextlib.suppress(TimeoutError):
                data, ancillary, _, _ = self._socket.recvmsg(1 << 16, socket.CMSG_SPACE(4))
                now = time.monotonic()
                number = next((struct.unpack("=i", each[:4])[0] for level, kind, each in ancillary
                               if (level, kind) == (_SOL_NETLINK, _NETLINK_LISTEN_ALL_NSID)), None)
                if number in self._names:
                    self._take(data, self._names[number], now)

    def _take(self, data, name, now):
        offset = 0
        while offset + 16 <= len(data):
            length, kind = struct.unpack_from("=IH", data, offset)
            if length < 16:
                return
            if kind == _NLMSG_DONE:
                self._is_read.set()
            elif kind in (_RTM_NEWADDR, _RTM_DELADDR):
                self._note(data[offset + 16:offset + length], name, kind == _RTM_NEWADDR, now)
            offset += (length + 3) & ~3

    def _note(self, message, name, is_new, now):
        family, _, _, _, index = struct.unpack_from("=BBBBI", message)
        found, offset = {}, 8
        while offset + 4 <= len(message):
            length, kind = struct.unpack_from("=HH", message, offset)
            if length < 4:
                break
            found[kind] = message[offset + 4:offset + length]
            offset += (length + 3) & ~3
        octets = found.get(_IFA_LOCAL, found.get(_IFA_ADDRESS))
        if octets is None or index == _LOOPBACK:
            return
        address = socket.inet_ntop(family, octets)
        _, _, created, updated = struct.unpack("=IIII", found[_IFA_CACHEINFO])  # hundredths of a second
        with self._lock:
            self._offset = min(self._offset, now - updated / 100)
            self._created[name, address] = created / 100
            spans = self._spans.setdefault((name, address), [])
            is_held = bool(spans) and spans[-1][1] is None
            if is_new and not is_held:  # else: refreshed
                spans.append([now, None])
            elif not is_new and is_held:
                spans[-1][1] = now


def _number_of(host, other):
    """What `host` calls the namespace of `other`, which has such a number afterwards."""
    def find():
        return [each["nsid"] for each in json.loads(host.run(["ip", "-j", "netns", "list-id"]) or "[]") if each.get("name") == other.name]

    if not find():
        host.ip(f"netns set {other.name} auto")
    (number,) = find()
    return number


def overlap(one, other, until):
    """The longest time for which two nodes held an address at once: spans() of each; those that last end at `until`."""
    longest = 0.0
    for begin, end in one:
        for other_begin, other_end in other:
            both = min(end or until, other_end or until) - max(begin, other_begin)
            longest = max(longest, both)
    return longest
