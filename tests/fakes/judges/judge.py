"""What the judges share: a fake that was started, material for it, and a verdict.

A judge drives a fake with a client that the vendor, or somebody else, wrote. What that client sends the fake must take
without a violation; what the fake refuses must raise that client's right exception."""

import datetime
import json
import os
import pathlib
import subprocess
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

# A machine's own bundle would overrule what a client was told of whom to trust.
for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
    os.environ.pop(variable, None)

FAKES = pathlib.Path(__file__).parent.parent


def key(kind):
    return rsa.generate_private_key(65537, 2048) if kind == "rsa" else ec.generate_private_key(ec.SECP256R1())


class Authority:
    """A root and the intermediate that signs."""

    def __init__(self):
        self.root_key, self.key = key("ec"), key("ec")
        self.root = self.sign("root", self.root_key, "root", self.root_key, True)
        self.certificate = self.sign("intermediate", self.key, "root", self.root_key, True)

    def sign(self, name, its, issuer, by, authority):
        named = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, one)]) for one in (issuer, name)]
        now = datetime.datetime.now(datetime.timezone.utc)
        builder = x509.CertificateBuilder(*named, its.public_key(), x509.random_serial_number(),
                                          now - datetime.timedelta(days=1), now + datetime.timedelta(days=30))
        builder = builder.add_extension(x509.BasicConstraints(authority, None), True)
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName("example.test")]), False)
        return builder.sign(by, hashes.SHA256())

    def pair(self, kind):
        """`leaf`, `chain` and `key` as PEM, and both certificates as `certificate`."""
        its = key(kind)
        pem = serialization.Encoding.PEM
        leaf = self.sign("example.test", its, "intermediate", self.key, False).public_bytes(pem).decode()
        chain = self.certificate.public_bytes(pem).decode()
        form = (pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        return {"leaf": leaf, "chain": chain, "certificate": leaf + chain, "key": its.private_bytes(*form).decode()}


class Fake:
    """A fake's process with one device in it."""

    def __init__(self, name, secrets, options=None, old="ec", neighbour="rsa"):
        self.process = subprocess.Popen([sys.executable, "-B", FAKES / f"{name}.py"], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.greeting = json.loads(self.process.stdout.readline())
        self.authority = Authority()
        pairs = {"old": self.authority.pair(old), "neighbour": self.authority.pair(neighbour)}
        pairs = {name: {"certificate": one["certificate"], "key": one["key"]} for name, one in pairs.items()}
        made = self.ask("device", options=options or {}, secrets=secrets, pairs=pairs)
        self.port, self.listeners = made["port"], made["listeners"]

    def ask(self, do, **more):
        self.process.stdin.write(json.dumps({"do": do, **more}) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer

    def spoil(self, what, at=1):
        """The `at`-th request from now."""
        self.ask("fault", device=0, what=what, at=at)

    def look(self):
        return self.ask("look", device=0)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(30)


def holds(what, holds):
    if not holds:
        sys.exit(f"not so: {what}")


def refused(what, errors, says, act):
    """`act` must raise one of these with this text."""
    try:
        act()
    except errors as error:
        holds(f"{what}: {says!r} in {error}", says in str(error))
        return
    sys.exit(f"not refused: {what}")
