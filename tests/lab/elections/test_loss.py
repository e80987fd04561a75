"""The same packets of the master are lost, for us and for keepalived."""

import random
import time

import pytest
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


@pytest.mark.parametrize("pattern", PATTERNS)
def test_no_more_transitions_than_keepalived(make_segment, sleeper, is_full, pattern):
    seconds = 60 if is_full else 10 if pattern == "spread" else 20
    segment = make_segment("lb1", "lb2", "ka1", "ka2")
    lb1, lb2, ka1, ka2 = segment.nodes
    pairs = {}
    for kind, nodes, virtual_router_id in (("evenkeel", (lb1, lb2), 61), ("keepalived", (ka1, ka2), 62)):
        router = VirtualRouter(interval=0.1, virtual_router_id=virtual_router_id, is_unicast=True,
                               addresses=(f"192.0.2.{virtual_router_id}/32",))
        pairs[kind] = start_pair(kind, nodes, router)
    time.sleep(1)
    before = {kind: [each.became_master() for each in pair] for kind, pair in pairs.items()}
    assert before == {"evenkeel": [1, 0], "keepalived": [1, 0]}

    began = time.time()
    for node in segment.nodes:
        lose(segment, node.port, PATTERNS[pattern])
    time.sleep(seconds)
    for node in segment.nodes:
        segment.switch.run(["nft", "delete", "table", "bridge", f"lose_{node.port}".replace("-", "_")])

    transitions = {}
    for kind, (master, backup) in pairs.items():
        # A master that gives way and takes it back counts on both sides.
        transitions[kind] = master.became_master() - 1 + backup.became_master()
        sent = len(segment.recorder.sent(master.node.port, since=began, until=began + seconds))
        arrived = len(segment.recorder.delivered(backup.node.port, since=began, until=began + seconds))
        print(f"{kind}: {transitions[kind]} transitions in {seconds} s; the master sent {sent}, "
              f"{arrived} arrived at the other ({100 - 100 * arrived / sent:.0f} % lost)")
        assert 0.25 <= 1 - arrived / sent <= 0.35
    assert transitions["evenkeel"] <= transitions["keepalived"]
    if pattern == "spread":
        assert transitions["evenkeel"] == 0
    else:
        assert transitions["keepalived"] > 0  # or the comparison would say nothing
    time.sleep(1)
    assert segment.masters(61, 0.35) == {"lb1"}
