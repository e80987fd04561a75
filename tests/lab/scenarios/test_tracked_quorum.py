"""An address that follows the quorum of the service behind it."""

import time

from lablib import VIRTUAL
from lablib.host import wait_until

WITH_WEIGHT = {"track_services": '[{ name = "web", weight = -60 }]'}
WITHOUT = {"track_services": '[{ name = "web" }]'}


def cut(host):
    """Its way to the real servers is gone; the other node still hears it."""
    host.run(["nft", "-f", "-"], input="""table ip cut {
  chain output {
    type filter hook output priority 0;
    tcp dport 80 ip daddr 192.0.2.21-192.0.2.23 drop
  }
}
""")


def mend(host):
    host.run("nft delete table ip cut")


def wait_for_priorities(pair, first, second):
    wait_until(lambda: (pair.lb1.instance()["priority"], pair.lb2.instance()["priority"]) == (first, second), 20)


def wait_for_quorum(node, has_it):
    node.wait_for_log(f"track service web: {'holds' if has_it else 'fails: quorum lost'}", 30)


def test_quorum_lost_on_one_node_and_on_both(make_pair, noise):
    pair = make_pair(instance_keys=WITH_WEIGHT)
    pair.wait_until_ready()
    lb1, lb2 = (pair.lab.host(name) for name in ("lb1", "lb2"))
    for node in pair.nodes.values():
        wait_until(lambda node=node: node.instance()["tracks"][0]["state"] == "holds")

    # On the master: the other one, with 3 of 3, takes over, and gives it back.
    cut(lb1)
    pair.wait_for_owner("lb2", 20)
    assert "90 = 150 - 60" in pair.lb1.command("vrrp").stdout, pair.lb1.command("vrrp").stdout
    mend(lb1)
    pair.wait_for_owner("lb1", 20)

    # On the backup and then on the master as well: the order is as before, and nothing moves.
    since = time.monotonic()
    cut(lb2)
    wait_for_quorum(pair.lb2, False)
    cut(lb1)
    wait_for_priorities(pair, 90, 40)
    time.sleep(4)  # longer than a backup waits for its master
    assert pair.owners() == ["lb1"] and pair.changes(since) == 0
    mend(lb1)
    mend(lb2)
    wait_for_priorities(pair, 150, 100)
    time.sleep(4)
    assert pair.changes(since) == 0


def test_without_a_weight_nobody_has_the_address(make_pair, noise):
    pair = make_pair(instance_keys=WITHOUT)
    pair.wait_until_ready()
    checked = pair.lb1.host.call([pair.lb1.command_line()[0], "--check", "--config", pair.lb1.config_path, "--node", "lb1"])
    assert 'where no node reaches enough real servers of "web", all are in Initialize' in checked.stderr + checked.stdout
    for name in ("lb1", "lb2"):
        cut(pair.lab.host(name))
    for name, node in pair.nodes.items():
        wait_for_quorum(node, False)
    wait_until(lambda: pair.owners() == [], 15)  # a master with a fault waits for another one first
    for node in pair.nodes.values():
        done = node.command("vrrp")
        assert done.returncode == 2 and "quorum lost (0 of 1)" in done.stdout, done.stdout
        assert node.instance()["state"] == "initialize"
    for name in ("lb1", "lb2"):
        mend(pair.lab.host(name))
    pair.wait_for_owner("lb1", 20)
    assert pair.lab.client.get(VIRTUAL[4])[0] == 200
