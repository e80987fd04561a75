"""main stopped and started on a kernel that holds 1,000 services x 10 destinations: nothing is written."""

import time

from lablib import VIRTUAL, wait_until
from lablib.config import many_services, virtual_service
from lablib.netlink_tap import NetlinkTap

WEB = "tcp 192.0.2.10:80"


def in_sync(evenkeel):
    status = evenkeel.status()
    return status["kernel"]["state"] == "in_sync" and status


def test_restart_writes_nothing(lab):
    for server in lab.real_servers:
        server.start_nginx(80)
    config = virtual_service(lab.real_servers, check='{ type = "tcp", interval = "1s" }') + many_services(1000, 10)
    evenkeel = lab.lb1.start_evenkeel(config)
    wait_until(lambda: in_sync(evenkeel) and len(lab.lb1.weights(WEB)) == 3, seconds=60)
    assert lab.client.load(VIRTUAL[4], rate=100, seconds=1, timeout=5).failed == 0
    held = lab.client.connect(VIRTUAL[4])
    wait_until(lambda: lab.lb1.traffic()[WEB][0].connections == 101)  # the kernel adds up every 2 s
    time.sleep(2.5)
    before, traffic = lab.lb1.saved(), lab.lb1.traffic()
    assert before.count("\n") == 1001 + 10003

    tap = NetlinkTap(lab.lb1)
    assert evenkeel.stop() == 0
    evenkeel.start()
    status = wait_until(lambda: in_sync(evenkeel), seconds=60)
    wait_until(lambda: evenkeel.status()["ready"], seconds=60)
    assert tap.writes() == {}
    tap.close()
    assert status["counters"]["operations"] == 0

    assert lab.lb1.saved() == before
    assert lab.lb1.traffic() == traffic
    held.sendall(b"GET / HTTP/1.0\r\n\r\n")
    assert b"200 OK" in held.recv(4096)
    held.close()


def test_stop_may_remove_what_is_ours(lab):
    """on_stop = "remove": ours goes, a stranger's service stays."""
    lab.host("rs1").start_nginx(80)
    lab.lb1.restore("-A -t 192.0.2.10:8080 -s rr\n-a -t 192.0.2.10:8080 -r 192.0.2.21:80 -m -w 1\n")
    config = '[ipvs]\non_stop = "remove"\n' + virtual_service(lab.real_servers[:1])
    evenkeel = lab.lb1.start_evenkeel(config)
    wait_until(lambda: WEB in lab.lb1.ipvs())
    assert evenkeel.stop() == 0
    assert set(lab.lb1.ipvs()) == {"tcp 192.0.2.10:8080"}
