"""What WASI brings: lines for the log; and what no connector has, for which the tests let it reach when its files are
written and nginx has not read them."""

import encodings.idna  # noqa: F401 - what is imported later is not there: the files are gone when it runs
import os
import socket
import sys
import time
import uuid


def say(text):
    print(text)


def reach(what):
    REACHES[what]()


def log():
    print("\x1b[31mred\x1b[0m\rforged")
    print("é" * 200_000, file=sys.stderr)


def environment():
    """Clocks, randomness and the environment answer; nothing in them is the host's."""
    start = time.monotonic()
    assert start < 60 and time.monotonic() >= start, "the monotonic clock starts with the call"
    assert time.time() > 1_700_000_000, "the wall clock goes"
    assert uuid.uuid4() != uuid.uuid4(), "randomness is random"
    assert not dict(os.environ) and sys.argv in ([], [""]), "the environment is empty"
    assert sys.stdin.read() == "", "standard input is at its end"


REACHES = {
    "log": log,
    "environment": environment,
    "socket": lambda: socket.create_connection(("127.0.0.1", 22)),
    "file": lambda: open("/etc/passwd").read(),
    "sleep": lambda: time.sleep(0.01),
    "exit": lambda: sys.exit(0),
}
