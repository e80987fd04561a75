"""The master is stopped, or told to hand over, under 300 new connections a second: no client notices."""

import time

from lablib import VIRTUAL, Drill, wait_until
from lablib.keepalived import Keepalived, vrrp_instance


def stop_and_start(pair, drill):
    """Away from lb1 and back, once."""
    asked = time.monotonic()
    assert pair.lb1.stop() == 0
    print(f"stopped in {time.monotonic() - asked:.2f} s, lb2 took over {pair.wait_for('lb2') - asked:.2f} s after the word")
    drill.event(pair.wait_for_owner("lb2"))
    assert pair.neighbour() == "lb2"
    pair.lb1.start()
    drill.event(pair.wait_for_owner("lb1"))


def test_master_stopped(make_pair, noise):
    pair = make_pair()
    pair.wait_until_ready()
    drill = Drill(pair, noise)
    for _ in range(2):
        stop_and_start(pair, drill)
    drill.end_unnoticed()


def test_sync_group_stopped_with_requests_that_take_100_ms(make_pair, noise):
    """IPv4 and IPv6 go together, and what is under way is answered."""
    pair = make_pair(families=(4, 6), grouped=True)
    pair.wait_until_ready()
    drill = Drill(pair, noise, takes=0.1)
    stop_and_start(pair, drill)
    drill.end_unnoticed()
    assert len(pair.master_log("lb2")) == 2, pair.master_log("lb2")


def test_failover_command(make_pair, noise):
    """`evenkeel failover`: the peer has it, and keeps it until `evenkeel resume`."""
    pair = make_pair()
    pair.wait_until_ready()
    drill = Drill(pair, noise, takes=0.1)
    for _ in range(2):
        done = pair.lb1.command("failover")
        assert done.returncode == 0, done.stdout + done.stderr
        drill.event(pair.wait_for_owner("lb2"))
        assert pair.lb1.instance()["state"] == "backup" and pair.lb2.instance()["state"] == "master"
        time.sleep(pair.down_interval("lb1"))
        assert pair.owners() == ["lb2"], "it preempted before it was told to"
        assert pair.lb1.command("resume").returncode == 0
        drill.event(pair.wait_for_owner("lb1"))
    drill.end_unnoticed()


def test_keepalived_takes_over(make_pair, noise):
    """The peer is keepalived with the same table by hand: as it takes over from us, and gives back."""
    pair = make_pair(nodes=("lb1",))
    pair.wait_until_ready()
    lb2 = pair.lab.host("lb2")
    lb2.restore(pair.lab.lb1.saved())
    lb2.sysctl("net.ipv4.vs.sloppy_tcp", 1)
    keepalived = Keepalived(lb2, vrrp_instance([f"{VIRTUAL[4]}/32"], interval=1.0)).start()
    keepalived.wait_for_log("Entering BACKUP STATE")
    drill = Drill(pair, noise, takes=0.1)
    stop_and_start(pair, drill)
    drill.end_unnoticed()
    assert keepalived.became_master() == 1, keepalived.log


def test_reused_client_ports(make_pair, noise):
    """A server has gone and come back twice, and clients use their ports again: each connection is with the server that mh
    says, so that the new master sends it there too. With conn_reuse_mode 1, which does not know FIN_WAIT, some stay with the
    server of then, and a hand-over resets them."""
    pair = make_pair()
    pair.wait_until_ready()
    client, ports, rate = pair.lab.client, 600, 300
    client.sysctl("net.ipv4.ip_local_port_range", f"30000 {30000 + ports - 1}")
    client.sysctl("net.ipv4.tcp_tw_reuse", 1)
    load = client.start_load(VIRTUAL[4], rate=rate, seconds=120, path="/100ms")
    spans = []
    for mode, flaps in ((3, 2), (1, 1)):
        if mode != 3:  # the default
            pair.reload(settings=f"[ipvs.sysctl]\nconn_reuse_mode = {mode}\n")
        assert {int(pair.lab.host(name).sysctl("net.ipv4.vs.conn_reuse_mode")) for name in pair.nodes} == {mode}
        for _ in range(flaps):
            flap(pair, "rs2", ports / rate)
        begin = time.monotonic()
        assert pair.lb1.command("failover").returncode == 0
        pair.wait_for_owner("lb2")
        time.sleep(1.3)
        assert pair.lb1.command("resume").returncode == 0
        pair.wait_for_owner("lb1")
        time.sleep(1.3)
        spans.append((begin, time.monotonic()))
    load.tell_to_end()
    result = load.result()
    failed = [result.failed_between(*span) for span in spans]
    print(f"failed in two hand-overs with 3: {len(failed[0])}, with 1: {len(failed[1])}, of {len(result.between(*spans[0]))} each")
    assert not failed[0], failed[0]
    assert failed[1], "no port was used again: the scenario shows nothing"


def flap(pair, name, pause):
    """A real server is killed and started again, each time with a pause after every node has noticed."""
    server = pair.lab.host(name)

    def is_used():
        return [f"{server.address()}:80" in pair.lab.host(node).weights("tcp 192.0.2.10:80") for node in pair.nodes]

    server.nginx.kill()
    wait_until(lambda: not any(is_used()))
    time.sleep(pause)
    server.start_nginx(80)
    wait_until(lambda: all(is_used()))
    time.sleep(pause)


def test_round_robin_loses_what_is_under_way(make_pair, noise):
    """With rr the new master sends what is under way anywhere: how much of it is lost is reported, not judged."""
    pair = make_pair(scheduler="rr")
    pair.wait_until_ready()
    drill = Drill(pair, noise, takes=0.1)
    stop_and_start(pair, drill)
    (result, _, _), = drill.end()
    print(f"with rr {result.failed} of {result.sent} requests failed in two hand-overs: {dict(result.failures)}")
    assert result.answered > 0.9 * result.sent
