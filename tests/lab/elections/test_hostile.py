"""Ten thousand packets from somebody who means no good: counted by their reason, and nothing moves."""

import collections
import json
import os
import random
import socket
import time

import pytest
from routers import VirtualRouter, start_pair

from lablib.host import wait_until

ROUNDS = 300
MUTATED = 2000
PER_SECOND = 2000
PASSWORD = "seesaw"
GROUP = {4: ("224.0.0.18", "01:00:5e:00:00:12"), 6: ("ff02::12", "33:33:00:00:00:12")}
STRANGER = {4: "192.0.2.66", 6: "fe80::66"}
STRANGERS_MAC = "02:00:00:00:00:66"

ROUTERS = {
    "multicast": VirtualRouter(interval=0.1, name="multicast", virtual_router_id=61, addresses=("192.0.2.61/32",)),
    "unicast": VirtualRouter(interval=0.1, name="unicast", virtual_router_id=62, is_unicast=True,
                             addresses=("192.0.2.62/32",)),
    "two": VirtualRouter(interval=1.0, version=2, name="two", virtual_router_id=63, addresses=("192.0.2.63/32",),
                         more=f'password = "{PASSWORD}"'),
    "six": VirtualRouter(interval=0.1, family=6, name="six", virtual_router_id=64),
}
PRIORITIES = (150, 100)


class Pair:
    """Both nodes with all four virtual routers in one daemon each."""

    def __init__(self, segment):
        self.segment = segment
        self.nodes = segment.nodes[:2]
        priorities = dict(zip(self.nodes, PRIORITIES))
        text = "".join(router.toml(priorities) for router in ROUTERS.values())
        self.programs = [node.evenkeel(text) for node in self.nodes]
        for node, program in zip(self.nodes, self.programs):
            node.sysctl("net.ipv4.conf.all.accept_local", 1)  # or the kernel itself drops what has our own address
            program.start()
        wait_until(lambda: all(self.nodes[0].holds(router.address) for router in ROUTERS.values()), 10)
        time.sleep(1.5)

    def instances(self, index):
        """{name: its part of `evenkeel vrrp --json`}, once the engine has told: it does once a second."""
        time.sleep(1.3)
        answer = json.loads(self.programs[index].command("vrrp", "--json").stdout)
        return {each["name"]: each for each in answer["instances"]}

    def states(self):
        return [{name: (each["state"], each["since"], each["counters"]["became_master"])
                 for name, each in self.instances(index).items()} for index in (0, 1)]

    def memory(self):
        """KiB that all processes have allocated: resident, without the pages of programs and libraries, of which each first
        use of a function may bring some."""
        total = 0
        for program in self.programs:
            for pid in (program.pid, *program.children().values()):
                with open(f"/proc/{pid}/status", encoding="ascii") as file:
                    total += int(file.read().partition("RssAnon:")[2].split()[0])
        return total


def packets(pair):
    """[(instance, reason, [frame for the one node, frame for the other, or one for both])...], one of each kind."""
    from scapy.layers.inet import IP
    from scapy.layers.inet6 import IPv6
    from scapy.layers.l2 import Ether
    from scapy.layers.vrrp import VRRP, VRRPv3
    from scapy.packet import Raw

    own = {4: pair.nodes[0].address(4), 6: pair.nodes[0].address(6)}

    def frame(packet, mac):
        return bytes(Ether(src=STRANGERS_MAC, dst=mac) / packet)

    def ip(family, to, ttl=255, source=None):
        source = source or STRANGER[family]
        if family == 4:
            return IP(src=source, dst=to, ttl=ttl, proto=112)
        return IPv6(src=source, dst=to, hlim=ttl, nh=112)

    def three(name, priority=200, **fields):
        router = ROUTERS[name]
        fields = {"vrid": router.virtual_router_id, "priority": priority, "adv": 10,
                  "addrlist": [each.partition("/")[0] for each in router.virtual_addresses], **fields}
        return VRRPv3(**fields)

    def two(priority=200, password=PASSWORD, **fields):
        text = password.encode().ljust(8, b"\0")
        return VRRP(**{"vrid": 63, "priority": priority, "authtype": 1, "adv": 1, "addrlist": ["192.0.2.63"],
                       "auth1": int.from_bytes(text[:4], "big"), "auth2": int.from_bytes(text[4:], "big"), **fields})

    def to_all(name, packet, **ip_fields):
        family = ROUTERS[name].family
        return [frame(ip(family, GROUP[family][0], **ip_fields) / packet, GROUP[family][1])]

    def to_each(packet, **ip_fields):
        return [frame(ip(4, node.address(4), **ip_fields) / packet, node.mac()) for node in pair.nodes]

    def cut(frames, octets):
        """Shorter by so many octets, and the IP header says so."""
        return [frame_of(each, octets) for each in frames]

    def frame_of(data, octets):
        packet = Ether(data)
        header = packet[IP].copy()
        payload = bytes(header.payload)[:-octets]
        header.remove_payload()
        del header.len, header.chksum
        return frame(header / Raw(payload), packet.dst)

    yield "multicast", "checksum", to_all("multicast", three("multicast", chksum=0x1234))
    yield "multicast", "hop_limit", to_all("multicast", three("multicast"), ttl=254)
    yield "multicast", "interval", to_all("multicast", three("multicast", adv=0))
    yield "multicast", "address_count", to_all("multicast", three("multicast", addrlist=[], ipcount=0))
    yield "multicast", "length", to_all("multicast", three("multicast", ipcount=9))
    yield "multicast", "length", cut(to_all("multicast", three("multicast")), 1)
    yield "multicast", "length", cut(to_all("multicast", three("multicast")), 5)
    yield "multicast", "type", to_all("multicast", three("multicast", type=2))
    yield "multicast", "version", to_all("multicast", three("multicast", version=5))
    yield "multicast", "version", to_all("multicast", two(vrid=61))
    # To the other node this one is the master's own word.
    yield "multicast", "own_source", to_all("multicast", three("multicast", PRIORITIES[0]), source=own[4])
    yield "multicast", "priority_zero", to_all("multicast", three("multicast", priority=0))
    yield "unicast", "source", to_each(three("unicast"))
    yield "unicast", "source", to_each(three("unicast", priority=0))
    yield "unicast", "checksum", to_each(three("unicast", chksum=0x1234), source=own[4])
    yield "unicast", "hop_limit", to_each(three("unicast"), ttl=64)
    yield "two", "authentication", to_all("two", two(password="sesame"))
    yield "two", "authentication_type", to_all("two", two(authtype=0))
    yield "two", "authentication_type", to_all("two", two(authtype=2))
    yield "two", "interval_mismatch", to_all("two", two(adv=3))
    yield "two", "interval", to_all("two", two(adv=0))
    # CARP as OpenBSD and OPNsense send it: protocol 112, version 2, type 1, 36 octets.
    yield "two", "length", to_all("two", Raw(bytes([0x21, 63, 0, 7, 0, 1]) + random.Random(1).randbytes(30)))
    yield "six", "hop_limit", to_all("six", three("six"), ttl=254)
    yield "six", "interval", to_all("six", three("six", adv=0))
    yield "six", "address_count", to_all("six", three("six", addrlist=[], ipcount=0))


def mutations(frames, count):
    """Each a packet of these with some octets after its link-layer header changed at random."""
    chance = random.Random(20261120)
    for _ in range(count):
        data = bytearray(chance.choice(frames))
        for _ in range(chance.randint(1, 6)):
            data[chance.randrange(14, len(data))] = chance.randrange(256)
        yield bytes(data)


class Stranger:
    """Sends frames from its own place on the segment, so many a second that no queue runs over."""

    def __init__(self, node):
        with node.entered():
            self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
            self._socket.bind(("eth0", 0))
        self._next = time.monotonic()

    def send(self, frame):
        delay = self._next - time.monotonic()
        if delay > 0:
            time.sleep(delay)
        self._next = max(self._next, time.monotonic() - 0.01) + 1 / PER_SECOND
        self._socket.send(frame)


def counted(instance):
    """{reason: how many}, with the priority 0 of strangers among them."""
    counters = instance["counters"]
    found = collections.Counter({name: count for name, count in counters["dropped"].items() if count})
    if counters["priority_zero_received"]:
        found["priority_zero"] = counters["priority_zero_received"]
    return found


@pytest.mark.whole_machine
def test_ten_thousand_change_nothing(make_segment):
    segment = make_segment("lb1", "lb2", "stranger")
    pair = Pair(segment)
    stranger = Stranger(segment.node("stranger"))
    kinds = list(packets(pair))

    # Once each: whatever is allocated for a first time is there from now on.
    for _, _, frames in kinds:
        for frame in frames:
            stranger.send(frame)
    before = pair.states()
    assert [each[0] for each in before[0].values()] == ["master"] * len(ROUTERS)
    assert [each[0] for each in before[1].values()] == ["backup"] * len(ROUTERS)
    memory, descriptors = pair.memory(), count_descriptors(pair)
    log_lines = [program.log.count("\n") for program in pair.programs]

    expected = collections.defaultdict(collections.Counter)
    sent = 0
    for instance, reason, frames in kinds:
        expected[instance][reason] += ROUNDS + 1
    for _ in range(ROUNDS):
        for _, _, frames in kinds:
            for frame in frames:
                stranger.send(frame)
                sent += 1
    for index in (0, 1):
        instances = pair.instances(index)
        for name, reasons in expected.items():
            if index == 1:
                reasons = reasons - collections.Counter(own_source=ROUNDS + 1)
            assert counted(instances[name]) == reasons, f"{name} on node {index + 1}"
    for frame in mutations([frame for _, _, frames in kinds for frame in frames], MUTATED):
        stranger.send(frame)
        sent += 1
    assert sent >= 10_000

    assert pair.states() == before
    grown = pair.memory() - memory
    lines = [program.log.count("\n") - before for program, before in zip(pair.programs, log_lines)]
    print(f"{sent} packets: {grown} KiB more memory, {lines[0]} and {lines[1]} lines of log; on each node "
          f"{sum(sum(reasons.values()) for reasons in expected.values())} counted by "
          f"{len({reason for reasons in expected.values() for reason in reasons})} reasons")
    assert grown <= 128
    wait_until(lambda: count_descriptors(pair) == descriptors)  # a command's end with its answer
    assert max(lines) <= 100
    for program in pair.programs:
        assert program.log_lines("dropped a packet: checksum")
        assert not program.log_lines("from 0.0.0.0")


def count_descriptors(pair):
    return sum(len(os.listdir(f"/proc/{pid}/fd")) for program in pair.programs
               for pid in (program.pid, *program.children().values()))


def test_stream_of_priority_zero_does_not_put_the_takeover_off(make_segment, sleeper):
    """In the name of a master that is dead: keepalived, which takes each at its word, never takes over."""
    from scapy.layers.inet import IP
    from scapy.layers.l2 import Ether
    from scapy.layers.vrrp import VRRPv3

    router = VirtualRouter(interval=0.1)
    segment = make_segment("lb1", "lb2", "stranger")
    lb1, lb2, other = segment.nodes
    start_pair("evenkeel", (lb1, lb2), router)
    time.sleep(0.5)
    frame = bytes(Ether(src=STRANGERS_MAC, dst=GROUP[4][1]) / IP(src=lb1.address(4), dst=GROUP[4][0], ttl=255, proto=112) /
                  VRRPv3(vrid=61, priority=0, adv=10, addrlist=[router.address]))
    stranger = Stranger(other)
    segment.cut(lb1)
    began = time.time()
    recorder = segment.recorder
    while time.time() < began + 1 and not recorder.sent(lb2.port, since=began):
        stranger.send(frame)
        time.sleep(0.005)  # well within the skew, 61 ms
    taken = recorder.sent(lb2.port, since=began)
    assert taken, "the stream has put the takeover off"
    first = [each for each in recorder.delivered(lb2.port, since=began) if each.priority == 0][0]
    took = taken[0].at - first.at
    print(f"taken over {took * 1000:.1f} ms after the first of the stream; the skew is {router.skew(100) * 1000:.1f} ms")
    assert router.skew(100) - 0.001 <= took <= router.skew(100) + 0.01 + sleeper.allowance()
