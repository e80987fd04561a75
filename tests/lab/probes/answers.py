"""HTTP answers as servers write them, well and badly."""

import dataclasses
import gzip
import zlib

NEEDLE = b"a needle in it"
_GZIP = gzip.compress(NEEDLE, mtime=0)
_CHUNKED = b"6\r\na need\r\n8\r\nle in it\r\n0\r\n\r\n"


@dataclasses.dataclass(frozen=True)
class Answer:
    name: str
    octets: bytes
    wants: str = ""  # in the body
    holds: bool = False  # the server leaves the connection open


def _head(*lines, status=b"HTTP/1.1 200 OK", end=b"\r\n"):
    return end.join((status, *lines, b"", b""))


def _length(body=NEEDLE):
    return b"Content-Length: %d" % len(body)


def _status_lines():
    """The first line, before a body with its length."""
    rest = b"\r\n" + _length() + b"\r\n\r\n" + NEEDLE
    lines = {
        "usual": b"HTTP/1.1 200 OK", "1.0": b"HTTP/1.0 200 OK", "no reason": b"HTTP/1.1 200 ",
        "no reason, no space": b"HTTP/1.1 200", "1.0, no reason, no space": b"HTTP/1.0 200",
        "long reason": b"HTTP/1.1 200 " + b"all is well " * 20, "reason in Latin-1": b"HTTP/1.1 200 \xc4hnlich",
        "reason in UTF-8": "HTTP/1.1 200 好".encode(), "reason with a tab": b"HTTP/1.1 200 a\tb",
        "204 without reason": b"HTTP/1.1 204", "206": b"HTTP/1.1 206 Partial Content", "299": b"HTTP/1.1 299 Own",
        "two spaces": b"HTTP/1.1  200 OK", "two spaces before the reason": b"HTTP/1.1 200  OK",
        "tab": b"HTTP/1.1\t200\tOK", "1.2": b"HTTP/1.2 200 OK", "lowercase": b"http/1.1 200 OK",
        "status of four digits": b"HTTP/1.1 2000 OK", "status of two digits": b"HTTP/1.1 20 OK",
        "status and reason in one": b"HTTP/1.1 200OK", "leading blank": b" HTTP/1.1 200 OK",
        "leading line": b"\r\nHTTP/1.1 200 OK", "leading lines": b"\r\n\r\n\r\nHTTP/1.1 200 OK",
        "leading bare line": b"\nHTTP/1.1 200 OK", "HTTP/2": b"HTTP/2 200", "HTTP/2.0": b"HTTP/2.0 200 OK",
        "HTTP/3": b"HTTP/3 200", "HTTP/1": b"HTTP/1 200 OK", "0.9 in the line": b"HTTP/0.9 200 OK",
        "ICY": b"ICY 200 OK", "RTSP": b"RTSP/1.0 200 OK", "SIP": b"SIP/2.0 200 OK", "no status": b"HTTP/1.1 OK",
        "NUL in the reason": b"HTTP/1.1 200 O\0K", "bare CR in the reason": b"HTTP/1.1 200 O\rK",
        "control character in the reason": b"HTTP/1.1 200 O\x01K", "302": b"HTTP/1.1 302 Found", "199": b"HTTP/1.1 199 x",
        "404": b"HTTP/1.1 404 Not Found", "500": b"HTTP/1.1 500 x", "600": b"HTTP/1.1 600 x", "999": b"HTTP/1.1 999 No",
    }
    return [Answer(f"status line: {name}", line + rest) for name, line in lines.items()]


def _line_ends():
    crlf = _head(b"Server: x", _length()) + NEEDLE
    return [
        Answer("lines: bare LF", crlf.replace(b"\r\n", b"\n"), "needle"),
        Answer("lines: bare LF, no reason", b"HTTP/1.1 200\n\nneedle", "needle"),
        Answer("lines: LF after the status line only", crlf.replace(b"\r\n", b"\n", 1), "needle"),
        Answer("lines: LF before the body only", crlf.replace(b"\r\n\r\n", b"\r\n\n"), "needle"),
        Answer("lines: LF, then CR LF", crlf.replace(b"\r\n\r\n", b"\n\r\n"), "needle"),
        Answer("lines: CR CR LF", crlf.replace(b"\r\n", b"\r\r\n"), "needle"),
        Answer("lines: bare CR", crlf.replace(b"\r\n", b"\r"), "needle"),
        Answer("lines: no headers", b"HTTP/1.1 200 OK\r\n\r\n" + NEEDLE, "needle"),
        Answer("lines: no headers, bare LF", b"HTTP/1.0 200 OK\n\n" + NEEDLE, "needle"),
        Answer("lines: no empty line", b"HTTP/1.1 200 OK\r\nServer: x\r\n"),
        Answer("lines: no line end", b"HTTP/1.1 200 OK"),
        Answer("lines: cut within a header", b"HTTP/1.1 200 OK\r\nServ"),
        Answer("lines: nothing", b""),
        Answer("lines: an empty one", b"\r\n"),
    ]


def _headers():
    """One header line, before the length."""
    lines = {
        "no space after the colon": b"Server:x", "no value": b"X-Empty:", "blanks around the value": b"X:  a \t ",
        "blank before the colon": b"Server : x", "tab before the colon": b"Server\t: x",
        "blank in the name": b"My Server: x", "bracket in the name": b"X(y): z", "slash in the name": b"X/y: z",
        "UTF-8 in the name": "Größe: 1".encode(), "Latin-1 in the value": b"X: \xe4\xf6\xfc", "UTF-8 in the value": "X: 好".encode(),
        "control character in the value": b"X: a\x01b", "DEL in the value": b"X: a\x7fb", "bare CR in the value": b"X: a\rb",
        "NUL in the value": b"X: a\0b", "NUL in the name": b"X\0Y: a", "folded": b"X: a\r\n b", "folded with a tab": b"X: a\r\n\tb",
        "folded twice": b"X: a\r\n b\r\n  c", "folded by bare LF": b"X: a\n b", "folded to nothing": b"X: a\r\n \r\nY: b",
        "fold before the first": b" X: a", "no colon": b"nonsense", "no name": b": value", "underscore": b"X_Y: z",
        "cookies": b"\r\n".join(b"Set-Cookie: s%d=%s; Path=/" % (i, b"v" * 50) for i in range(60)),
        "200 lines": b"\r\n".join(b"X-%d: y" % i for i in range(90)),
        "8 KB": b"X: " + b"x" * 8100, "12 KB": b"X: " + b"x" * 12000, "15 KB in lines": b"\r\n".join([b"X: " + b"x" * 500] * 30),
        "60 KB": b"\r\n".join([b"X: " + b"x" * 5000] * 12), "100 KB": b"\r\n".join([b"X: " + b"x" * 5000] * 20),
        "a name of 2 KB": b"X" * 2000 + b": y",
        "keep-alive": b"Connection: keep-alive", "close": b"Connection: close", "upgrade offered": b"Connection: upgrade\r\nUpgrade: h2c",
    }
    return [Answer(f"header: {name}", _head(line, _length()) + NEEDLE, "needle") for name, line in lines.items()]


def _lengths():
    """Lines that frame a body without chunks."""
    lines = {
        "twice the same": _length() + b"\r\n" + _length(), "a list of the same": b"Content-Length: 14, 14",
        "twice, different": _length() + b"\r\nContent-Length: 15", "a list, different": b"Content-Length: 14, 15",
        "leading zeros": b"Content-Length: 0014", "plus": b"Content-Length: +14", "minus": b"Content-Length: -1",
        "hexadecimal": b"Content-Length: 0xe", "empty": b"Content-Length:", "a word": b"Content-Length: many", "in octets": b"Content-Length: 14 bytes",
        "blanks": b"Content-Length: \t 14 \t", "lowercase": b"content-length: 14", "blank before the colon": b"Content-Length : 14",
        "huge": b"Content-Length: 99999999999999999999999", "large": b"Content-Length: 9999999999999999999", "too long": b"Content-Length: 20", "too short": b"Content-Length: 9",
        "none": b"Server: x", "none, keep-alive": b"Connection: keep-alive", "folded": b"Content-Length:\r\n 14", "trailing comma": b"Content-Length: 14,",
        "identity": b"Transfer-Encoding: identity", "unknown coding": b"Transfer-Encoding: strange",
    }
    answers = [Answer(f"length: {name}", _head(line) + NEEDLE, "needle") for name, line in lines.items()]
    more = [
        Answer("length: garbage after the body", _head(_length()) + NEEDLE + b"\r\n\r\ngarbage", "needle"),
        Answer("length: another answer after the body", _head(_length()) + NEEDLE + b"HTTP/1.1 500 x\r\n\r\n", "needle"),
        Answer("length: zero", _head(b"Content-Length: 0")), Answer("length: zero and a body", _head(b"Content-Length: 0") + NEEDLE),
        Answer("length: left open", _head(_length()) + NEEDLE, "needle", holds=True),
        Answer("length: 204 with a length", _head(_length(), status=b"HTTP/1.1 204 No Content"), holds=True),
        Answer("length: 205", _head(b"Content-Length: 0", status=b"HTTP/1.1 205 Reset Content")),
        Answer("length: 1.0 to the end", _head(status=b"HTTP/1.0 200 OK") + NEEDLE, "needle"),
        Answer("length: not in it", _head(_length(b"hay only!!")) + b"hay only!!", "needle"),
    ]
    return answers + more


def _chunks():
    head = _head(b"Transfer-Encoding: chunked")
    bodies = {
        "usual": _CHUNKED, "one": b"e\r\n" + NEEDLE + b"\r\n0\r\n\r\n", "uppercase": b"E\r\n" + NEEDLE + b"\r\n0\r\n\r\n",
        "leading zeros": b"0000e\r\n" + NEEDLE + b"\r\n0000\r\n\r\n", "blanks after the size": b"e  \r\n" + NEEDLE + b"\r\n0 \r\n\r\n",
        "blank before the size": b" e\r\n" + NEEDLE + b"\r\n0\r\n\r\n", "extension": b"e;a=b\r\n" + NEEDLE + b"\r\n0;c\r\n\r\n",
        "extension with blanks": b'e ; a = "b c"\r\n' + NEEDLE + b"\r\n0\r\n\r\n", "trailer": b"e\r\n" + NEEDLE + b"\r\n0\r\nDigest: x\r\n\r\n",
        "bare LF": b"e\n" + NEEDLE + b"\n0\n\n", "LF after the size only": b"e\n" + NEEDLE + b"\r\n0\r\n\r\n",
        "0x": b"0xe\r\n" + NEEDLE + b"\r\n0\r\n\r\n", "no last chunk": b"e\r\n" + NEEDLE + b"\r\n", "no line after the last": b"e\r\n" + NEEDLE + b"\r\n0\r\n",
        "no size": b"\r\n" + NEEDLE + b"\r\n0\r\n\r\n", "size is a word": b"xyz\r\n" + NEEDLE + b"\r\n0\r\n\r\n",
        "size too small": b"9\r\n" + NEEDLE + b"\r\n0\r\n\r\n", "size too large": b"ff\r\n" + NEEDLE + b"\r\n0\r\n\r\n",
        "size overflows": b"1000000000000000e\r\n" + NEEDLE + b"\r\n0\r\n\r\n", "minus": b"-e\r\n" + NEEDLE + b"\r\n0\r\n\r\n",
        "nothing": b"0\r\n\r\n", "not chunked": NEEDLE, "long extension": b"e;" + b"x" * 3000 + b"\r\n" + NEEDLE + b"\r\n0\r\n\r\n",
        "garbage after the end": _CHUNKED + b"garbage", "size of eight digits": b"0000000e\r\n" + NEEDLE + b"\r\n0\r\n\r\n",
        "size of seventeen digits": b"0000000000000000e\r\n" + NEEDLE + b"\r\n0\r\n\r\n",
    }
    answers = [Answer(f"chunks: {name}", head + body, "needle") for name, body in bodies.items()]
    codings = {
        "mixed case": b"Transfer-Encoding: Chunked", "lowercase": b"transfer-encoding: chunked", "beside a length": b"Content-Length: 3\r\nTransfer-Encoding: chunked",
        "before a length": b"Transfer-Encoding: chunked\r\nContent-Length: 3", "beside a bad length": b"Transfer-Encoding: chunked\r\nContent-Length: x",
        "beside two lengths": b"Content-Length: 1\r\nContent-Length: 2\r\nTransfer-Encoding: chunked", "identity, chunked": b"Transfer-Encoding: identity, chunked",
        "twice in a line": b"Transfer-Encoding: chunked, chunked", "twice": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "not last": b"Transfer-Encoding: chunked, identity", "in quotation marks": b'Transfer-Encoding: "chunked"', "blanks": b"Transfer-Encoding:  chunked\t ",
        "a comma too much": b"Transfer-Encoding: , chunked", "folded": b"Transfer-Encoding:\r\n chunked", "gzip, chunked": b"Transfer-Encoding: gzip, chunked",
        "with a parameter": b"Transfer-Encoding: chunked;q=1",
    }
    answers += [Answer(f"chunks: {name}", _head(line) + _CHUNKED, "needle") for name, line in codings.items()]
    return answers + [
        Answer("chunks: 1.0", _head(b"Transfer-Encoding: chunked", status=b"HTTP/1.0 200 OK") + _CHUNKED, "needle"),
        Answer("chunks: left open", head + _CHUNKED, "needle", holds=True),
        Answer("chunks: status alone, left open", head + b"e\r\n", holds=True),
    ]


def _codings():
    deflated = zlib.compress(NEEDLE)
    return [
        Answer("coding: gzip", _head(b"Content-Encoding: gzip", _length(_GZIP)) + _GZIP, "needle"),
        Answer("coding: gzip, status alone", _head(b"Content-Encoding: gzip", _length(_GZIP)) + _GZIP),
        Answer("coding: deflate", _head(b"Content-Encoding: deflate", _length(deflated)) + deflated, "needle"),
        Answer("coding: identity", _head(b"Content-Encoding: identity", _length()) + NEEDLE, "needle"),
        Answer("coding: gzip said, text sent", _head(b"Content-Encoding: gzip", _length()) + NEEDLE, "needle"),
        Answer("coding: none, binary body", _head(_length(b"\0\xff" + NEEDLE)) + b"\0\xff" + NEEDLE, "needle"),
        Answer("coding: two", _head(b"Content-Encoding: br, gzip", _length(_GZIP)) + _GZIP, "needle"),
    ]


def _interim():
    final = _head(_length()) + NEEDLE
    return [
        Answer("interim: 100", b"HTTP/1.1 100 Continue\r\n\r\n" + final, "needle"),
        Answer("interim: 100 without reason, bare LF", b"HTTP/1.1 100\n\n" + final, "needle"),
        Answer("interim: 103 with headers", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + final, "needle"),
        Answer("interim: 102, 103", b"HTTP/1.1 102 x\r\n\r\nHTTP/1.1 103 y\r\n\r\n" + final, "needle"),
        Answer("interim: 100 with a length", b"HTTP/1.1 100 Continue\r\nContent-Length: 0\r\n\r\n" + final, "needle"),
        Answer("interim: nothing after it", b"HTTP/1.1 100 Continue\r\n\r\n"),
        Answer("interim: 101", b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"),
    ]


def _others():
    frame = b"\0\0\x12\4\0\0\0\0\0" + b"\0\3\0\0\0\x80\0\4\0\1\0\0\0\5\0\xff\xff\xff"
    return [
        Answer("other: 0.9", b"<html>needle</html>\n", "needle"), Answer("other: SSH", b"SSH-2.0-OpenSSH_9.2p1\r\n"),
        Answer("other: SMTP", b"220 mail.example.org ESMTP\r\n"), Answer("other: a TLS alert", b"\x15\x03\x01\0\2\2\x16"),
        Answer("other: HTTP/2 settings", frame), Answer("other: a request", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
        Answer("other: NULs", bytes(1000)), Answer("other: Redis", b"-ERR unknown command\r\n"),
        Answer("other: garbage before the answer", b"garbage\r\n" + _head(_length()) + NEEDLE),
    ]


ANSWERS = [*_status_lines(), *_line_ends(), *_headers(), *_lengths(), *_chunks(), *_codings(), *_interim(), *_others()]
