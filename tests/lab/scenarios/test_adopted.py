"""A restart on a table of 10,000 real servers: lost SYNs take nobody out, and the dead go by `fall` failures at a fast pace."""

import time

from lablib import VIRTUAL, wait_until
from lablib.netlink_tap import NetlinkTap

SERVERS = 10000
CHOSEN = 100  # whose first SYN after the restart is lost
DEAD = 10
TIMEOUT = 0.5
FALL = 3
FAST_PACE = 1.0  # evenkeel.toml(5): where fast_interval is longer


def address(index):
    return f"10.64.{index // 250}.{index % 250 + 1}"


def configuration(count):
    servers = ",\n".join(f'  {{ address = "{address(index)}" }}' for index in range(count))
    return (f'[[virtual_service]]\nname = "web"\naddress = "{VIRTUAL[4]}"\nport = 80\nprotocol = "tcp"\nscheduler = "rr"\n'
            f'forwarding = "direct"\ncheck = {{ type = "tcp", interval = "10s", timeout = "{TIMEOUT}s", fall = {FALL} }}\n'
            f"real_server = [\n{servers}\n]\n")


def table(count):
    lines = [f"-A -t {VIRTUAL[4]}:80 -s rr\n"]
    lines += [f"-a -t {VIRTUAL[4]}:80 -r {address(index)}:80 -g -w 1\n" for index in range(count)]
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
    lab.place_virtual_addresses("lb1")
    server = lab.real_servers[0]
    server.start_nginx(80)
    server.ip("route add local 10.64.0.0/16 dev lo")  # every address there is this host's
    lab.lb1.ip(f"route add 10.64.0.0/16 via {server.addresses['inside'][4]}")
    lab.lb1.restore(table(SERVERS))
    held = [lab.client.connect(VIRTUAL[4]) for _ in range(CHOSEN // 2)]
    chosen = connected_to(lab.lb1)
    assert len(chosen) == CHOSEN // 2
    dead = [address(index) for index in range(555, SERVERS, SERVERS // DEAD)]
    for index in range(0, SERVERS, SERVERS // CHOSEN):
        if len(chosen) < CHOSEN and address(index) not in dead:
            chosen.add(address(index))
    assert len(chosen) == CHOSEN and len(dead) == DEAD and not chosen & set(dead)
    lose(server, sorted(chosen), dead)

    tap = NetlinkTap(lab.lb1)
    started = time.monotonic()
    evenkeel = lab.lb1.start_evenkeel(configuration(SERVERS))
    ready = time.monotonic()
    evenkeel.wait_for_log("first round of checks done", 120)
    round_took = time.monotonic() - ready
    bound = FALL * (TIMEOUT + FAST_PACE) + 1
    wait_until(lambda: len(evenkeel.log_lines("removing")) >= DEAD, round_took + bound + 10, every=0.1)
    out = time.monotonic() - ready
    # Whoever was sent a second SYN is told by now; a wrongly taken one would be by the next.
    time.sleep(FALL * (TIMEOUT + FAST_PACE))
    status = evenkeel.status()
    print(f"{ready - started:.1f} s to be ready, the first round took {round_took:.1f} s, the dead were out after {out:.1f} s, "
          f"{status['counters']['check_outcomes']} outcomes, {lost(server)} SYNs lost")

    assert lost(server) == CHOSEN
    gone = evenkeel.log_lines("removing")
    assert len(gone) == DEAD and all(any(f" {each}:80" in line for line in gone) for each in dead), gone[:20]
    assert tap.writes() == {"del destination": DEAD}
    tap.close()
    assert out <= round_took + bound + noise.allowance()
    for connection in held:
        connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
        assert b"200 OK" in connection.recv(4096)
        connection.close()
