"""Small servers, good and bad: small_servers.py KIND PORT [ARGUMENT...].

    tcp_echo PORT NAME              says NAME, then gives back what it gets
    udp_echo PORT NAME ADDRESS...   answers NAME from the address that was asked
    hang PORT                       accepts and never says a word
    reset PORT                      accepts, reads a little, resets
    drip PORT SECONDS               an HTTP answer, one byte every so many seconds
    http PORT FILE                  answers every request with the bytes of FILE, then closes
    endless PORT                    an HTTP status line, then header bytes for ever
    closed PORT                     accepts and closes
"""

import selectors
import socket
import struct
import sys
import threading
import time

_DRIPPED = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n"


def tcp_echo(connection, name):
    connection.sendall(name.encode() + b"\n")
    while data := connection.recv(65536):
        connection.sendall(data)


def hang(connection):
    time.sleep(3600)


def reset(connection):
    connection.settimeout(5)
    connection.recv(1)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def drip(connection, seconds):
    for byte in _DRIPPED:
        connection.sendall(bytes([byte]))
        time.sleep(float(seconds))


def http(connection, path):
    request = b""
    while b"\r\n\r\n" not in request:
        data = connection.recv(65536)
        if not data:
            return
        request += data
    with open(path, "rb") as file:
        connection.sendall(file.read())


def endless(connection):
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"X-Filler: " + b"x" * 4000 + b"\r\n")


def closed(connection):
    pass


def serve_tcp(kind, port, arguments):
    listener = socket.create_server(("::", port), family=socket.AF_INET6, backlog=1024, dualstack_ipv6=True)

    def serve(connection):
        with connection:
            try:
                kind(connection, *arguments)
            except OSError:
                pass

    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection,), daemon=True).start()


def serve_udp(port, name, addresses):
    selector = selectors.DefaultSelector()
    for address in addresses:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        server = socket.socket(family, socket.SOCK_DGRAM)
        server.bind((address, port))
        selector.register(server, selectors.EVENT_READ)
    while True:
        for key, _ in selector.select():
            _, peer = key.fileobj.recvfrom(65536)
            key.fileobj.sendto(name.encode() + b"\n", peer)


def main(kind, port, *arguments):
    if kind == "udp_echo":
        serve_udp(int(port), arguments[0], arguments[1:])
    serve_tcp({"tcp_echo": tcp_echo, "hang": hang, "reset": reset, "drip": drip, "http": http,
               "endless": endless, "closed": closed}[kind], int(port), arguments)


if __name__ == "__main__":
    main(*sys.argv[1:])
