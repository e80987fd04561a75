"""The same packets of the master are lost, for us and for keepalived."""

import itertools
import random
import time

from routers import VirtualRouter, start_pair

PERIOD = 100  # packets: the pattern repeats
LOST = 30
PATTERNS = {
    # Never two in a row: the protocol was made for this, and nothing may move.
    "spread": [index for index in range(PERIOD) if index % 10 in (0, 3, 6)],
    # As it comes: now and then three in a row, which is a master that is down.
    "random": sorted(random.Random(2026).sample(range(PERIOD), LOST)),
}


def lose(segment, port, pattern):
    """Of what the switch would deliver to this port, these of every PERIOD advertisements are lost."""
    elements = ", ".join(f"{index} : drop" for index in pattern)
    table = f"lose_{port}".replace("-", "_")
    segment.switch.run(["nft", "-f", "-"], input=f"""
        table bridge {table} {{
          chain forward {{
            type filter hook forward priority 0;
            oifname "{port}" ip protocol 112 numgen inc mod {PERIOD} vmap {{ {elements} }}
          }}
        }}""")


def start_pairs(nodes, patterns):
    """{(pattern, kind): its two speakers}: all on one network, by unicast, with a virtual router ID each."""
    pairs = {}
    for number, (pattern, kind) in enumerate(itertools.product(patterns, ("evenkeel", "keepalived"))):
        router = VirtualRouter(interval=0.1, virtual_router_id=61 + number, is_unicast=True,
                               addresses=(f"192.0.2.{61 + number}/32",))
        pairs[pattern, kind] = start_pair(kind, nodes[2 * number:2 * number + 2], router)
    return pairs


def test_no_more_transitions_than_keepalived(make_segment, sleeper, is_full):
    seconds = 60 if is_full else 20
    segment = make_segment(*(f"n{number}" for number in range(4 * len(PATTERNS))))
    pairs = start_pairs(segment.nodes, PATTERNS)
    time.sleep(1)
    assert {case: [each.became_master() for each in pair] for case, pair in pairs.items()} == {case: [1, 0] for case in pairs}

    began = time.time()
    for (pattern, _), pair in pairs.items():
        for each in pair:
            lose(segment, each.node.port, PATTERNS[pattern])
    time.sleep(seconds)
    for node in segment.nodes:
        segment.switch.run(["nft", "delete", "table", "bridge", f"lose_{node.port}".replace("-", "_")])

    transitions = {}
    for case, (master, backup) in pairs.items():
        # A master that gives way and takes it back counts on both sides.
        transitions[case] = master.became_master() - 1 + backup.became_master()
        sent = len(segment.recorder.sent(master.node.port, since=began, until=began + seconds))
        arrived = len(segment.recorder.delivered(backup.node.port, since=began, until=began + seconds))
        print(f"{' '.join(case)}: {transitions[case]} transitions in {seconds} s; the master sent {sent}, "
              f"{arrived} arrived at the other ({100 - 100 * arrived / sent:.0f} % lost)")
        assert 0.25 <= 1 - arrived / sent <= 0.35
    for pattern in PATTERNS:
        assert transitions[pattern, "evenkeel"] <= transitions[pattern, "keepalived"]
    assert transitions["spread", "evenkeel"] == 0
    assert transitions["random", "keepalived"] > 0  # or the comparison would say nothing
    time.sleep(1)
    for (_, kind), (master, _) in pairs.items():
        if kind == "evenkeel":
            assert segment.masters(master.router.virtual_router_id, 0.35) == {master.node.name}
