"""Servers on a node, which an address follows: nginx, haproxy and one that only listens."""

import os
import time

from lablib.host import wait_until

_NGINX = """daemon off;
user root;
worker_processes 1;
pid {directory}/nginx.pid;
error_log {directory}/nginx.log;
events {{ }}
http {{
  access_log off;
  client_body_temp_path {directory}/body; proxy_temp_path {directory}/proxy; fastcgi_temp_path {directory}/fastcgi;
  uwsgi_temp_path {directory}/uwsgi; scgi_temp_path {directory}/scgi;
  server {{ listen 80; return 200 "{name}\\n"; }}
}}
"""
_HAPROXY = """defaults
  mode http
  timeout connect 1s
  timeout client 1s
  timeout server 1s
frontend web
  bind :8080
  http-request return status 200
"""
_LISTENER = """import socket, sys
server = socket.create_server(("0.0.0.0", int(sys.argv[1])))
while True:
    server.accept()[0].close()
"""


class LocalServer:
    """Listens at a port of its node."""

    def __init__(self, node, port, argv):
        self.node = node
        self._port = port
        self._argv = argv
        self._process = None

    def start(self):
        self._process = self.node.start(self._argv, log=f"port-{self._port}.err")
        wait_until(lambda: self.node.call(f"ss -Hltn sport = :{self._port}").stdout)
        return self

    def stop(self):
        """Returns when it was asked (monotonic)."""
        moment = time.monotonic()
        self._process.terminate()
        self._process.wait(10)
        return moment


def _file(node, name, text):
    path = os.path.join(node.directory, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def nginx(node):
    """At port 80; answers with the node's name."""
    return LocalServer(node, 80, ["nginx", "-c", _file(node, "nginx.conf", _NGINX.format(directory=node.directory,
                                                                                         name=node.name))])


def haproxy(node):
    """At port 8080."""
    return LocalServer(node, 8080, ["haproxy", "-f", _file(node, "haproxy.cfg", _HAPROXY)])


def listener(node, port):
    return LocalServer(node, port, ["/usr/bin/python3", "-c", _LISTENER, str(port)])
