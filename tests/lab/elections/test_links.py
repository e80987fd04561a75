"""An interface by its alternative name, and advertisements that go over another one than the addresses'."""

import time

import pytest
from routers import Speaker, VirtualRouter

from lablib.host import wait_until

INTERVAL = 0.1


@pytest.fixture
def sync(segment):
    """A second network between the nodes: eth1, 10.9.0.1 and 10.9.0.2, through a bridge of its own."""
    segment.switch.ip("link add br-sync type bridge stp_state 0 mcast_snooping 0", "link set br-sync up")
    for node in segment.nodes:
        port = f"{node.name}-sync"
        segment.switch.ip(f"link add {port} type veth peer name eth1 netns {node.name}",
                          f"link set {port} master br-sync up")
        node.ip("link set eth1 up", f"addr add 10.9.0.{node.number}/24 dev eth1")
    return segment


def over_sync(nodes):
    addresses = ", ".join(f'{node.name} = "10.9.0.{node.number}"' for node in nodes)
    return VirtualRouter(interval=INTERVAL, more=f'unicast = {{ {addresses} }}\nunicast_interface = "eth1"\n')


def reason(speaker):
    return speaker.program.status()["instances"][0]["reason"]


def test_the_sync_network_carries_the_advertisements(sync):
    lb1, lb2 = sync.nodes
    router = over_sync(sync.nodes)
    priorities = {lb1: 150, lb2: 100}
    master = Speaker("evenkeel", lb1, router, priorities).start().wait_for_master()
    backup = Speaker("evenkeel", lb2, router, priorities).start()
    wait_until(lambda: backup.program.status()["instances"][0]["state"] == "backup", 5)
    time.sleep(5 * INTERVAL)
    assert backup.became_master() == 0 and not backup.is_master()
    assert all(sync.recorder.sent(node.port) == [] for node in sync.nodes)  # none on the network of the addresses
    assert sync.recorder.announced(router.address, lb1.port)  # where the clients are
    instance = backup.program.status()["instances"][0]
    assert instance["master"] == "10.9.0.1" and instance["unicast_interface"] == "eth1"
    assert "eth1, IPv4, 10.9.0.1 > 10.9.0.2" in master.program.command("vrrp").stdout

    for port, expected in (("lb1-sync", "unicast_interface_down"), ("lb1-out", "interface_down")):
        sync.switch.ip(f"link set {port} down")
        wait_until(lambda: reason(master) == expected and not master.is_master(), 5)
        wait_until(backup.is_master, 5)
        sync.switch.ip(f"link set {port} up")
        wait_until(lambda: master.is_master() and not backup.is_master(), 10)


def test_an_alternative_name_is_the_interface(segment):
    lb1, lb2 = segment.nodes
    name = "enp3s0f0-" + "n" * 118  # 127 octets, the most that there can be
    lb1.ip(f"link property add dev eth0 altname {name}")
    router = VirtualRouter(interval=INTERVAL)
    text = router.toml({lb1: 150, lb2: 100}).replace('"eth0"', f'"{name}"')
    program = lb1.evenkeel(text)
    program.start()
    wait_until(lambda: lb1.holds(router.address), 10)
    instance = program.status()["instances"][0]
    assert (instance["interface"], instance["interface_name"]) == (name, "eth0")
    assert f"{name} (eth0)" in program.command("status").stdout
    # Another interface, which is not there: said at once, and the address goes.
    done = program.reload(f'[global]\nnode_name = "lb1"\n{text.replace(name, "nowhere")}')
    assert done.returncode == 1 and "1 instance changed" in done.stdout, done.stdout + done.stderr
    assert "not in force: instance web: interface is missing" in done.stdout
    wait_until(lambda: not lb1.holds(router.address), 10)


def test_more_long_names_than_a_datagram_holds(segment):
    """255 instances of each family, with names of 128 octets: a command and its answer are twice 64 KiB."""
    lb1, lb2 = segment.nodes
    text, names = "", []
    for family in (4, 6):
        for number in range(1, 256):
            names.append(f"{family}-{number}-".ljust(128, "n"))
            address = f"198.51.100.{number}/32" if family == 4 else f"fe80::1:{number:x}/128"
            text += VirtualRouter(family=family, name=names[-1], virtual_router_id=number,
                                  addresses=(address,)).toml({lb1: 150, lb2: 100})
    program = lb1.evenkeel(text)
    program.start()

    def states():
        return {each["name"]: each["state"] for each in program.status()["instances"]}

    wait_until(lambda: states() == dict.fromkeys(names, "master"), 30, every=0.5)
    for named in ([], names):
        done = program.command("failover", *named)
        assert done.returncode == 1, done.stderr
        assert sorted(done.stdout.splitlines()) == sorted(f"{name}: no peer answered, still master" for name in names)
    assert "malformed" not in program.log
