"""An address that follows what matters: a web server on each of two nodes, VRRP alone, keepalived with a script beside it."""

import time

import pytest
from local_servers import nginx
from routers import Speaker, VirtualRouter

from lablib.client import Client

PRIORITIES = (150, 100)
FAST = (254, 250)  # a backup's skew is 23 ms instead of 0.6 s
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
# In the log of the one whose nginx has stopped.
VERDICTS = {"evenkeel": "track check local_nginx: fails", "keepalived": "VRRP_Script(local_nginx) failed"}


def router_of(kind, number, more=""):
    keepalived = "  track_script {\n    local_nginx\n  }" if kind == "keepalived" else ""
    return VirtualRouter(virtual_router_id=number, addresses=(f"192.0.2.{number}/32",), more=more,
                         more_keepalived=keepalived)


def start_pair(kind, nodes, number, more, priorities):
    """Both with nginx; the first one is master."""
    router = router_of(kind, number, more)
    priorities = dict(zip(nodes, priorities))
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


class Verdicts:
    """When (monotonic) each pair's first router has said that its nginx does not answer."""

    def __init__(self, pairs):
        self._routers = {kind: pair[0] for kind, pair in pairs.items()}
        self.times = {}

    def look(self):
        for kind, router in self._routers.items():
            if kind not in self.times and VERDICTS[kind] in router.log:
                self.times[kind] = time.monotonic()


def show(kind, load, stopped, verdict, taken):
    print(f"{kind}: the other one is master {taken - stopped:.2f} s after the end of nginx; of {len(load.between(stopped, taken))} "
          f"requests until then {len(load.failed_between(stopped, taken))} failed, later "
          f"{len(load.failed_between(taken, load.ended + 1))}; the verdict came after {verdict - stopped:.2f} s; from then until "
          f"the other one was master, {(taken - verdict) * 1000:.0f} ms, {len(load.failed_between(verdict, taken))} failed")


@pytest.mark.parametrize("priorities", [PRIORITIES, FAST], ids=["usual", "high"])
def test_an_address_follows_a_web_server(make_segment, sleeper, priorities):
    """nginx stops on the master: the other one is master within interval x fall + 1 s. It comes back: no request fails.

    With high priorities the other one waits less: few requests fail between the verdict and the takeover.
    """
    segment = make_segment("lb1", "lb2", "ka1", "ka2")
    client = Client(segment.neighbour.name, segment.neighbour.directory)
    more = 'track_checks = [{ name = "local_nginx", weight = -60 }]\n' + CHECK
    nodes = segment.nodes
    pairs = {"evenkeel": start_pair("evenkeel", nodes[:2], 61, more, priorities),
             "keepalived": start_pair("keepalived", nodes[2:], 62, "", priorities)}
    time.sleep(4)  # the scripts have run `rise` times
    # 3 s: a SYN that is lost while the address moves is sent again after 1 s.
    loads = {kind: client.start_load(master.router.address, rate=200, seconds=60, timeout=3)
             for kind, (master, _) in pairs.items()}
    time.sleep(1)

    verdicts = Verdicts(pairs)
    stopped = {kind: master.nginx.stop() for kind, (master, _) in pairs.items()}
    taken = moves(pairs, 1, 10, verdicts.look)
    shown = pairs["evenkeel"][0].program.command("vrrp").stdout
    assert f"{priorities[0] - 60} = {priorities[0]} - 60 (check local_nginx: connect refused" in shown, shown
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
        show(kind, load, stopped[kind], verdicts.times[kind], taken[kind])
        print(f"{kind}: back {back[kind] - started[kind]:.2f} s after the start of nginx")
    assert taken["evenkeel"] - stopped["evenkeel"] <= INTERVAL * FALL + 1 + sleeper.allowance()
    load = results["evenkeel"]
    assert not load.failed_between(taken["evenkeel"], load.ended + 1), "who has the address has a web server"
    router = pairs["evenkeel"][1].router
    waited = taken["evenkeel"] - verdicts.times["evenkeel"]
    assert waited <= router.skew(priorities[1]) + 0.1 + sleeper.allowance()
