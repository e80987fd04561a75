"""A restart on a table of 10,000 real servers: lost SYNs take nobody out, and the dead go by `fall` failures at a fast pace."""

import time

from lablib import wait_until
from lablib.netlink_tap import NetlinkTap
from lablib.syn_watch import SynWatch

SERVICES = 100
SERVERS = 100  # of each
CHOSEN = 100  # whose first SYN after the restart is lost
DEAD = 10
TIMEOUT = 0.5
FALL = 3
FAST_PACE = 1.0  # evenkeel.toml(5): where fast_interval is longer
OUT = FALL * (TIMEOUT + FAST_PACE) + 1  # from the first SYN to who is dead until it is out
ROUND = 10.0  # the first round: an interval


def virtual(service):
    return f"10.9.0.{service + 1}"


def address(service, server):
    return f"10.64.{service}.{server + 1}"


def configuration():
    parts = [f'[check.tcp]\ntype = "tcp"\ninterval = "10s"\ntimeout = "{TIMEOUT * 1000:.0f}ms"\nfall = {FALL}\n']
    for i in range(SERVICES):
        servers = ",\n".join(f'  {{ address = "{address(i, j)}" }}' for j in range(SERVERS))
        parts.append(f'[[virtual_service]]\nname = "s{i}"\naddress = "{virtual(i)}"\nport = 80\nprotocol = "tcp"\n'
                     f'scheduler = "rr"\nforwarding = "direct"\ncheck = "tcp"\nreal_server = [\n{servers}\n]\n')
    return "".join(parts)


def table():
    lines = []
    for i in range(SERVICES):
        lines.append(f"-A -t {virtual(i)}:80 -s rr\n")
        lines += [f"-a -t {virtual(i)}:80 -r {address(i, j)}:80 -g -w 1\n" for j in range(SERVERS)]
    return "".join(lines)


def connected_to(lb1):
    """The destinations of the connections that the kernel knows."""
    with lb1.entered(), open("/proc/thread-self/net/ip_vs_conn", encoding="ascii") as file:
        rows = [line.split() for line in file.readlines()[1:]]
    return {".".join(str(byte) for byte in bytes.fromhex(row[5])) for row in rows}


def lose(server, chosen, dead):
    """Drops the first SYN to each of the chosen, and every one to the dead."""
    rules = (f"table ip lost {{\n set chosen {{ type ipv4_addr; elements = {{ {', '.join(chosen)} }} }}\n"
             f" set dead {{ type ipv4_addr; elements = {{ {', '.join(dead)} }} }}\n"
             " set seen { type ipv4_addr; flags dynamic; size 65536; }\n"
             " counter first { }\n"
             " chain input {\n  type filter hook prerouting priority -300;\n  ip daddr @dead drop\n"
             "  tcp flags & (syn | ack) == syn ip daddr @chosen ip daddr != @seen add @seen { ip daddr } counter name first drop\n"
             " }\n}\n")
    server.run(["nft", "-f", "-"], input=rules)


def lost(server):
    return int(server.run("nft list counter ip lost first | sed -n 's/.*packets \\([0-9]*\\).*/\\1/p'"))


def test_a_lost_syn_takes_nobody_out(make_lab, noise):
    lab = make_lab(real_servers=1)
    server = lab.real_servers[0]
    server.start_nginx(80)
    # Every address there is rs1's.
    server.ip("route add local 10.64.0.0/16 dev lo", "route add local 10.9.0.0/24 dev lo")
    lab.lb1.ip(f"route add 10.64.0.0/16 via {server.addresses['inside'][4]}", "route add local 10.9.0.0/24 dev lo")
    lab.client.ip("route add 10.9.0.0/24 via 192.0.2.1")
    lab.lb1.restore(table())
    held = [lab.client.connect(virtual(i)) for i in range(CHOSEN // 2)]
    chosen = connected_to(lab.lb1)
    assert len(chosen) == CHOSEN // 2
    dead = [address(i, 50) for i in range(0, SERVICES, SERVICES // DEAD)]
    chosen |= {address(i, 20) for i in range(CHOSEN // 2)}
    assert len(chosen) == CHOSEN and len(dead) == DEAD and not chosen & set(dead)
    lose(server, sorted(chosen), dead)

    tap = NetlinkTap(lab.lb1)
    syns = SynWatch(server, "eth1")
    started = time.monotonic()
    evenkeel = lab.lb1.start_evenkeel(configuration())
    ready = time.monotonic()
    evenkeel.wait_for_log("first round of checks done", 120)
    round_took = time.monotonic() - ready
    wait_until(lambda: len(evenkeel.log_lines("removing")) >= DEAD, round_took + OUT + 10, every=0.1)
    # Whoever was sent a second SYN is told by now; a wrongly taken one would be by the next.
    time.sleep(FALL * (TIMEOUT + FAST_PACE))
    status = evenkeel.status()
    writes, first = tap.writes(), syns.first()
    assert lost(server) == CHOSEN
    gone = evenkeel.log_lines("removing")
    assert len(gone) == DEAD and all(any(f" {each}:80" in line for line in gone) for each in dead), gone[:20]
    assert writes == {"del destination": DEAD}
    # One write each, in the order of the log.
    order = [next(each for each in dead if f" {each}:80" in line) for line in gone]
    took = {each: at - first[each] for each, at in zip(order, tap.moments["del destination"])}
    tap.close()
    syns.close()
    print(f"{ready - started:.1f} s to be ready, the first round took {round_took:.1f} s, the dead were out "
          f"{min(took.values()):.1f} to {max(took.values()):.1f} s after their first SYN, "
          f"{status['counters']['check_outcomes']} outcomes, {lost(server)} SYNs lost")
    assert sorted(took) == sorted(dead)
    assert max(took.values()) <= OUT + noise.allowance(), took
    assert round_took <= ROUND + noise.allowance()
    for connection in held:
        connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
        assert b"200 OK" in connection.recv(4096)
        connection.close()
