"""Fifteen idioms of keepalived's users: each runs on evenkeel and does what keepalived does, or better as stated."""

import os
import time

from idioms import CONNECT_TEXT, IDIOMS
from routers import VirtualRouter

from lablib.host import wait_until
from lablib.keepalived import Keepalived

LIMIT = 15  # s; keepalived gives an address up in silence where its priority falls: three intervals and the skew


def stays_away(idiom, kind):
    """When all holds again."""
    return not idiom.preempt or (idiom.is_last and kind == "keepalived")


class Followed:
    """One router of one idiom, on a pair of nodes."""

    def __init__(self, idiom, which, number):
        self.idiom = idiom
        self.priorities = idiom.priorities[which]
        many = len(idiom.priorities) > 1
        self.router = VirtualRouter(virtual_router_id=number, name=f"{idiom.name}{which + 1 if many else ''}",
                                    addresses=(f"192.0.2.{number}/32",), preempt=idiom.preempt)

    @property
    def best(self):
        """Where it is while all holds: the place of a node in its pair."""
        return 0 if self.priorities[0] >= self.priorities[1] else 1

    def expected(self, kind, phase):
        if phase == "fails":
            return 1
        return 1 if phase == "holds again" and stays_away(self.idiom, kind) else self.best


class Pair:
    """keepalived or evenkeel on two nodes, with these idioms."""

    def __init__(self, kind, nodes, idioms, number):
        self.kind = kind
        self.nodes = nodes
        self.idioms = idioms
        self.routers = []
        for idiom in idioms:
            for which in range(len(idiom.priorities)):
                self.routers.append(Followed(idiom, which, number + len(self.routers)))
        self.programs = [self._program(node) for node in nodes]

    def _program(self, node):
        def of(idiom, text):
            return text.format(name=idiom.name, directory=node.directory, number=node.number) + "\n" if text else ""

        texts = {each: [of(each, each.keepalived), of(each, each.evenkeel)] for each in self.idioms}
        if self.kind == "evenkeel":
            return node.evenkeel("".join(of(each, each.tables) for each in self.idioms) + "".join(
                each.router.toml(dict(zip(self.nodes, each.priorities))) + texts[each.idiom][1] for each in self.routers))
        text = "".join(of(each, each.scripts) for each in self.idioms)
        for each in self.routers:
            block = each.router.keepalived(node, dict(zip(self.nodes, each.priorities)))
            text += block.replace("  virtual_ipaddress {", texts[each.idiom][0] + "  virtual_ipaddress {", 1)
        return Keepalived(node, text + "".join(of(each, each.groups) for each in self.idioms))

    def places(self):
        """{router: the place of the one node that has its address; None: no node, or both}"""
        shown = [node.run(["ip", "-o", "-4", "address", "show", "dev", "eth0"]) for node in self.nodes]
        holders = {each: [place for place in range(2) if f" {each.router.address}/" in shown[place]] for each in self.routers}
        return {each: holders[each][0] if len(holders[each]) == 1 else None for each in self.routers}

    def right(self, phase):
        """The routers that are where they should be."""
        runs = [os.path.exists(os.path.join(node.directory, "runs")) for node in self.nodes]
        return [each for each, place in self.places().items() if place == each.expected(self.kind, phase) and (
            not each.idiom.runs_with_it or runs == [place == 0, place == 1])]

    def start(self):
        for place, program in enumerate(self.programs):
            program.start()
            if place == 0:
                wait_until(lambda: set(self.places().values()) == {0}, LIMIT)


def change(pairs, what):
    """"fail" or "mend" on the first node of each. When (monotonic): {(kind, idiom): ...}"""
    moments = {}
    for pair in pairs:
        for idiom in pair.idioms:
            getattr(idiom.thing, what)(pair.nodes[0])
            moments[pair.kind, idiom.name] = time.monotonic()
    return moments


def moved(pairs, phase):
    """Waits until all are where they should be. When (monotonic): {(kind, idiom): ...}"""
    begun = time.monotonic()
    found = {}
    waiting = {pair: set(pair.routers) for pair in pairs}
    while any(waiting.values()) and time.monotonic() < begun + LIMIT:
        for pair, left in waiting.items():
            for each in left.intersection(pair.right(phase)):
                left.remove(each)
                found[pair.kind, each.idiom.name] = time.monotonic()
        time.sleep(0.02)
    assert not any(waiting.values()), f"{phase}: " + ", ".join(
        f"{pair.kind} {each.router.name} at {pair.places()[each]}" for pair, left in waiting.items() for each in left)
    return found


def prepare(node, idioms):
    for name, text in {"connect": CONNECT_TEXT,
                       "connect_or_stop": f"{node.directory}/connect 9000 || kill $(cat {node.directory}/keepalived/pid)\n"
                       }.items():
        with open(os.path.join(node.directory, name), "w", encoding="ascii") as file:
            file.write(text)
        os.chmod(file.name, 0o755)
    for idiom in idioms:
        idiom.thing.prepare(node)


def test_idioms_of_keepalived(make_segment):
    segment = make_segment("lb1", "lb2", "ka1", "ka2", "ka3", "ka4")
    nodes = segment.nodes
    usual, last = [each for each in IDIOMS if not each.is_last], [each for each in IDIOMS if each.is_last]
    for node, idioms in zip(nodes, (IDIOMS, IDIOMS, usual, usual, last, last)):
        prepare(node, idioms)
    ours = Pair("evenkeel", nodes[:2], IDIOMS, 11)
    pairs = [ours, Pair("keepalived", nodes[2:4], usual, 111), Pair("keepalived", nodes[4:], last, 141)]
    for pair in pairs:
        pair.start()
    moved(pairs, "holds")
    time.sleep(3)  # keepalived's scripts have run twice

    failed = change(pairs, "fail")
    away = moved(pairs, "fails")
    print(ours.programs[0].command("vrrp").stdout)
    for each in ours.routers:
        assert ours.programs[0].instance(each.router.name)["state"].upper() == each.idiom.state, each.router.name

    mended = change(pairs, "mend")
    back = moved(pairs, "holds again")
    time.sleep(2)
    moved(pairs, "holds again")  # and stay there
    print("seconds from the event to the other node, and back:")
    for idiom in IDIOMS:
        cells = []
        for kind in ("evenkeel", "keepalived"):
            key = kind, idiom.name
            returned = "stays" if stays_away(idiom, kind) else f"{back[key] - mended[key]:.2f}"
            cells.append(f"{kind} {away[key] - failed[key]:5.2f} {returned:>5}")
        print(f"{idiom.name:28} {'   '.join(cells)}   {idiom.remark}".rstrip())
