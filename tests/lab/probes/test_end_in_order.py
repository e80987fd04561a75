"""A check does not litter the server: its answer is taken to the end, and the connection is closed in order."""

import os
import subprocess
import textwrap

import pytest
from prober import http, outcomes, tcp

from lablib.host import wait_until

CHECKS = 20
PAGE = 300_000


class Resets:
    """Counts the RST that come to a port of the loopback."""

    def __init__(self, port):
        table = f"""table inet resets {{
            counter seen {{ }}
            chain input {{
                type filter hook input priority 0;
                tcp dport {port} tcp flags & rst == rst counter name seen
            }}
        }}
        """
        subprocess.run(["nft", "-f", "-"], input=table, text=True, check=True)

    def count(self):
        told = subprocess.run(["nft", "list", "counter", "inet", "resets", "seen"], capture_output=True, text=True, check=True)
        return int(told.stdout.split("packets")[1].split()[0])

    def close(self):
        subprocess.run(["nft", "delete", "table", "inet", "resets"], check=True)


@pytest.fixture
def resets():
    made = []

    def watch(port):
        made.append(Resets(port))
        return made[-1]

    yield watch
    for one in made:
        one.close()


@pytest.fixture
def nginx(scratch):
    """On port 8080, with a page of 300 KB."""
    with open(os.path.join(scratch, "index.html"), "w", encoding="ascii") as page:
        page.write("x" * PAGE)
    config = os.path.join(scratch, "nginx.conf")
    with open(config, "w", encoding="ascii") as out:
        out.write(textwrap.dedent(f"""\
            daemon off; user root; worker_processes 1; pid {scratch}/nginx.pid; error_log {scratch}/error.log;
            events {{ }}
            http {{ access_log {scratch}/access.log; server {{ listen 127.0.0.1:8080; root {scratch}; }} }}
            """))
    program = subprocess.Popen(["nginx", "-c", config])
    wait_until(lambda: os.path.exists(f"{scratch}/nginx.pid"), 10)
    yield 8080
    program.terminate()
    program.wait()


def test_nginx_sees_its_page_taken(nginx, resets, scratch):
    watch = resets(nginx)
    told = outcomes([http(nginx)] * CHECKS, stay=0.5)
    assert [one.reason for one in told] == ["passed"] * CHECKS
    assert watch.count() == 0
    with open(f"{scratch}/access.log", encoding="ascii") as log:
        sent = [line.split('"')[2].split() for line in log]
    assert len(sent) >= CHECKS and all(line == ["200", str(PAGE)] for line in sent)


def test_a_page_over_the_limit_is_not_waited_for(nginx, resets):
    """The manual says so: its server sees a client that went away."""
    watch = resets(nginx)
    told = outcomes([http(nginx, body_limit=PAGE // 2)], stay=0.5)
    assert told[0].reason == "passed"
    assert watch.count() > 0


@pytest.mark.parametrize("options", [{}, {"body": "needle"}, {"method": "HEAD"}], ids=["status", "body", "head"])
@pytest.mark.parametrize("framing", ["length", "chunks", "close"])
def test_any_body_is_taken(servers, resets, framing, options):
    body = b"needle" + b"x" * 50_000
    head = b"HTTP/1.1 200 OK\r\n"
    answer = {
        "length": head + b"Content-Length: %d\r\n\r\n" % len(body) + body,
        "chunks": head + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n",
        "close": head + b"\r\n" + body,
    }[framing]
    if "method" in options:
        answer = answer.split(b"\r\n\r\n")[0] + b"\r\n\r\n"
    port = servers.serve(answer)
    watch = resets(port)
    told = outcomes([http(port, **options)] * 5, stay=0.5)
    assert [one.reason for one in told] == ["passed"] * 5
    assert watch.count() == 0


def test_an_answer_that_takes_its_time_is_waited_for(servers, resets):
    """The verdict is known with the headers, and does not wait."""
    port = servers.serve(b"HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n" + b"x" * 200, pause=0.5)
    watch = resets(port)
    told = outcomes([http(port, timeout=3000)] * 5, stay=1)
    assert [one.reason for one in told] == ["passed"] * 5
    assert min(one.milliseconds for one in told) < 500
    assert watch.count() == 0


def test_nothing_is_waited_for_beyond_the_deadline(servers, resets):
    port = servers.serve(b"HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n" + b"x" * 200, pause=2)
    watch = resets(port)
    told = outcomes([http(port, timeout=300)], stay=2.5)
    assert told[0].reason == "passed"
    assert watch.count() > 0


def test_a_bad_status_is_taken_too(servers, resets):
    port = servers.serve(b"HTTP/1.1 503 Busy\r\nContent-Length: 50000\r\n\r\n" + b"x" * 50_000)
    watch = resets(port)
    told = outcomes([http(port)] * 5, stay=0.5)
    assert [(one.reason, one.detail) for one in told] == [("http_status", "503")] * 5
    assert watch.count() == 0


def test_a_tcp_conversation_ends_in_order(servers, resets):
    port = servers.serve(b"+PONG and much more\r\n" + b"x" * 30_000)
    watch = resets(port)
    checks = [tcp(port, send="PING\r\n\r\n", expect="+PONG"), tcp(port, send="PING\r\n\r\n", expect="no"), tcp(port, send="PING\r\n\r\n")]
    told = outcomes(checks * 5, stay=0.5)
    assert [one.reason for one in told] == ["passed", "tcp_expect", "passed"] * 5
    assert watch.count() == 0
