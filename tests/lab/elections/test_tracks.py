"""An address that follows what matters: a web server on each of two nodes, VRRP alone, keepalived with a script beside it."""

import time

from local_servers import nginx
from routers import Speaker, VirtualRouter

from lablib.client import Client

HIGH, LOW = 150, 100
INTERVAL, FALL, RISE = 1.0, 2, 2  # of the check and of keepalived's script
CHECK = f"""
[check.local_nginx]
type = "http"
address = "127.0.0.1"
port = 80
interval = "{INTERVAL:g}s"
timeout = "500ms"
rise = {RISE}
fall = {FALL}
"""
SCRIPT = f"""vrrp_script local_nginx {{
  script "/usr/bin/curl --silent --output /dev/null --fail --max-time 0.5 http://127.0.0.1/"
  interval {INTERVAL:g}
  timeout 1
  rise {RISE}
  fall {FALL}
  weight -60
  user root
}}
"""


def router_of(kind, number, more=""):
    keepalived = "  track_script {\n    local_nginx\n  }" if kind == "keepalived" else ""
    return VirtualRouter(virtual_router_id=number, addresses=(f"192.0.2.{number}/32",), more=more,
                         more_keepalived=keepalived)


def start_pair(kind, nodes, number, more):
    """Both with nginx; the first one is master."""
    router = router_of(kind, number, more)
    priorities = dict(zip(nodes, (HIGH, LOW)))
    pair = [Speaker(kind, node, router, priorities) for node in nodes]
    for speaker in pair:
        speaker.nginx = nginx(speaker.node).start()
        if kind == "keepalived":
            speaker.program.write_config(SCRIPT + router.keepalived(speaker.node, priorities))
    pair[0].start().wait_for_master()
    pair[1].start()
    return pair


def moves(pairs, place, seconds, look=lambda: None):
    """When (monotonic) the router at this place of each pair alone has the address."""
    seen = {}
    deadline = time.monotonic() + seconds
    while len(seen) < len(pairs):
        assert time.monotonic() < deadline, f"moved: {list(seen)}"
        look()
        for kind, pair in pairs.items():
            if kind not in seen and pair[place].is_master() and not pair[1 - place].is_master():
                seen[kind] = time.monotonic()
        time.sleep(0.01)
    look()
    return seen


def show(kind, load, stopped, taken, started, back, verdict):
    print(f"{kind}: the other one is master {taken - stopped:.2f} s after the end of nginx; of {len(load.between(stopped, taken))} "
          f"requests until then {len(load.failed_between(stopped, taken))} failed, later "
          f"{len(load.failed_between(taken, load.ended + 1))}; back {back - started:.2f} s after the start of nginx")
    if verdict:
        print(f"{kind}: the verdict came after {verdict - stopped:.2f} s; from then until the other one was master "
              f"{len(load.failed_between(verdict, taken))} requests failed")


def test_an_address_follows_a_web_server(make_segment, sleeper):
    """nginx stops on the master: the other one is master within interval x fall + 1 s. It comes back: no request fails."""
    segment = make_segment("lb1", "lb2", "ka1", "ka2")
    client = Client(segment.neighbour.name, segment.neighbour.directory)
    more = 'track_checks = [{ name = "local_nginx", weight = -60 }]\n' + CHECK
    nodes = segment.nodes
    pairs = {"evenkeel": start_pair("evenkeel", nodes[:2], 61, more),
             "keepalived": start_pair("keepalived", nodes[2:], 62, "")}
    time.sleep(4)  # the scripts have run `rise` times
    # 3 s: a SYN that is lost while the address moves is sent again after 1 s.
    loads = {kind: client.start_load(master.router.address, rate=200, seconds=60, timeout=3)
             for kind, (master, _) in pairs.items()}
    time.sleep(1)

    verdicts = []
    ours = pairs["evenkeel"][0]

    def look_for_the_verdict():
        if not verdicts and ours.program.log_lines("track check local_nginx: fails"):
            verdicts.append(time.monotonic())

    stopped = {kind: master.nginx.stop() for kind, (master, _) in pairs.items()}
    taken = moves(pairs, 1, 10, look_for_the_verdict)
    shown = ours.program.command("vrrp").stdout
    assert "90 = 150 - 60 (check local_nginx: connect refused" in shown, shown
    time.sleep(1)
    started = {}
    for kind, (master, _) in pairs.items():
        master.nginx.start()
        started[kind] = time.monotonic()
    back = moves(pairs, 0, 10)
    time.sleep(2)
    for load in loads.values():
        load.tell_to_end()
    results = {kind: load.result() for kind, load in loads.items()}
    for kind, load in results.items():
        show(kind, load, stopped[kind], taken[kind], started[kind], back[kind],
             verdicts[0] if kind == "evenkeel" else None)
    assert taken["evenkeel"] - stopped["evenkeel"] <= INTERVAL * FALL + 1 + sleeper.allowance()
    load = results["evenkeel"]
    assert not load.failed_between(taken["evenkeel"], load.ended + 1), "who has the address has a web server"
