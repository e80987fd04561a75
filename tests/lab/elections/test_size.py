"""How much memory one instance takes, and hundreds of them that miss nothing while the file is read again."""

import time

import pytest
from routers import Speaker, VirtualRouter

from lablib.host import wait_until

MOST_MEMORY = 25_000_000


def proportional_memory(pids):
    """Octets that these processes hold, each shared page parted among those who share it."""
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
            total += 1024 * int(file.read().partition("\nPss:")[2].split()[0])
    return total


def test_memory_of_one_instance(segment):
    router = VirtualRouter()
    lb1, lb2 = segment.nodes
    speaker = Speaker("evenkeel", lb1, router, {lb1: 150, lb2: 100}).start().wait_for_master()
    time.sleep(3)
    program = speaker.program
    roles = {"main": program.pid, **program.children()}
    each = {role: proportional_memory([pid]) / 1e6 for role, pid in roles.items()}
    total = sum(each.values())
    print(f"{total:.1f} MB: " + ", ".join(f"{role} {size:.1f}" for role, size in each.items()))
    assert "vrrp" in roles and len(roles) >= 2
    assert total * 1e6 < MOST_MEMORY


def instances(count, interval):
    """So many virtual routers on one interface: as many as it can have are 255."""
    return [VirtualRouter(interval=interval, name=f"v{number}", virtual_router_id=number,
                          addresses=(f"198.51.100.{number}/32",)) for number in range(1, count + 1)]


@pytest.mark.parametrize("count, interval", [(255, 1.0), (100, 0.1)], ids=["255 at 1s", "100 at 100ms"])
def test_reload_misses_no_advertisement(segment, sleeper, is_full, count, interval):
    routers = instances(count, interval)
    lb1, lb2 = segment.nodes
    priorities = {lb1: 200, lb2: 100}
    text = "".join(router.toml(priorities) for router in routers)
    programs = [node.evenkeel(text) for node in (lb1, lb2)]
    for program in programs:
        program.start()
    recorder = segment.recorder
    wait_until(lambda: programs[0].log.count("entering MASTER state") == count, 15, every=0.2)
    time.sleep(1 + interval)
    assert programs[1].log.count("entering MASTER state") == 0

    began = time.time()
    reloads = 20 if is_full else 5
    took = []
    for number in range(reloads):
        # Another instance gets another address each time; the others are as they were.
        changed = routers[number].toml(priorities)
        other = changed.replace("198.51.100.", "203.0.113.")
        assert other != changed
        text = text.replace(changed, other)
        for node, program in zip((lb1, lb2), programs):
            asked = time.time()
            done = program.reload(f'[global]\nnode_name = "{node.name}"\n{text}')
            took.append(time.time() - asked)
            assert done.returncode == 0, done.stdout + done.stderr
        time.sleep(1)
    ended = time.time()
    time.sleep(2 * interval)

    sent = {router.virtual_router_id: [] for router in routers}
    for each in recorder.sent(lb1.port, since=began - 1.2 * interval):
        sent[each.virtual_router_id].append(each.at)
    gaps = [later - earlier for times in sent.values() for earlier, later in zip(times, times[1:])]
    spans = [(times[0], times[-1]) for times in sent.values()]
    print(f"{count} instances, {reloads} reloads of {max(took) * 1000:.0f} ms and less on each node: {len(gaps)} gaps, "
          f"the longest {max(gaps) * 1000:.2f} ms, at an interval of {interval * 1000:.0f} ms")
    assert all(first <= began and last >= ended for first, last in spans)
    assert max(gaps) <= 1.5 * interval + sleeper.allowance()
    assert recorder.sent(lb2.port, since=began) == []
    assert programs[0].log.count("entering MASTER state") == count
    assert programs[1].log.count("entering MASTER state") == 0
    for number in range(reloads):
        assert lb1.holds(f"203.0.113.{number + 1}") and not lb1.holds(f"198.51.100.{number + 1}")
