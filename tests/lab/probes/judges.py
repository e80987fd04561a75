"""Who else says whether a server is up: HAProxy's checks and curl."""

import concurrent.futures
import contextlib
import csv
import os
import socket
import subprocess
import time

_CONFIG = """
global
  stats socket {socket} mode 600 level admin
  maxconn 2000
defaults
  mode http
  timeout connect 3s
  timeout check 3s
  timeout client 3s
  timeout server 3s
"""
_BACKEND = """
backend {name}
  option httpchk
  http-check send meth GET uri / ver HTTP/1.1 hdr Host example.org hdr Connection close
  http-check expect {expect}
"""


def haproxy(answers, ports, directory):
    """For each answer: what HAProxy's check made of it, "L7OK" or another of its words."""
    path = "/run/haproxy-judge.sock"
    config = _CONFIG.format(socket=path)
    for number, (answer, port) in enumerate(zip(answers, ports)):
        expect = f"string {answer.wants}" if answer.wants else "status 200-299"
        config += _BACKEND.format(name=f"b{number}", expect=expect)
        config += f"  server s 127.0.0.1:{port} check inter 2s rise 1 fall 1\n"
    file = os.path.join(directory, "haproxy.cfg")
    with open(file, "w", encoding="ascii") as out:
        out.write(config)
    with open(os.path.join(directory, "haproxy.log"), "w", encoding="utf-8") as log:
        program = subprocess.Popen(["haproxy", "-db", "-f", file], stdout=log, stderr=subprocess.STDOUT)
        try:
            return _verdicts(path, len(answers))
        finally:
            program.kill()
            program.wait()
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)


def _verdicts(path, count):
    until = time.monotonic() + 90
    told = {}
    while time.monotonic() < until:
        time.sleep(0.2)
        if not os.path.exists(path):
            continue
        rows = csv.DictReader(_ask(path, "show stat").lstrip("# ").splitlines())
        # "* L7OK": that was the last one, the next is under way.
        told = {row["pxname"]: row["check_status"].lstrip("* ") for row in rows if row["svname"] == "s"}
        if len(told) == count and not {"", "INI"}.intersection(told.values()):
            return [told[f"b{number}"] for number in range(count)]
    raise AssertionError(f"HAProxy has not checked everything: {told}")


def _ask(path, command):
    with socket.socket(socket.AF_UNIX) as asker:
        asker.connect(path)
        asker.sendall(command.encode() + b"\n")
        answer = b""
        while data := asker.recv(65536):
            answer += data
    return answer.decode("utf-8", "replace")


def curl(answers, ports):
    """For each answer: "200" and the like where curl took it (and the body has what is wanted), else what it said."""
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        return list(pool.map(_curl, answers, ports))


def _curl(answer, port):
    command = ["curl", "-q", "-s", "-S", "-m", "3", "-w", "\n%{http_code}", "-H", "Connection: close",
               f"http://127.0.0.1:{port}/"]
    done = subprocess.run(command, capture_output=True, check=False, timeout=30)
    body, _, status = done.stdout.rpartition(b"\n")
    if done.returncode != 0:
        return done.stderr.decode("utf-8", "replace").strip()
    if answer.wants.encode() not in body:
        return f"no {answer.wants} in the body"
    return status.decode()


def is_accepted(word):
    return word == "L7OK" or (len(word) == 3 and word.startswith("2"))
