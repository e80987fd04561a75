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
    """A server goes and comes back twice, and clients use their ports again and again: each connection is with the server
    that mh says now, so that the new master sends it there too. With conn_reuse_mode 1, which does not know FIN_WAIT, those of
    the server that has come back stay with another, and the hand-over resets them."""
    pair = make_pair()
    pair.wait_until_ready()
    client, count = pair.lab.client, 60
    failed = {}
    for mode, flaps, first_port in ((3, 2, 30000), (1, 1, 31000)):
        ports = range(first_port, first_port + count)
        if mode != 3:  # the default
            pair.reload(settings=f"[ipvs.sysctl]\nconn_reuse_mode = {mode}\n")
        assert {int(pair.lab.host(name).sysctl("net.ipv4.vs.conn_reuse_mode")) for name in pair.nodes} == {mode}
        for _ in range(flaps):
            visit(client, ports)
            take_away(pair, "rs2")
            visit(client, ports)
            bring_back(pair, "rs2")
        held = [client.connect(VIRTUAL[4], source_port=port) for port in ports]
        assert pair.lb1.command("failover").returncode == 0
        pair.wait_for_owner("lb2")
        failed[mode] = [port for port, connection in zip(ports, held) if not is_answered(connection)]
        assert pair.lb1.command("resume").returncode == 0
        pair.wait_for_owner("lb1")
    print(f"of {count} connections over a hand-over were reset: with 3 {len(failed[3])}, with 1 {len(failed[1])}")
    assert not failed[3], failed[3]
    assert failed[1], "the scenario shows nothing any more"


def visit(client, ports):
    """A request from each of these ports, to its end."""
    for port in ports:
        assert is_answered(client.connect(VIRTUAL[4], source_port=port)), port


def is_answered(connection):
    """A request and its answer on a connection, which the server ends."""
    with connection:
        try:
            connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
            answer = b""
            while data := connection.recv(4096):
                answer += data
        except OSError:
            return False
    return b" 200 OK" in answer


def take_away(pair, name):
    pair.lab.host(name).nginx.kill()
    wait_until(lambda: not any(uses(pair, name)))


def bring_back(pair, name):
    pair.lab.host(name).start_nginx(80)
    wait_until(lambda: all(uses(pair, name)))


def uses(pair, name):
    """Of each node: whether it balances over this real server."""
    server = f"{pair.lab.host(name).address()}:80"
    return [server in pair.lab.host(node).weights("tcp 192.0.2.10:80") for node in pair.nodes]


def test_round_robin_loses_what_is_under_way(make_pair, noise):
    """With rr the new master sends what is under way anywhere: how much of it is lost is reported, not judged."""
    pair = make_pair(scheduler="rr")
    pair.wait_until_ready()
    drill = Drill(pair, noise, takes=0.1)
    stop_and_start(pair, drill)
    (result, _, _), = drill.end()
    print(f"with rr {result.failed} of {result.sent} requests failed in two hand-overs: {dict(result.failures)}")
    assert result.answered > 0.9 * result.sent
