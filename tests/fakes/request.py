"""Requests as a device reads them, and the answers to them."""

import base64
import json as encoder
import re
import urllib.parse

MOST = 8 * 1024 * 1024


class Answer:
    """What goes back: a status, headers, and a body of bytes."""

    def __init__(self, status, body=b"", kind="", headers=()):
        self.status, self.body, self.headers = status, body, list(headers)
        if kind:
            self.headers.insert(0, ("Content-Type", kind))


def json(status, value, headers=()):
    return Answer(status, encoder.dumps(value).encode(), "application/json", headers)


def xml(status, text, headers=()):
    return Answer(status, text.encode(), "application/xml; charset=UTF-8", headers)


def html(status, text="<html><body><h1>Please wait</h1></body></html>"):
    return Answer(status, text.encode(), "text/html")


class Refused(Exception):
    """The device says no, with this answer. Whatever the route did before to the running state is taken back."""

    def __init__(self, answer, violation=""):
        super().__init__(violation or answer.body[:200])
        self.answer, self.violation = answer, violation


class Part:
    """One part of a multipart form."""

    def __init__(self, name, filename, kind, content):
        self.name, self.filename, self.kind, self.content = name, filename, kind, content


class Request:
    def __init__(self, method, target, headers, body):
        self.method, self.target, self.headers, self.body = method, target, headers, body
        path, _, query = target.partition("?")
        self.path = path
        # Pairs, for a name that comes twice is a bug worth seeing.
        self.query_pairs = urllib.parse.parse_qsl(query, keep_blank_values=True)
        self.query = dict(self.query_pairs)

    def header(self, name, default=""):
        return next((value for key, value in self.headers if key.lower() == name.lower()), default)

    @property
    def kind(self):
        return self.header("Content-Type").partition(";")[0].strip().lower()

    def basic(self):
        """User and password of `Authorization: Basic`; none where there is no such header."""
        scheme, _, value = self.header("Authorization").partition(" ")
        if scheme != "Basic":
            return None
        user, _, password = base64.b64decode(value, validate=True).decode().partition(":")
        return user, password

    def raw(self):
        """All of it, for whoever searches it."""
        head = "".join(f"{name}: {value}\r\n" for name, value in self.headers)
        return f"{self.method} {self.target}\r\n{head}\r\n".encode() + self.body

    def form(self):
        return dict(urllib.parse.parse_qsl(self.body.decode(), keep_blank_values=True, strict_parsing=bool(self.body)))

    def multipart(self):
        """The parts; raises ValueError for what a device's reader would not take, a quoted boundary among it."""
        form = re.fullmatch(r"multipart/form-data; ?boundary=([^\s;\"]{1,70})", self.header("Content-Type"))
        if not form:
            raise ValueError(f"content type {self.header('Content-Type')!r}")
        first, *pieces, last = (b"\r\n" + self.body).split(b"\r\n--" + form.group(1).encode())
        if first or not pieces or last not in (b"--", b"--\r\n"):
            raise ValueError("the boundary does not stand around the parts")
        return [part(piece) for piece in pieces]


def part(piece):
    head, blank, content = piece.partition(b"\r\n\r\n")
    if not blank or not head.startswith(b"\r\n"):
        raise ValueError("a part without a head")
    headers = dict(line.split(": ", 1) for line in head[2:].decode().split("\r\n"))
    named = re.fullmatch(r'form-data; name="([^"]+)"(?:; filename="([^"]*)")?', headers.get("Content-Disposition", ""))
    if not named:
        raise ValueError("a part without a name")
    return Part(named.group(1), named.group(2), headers.get("Content-Type", ""), content)


async def read(reader):
    """The next request on this line, or None at its end. Strict: a length, no chunks, no folding."""
    start = (await reader.readline()).decode("latin-1").rstrip("\r\n")
    if not start:
        return None
    method, target, version = start.split(" ")
    if version != "HTTP/1.1":
        raise ValueError(f"version {version}")
    headers = []
    while line := (await reader.readline()).decode("latin-1").rstrip("\r\n"):
        name, colon, value = line.partition(":")
        if not colon or name != name.strip():
            raise ValueError(f"header {line!r}")
        headers.append((name, value.strip()))
    known = {name.lower(): value for name, value in headers}
    if "transfer-encoding" in known:
        raise ValueError("Transfer-Encoding; a length is expected")
    length = int(known.get("content-length", "0"))
    if length > MOST:
        raise ValueError(f"a body of {length} bytes")
    return Request(method, target, headers, await reader.readexactly(length))


REASONS = {200: "OK", 201: "Created", 202: "Accepted", 204: "No Content", 400: "Bad Request", 401: "Unauthorized",
           403: "Forbidden", 404: "Not Found", 409: "Conflict", 429: "Too Many Requests", 500: "Internal Server Error",
           503: "Service Unavailable"}


def wire(answer):
    """Head and body as they go over the line."""
    head = f"HTTP/1.1 {answer.status} {REASONS.get(answer.status, 'Answer')}\r\n"
    for name, value in answer.headers:
        head += f"{name}: {value}\r\n"
    if answer.status != 204:
        head += f"Content-Length: {len(answer.body)}\r\n"
    return (head + "\r\n").encode("latin-1"), answer.body
