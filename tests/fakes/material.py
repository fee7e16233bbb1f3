"""Real checks of certificates and keys: a fake that takes garbage proves nothing."""

import functools
import re

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12

BLOCK = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----\r?\n.+?\r?\n-----END \1-----\r?\n?", re.S)
PRIVATE = re.compile(rb"PRIVATE KEY-----")


class Bad(Exception):
    """What a device would say is wrong with the material."""


def blocks(pem):
    """Label and text of each PEM block; nothing but white space may stand around them."""
    rest = BLOCK.sub(b"", pem)
    if rest.strip():
        raise Bad("there is more than PEM")
    return [(found.group(1).decode(), found.group(0)) for found in BLOCK.finditer(pem)]


# Devices look at the same material at every request, and proving an RSA key takes longer than all the rest.
seen = functools.lru_cache(4096)


@seen
def certificates(pem):
    """One or more, in order; no key among them."""
    found = ()
    for label, text in blocks(pem):
        if label != "CERTIFICATE":
            raise Bad(f"a {label} where certificates belong")
        try:
            found += (x509.load_pem_x509_certificate(text),)
        except ValueError as error:
            raise Bad(f"no certificate: {error}") from error
    if not found:
        raise Bad("no certificate")
    return found


def certificate(pem):
    """Exactly one."""
    found = certificates(pem)
    if len(found) != 1:
        raise Bad(f"{len(found)} certificates where one belongs")
    return found[0]


@seen
def key(pem, password=None):
    """One private key; encrypted if and only if there is a password."""
    found = blocks(pem)
    if len(found) != 1 or not found[0][0].endswith("PRIVATE KEY"):
        raise Bad("not one private key")
    try:
        return serialization.load_pem_private_key(found[0][1], password.encode() if password else None)
    except (ValueError, TypeError) as error:
        raise Bad(f"no usable private key: {error}") from error


def kind(public):
    """`rsa-2048`, `ec-secp384r1`, …; works on a private key as well."""
    if isinstance(public, (rsa.RSAPublicKey, rsa.RSAPrivateKey)):
        return f"rsa-{public.key_size}"
    if isinstance(public, (ec.EllipticCurvePublicKey, ec.EllipticCurvePrivateKey)):
        return f"ec-{public.curve.name}"
    return type(public).__name__


def public(of):
    return of.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def belongs(leaf, private):
    return public(leaf) == public(private)


@seen
def ordered(leaf, chain):
    """Each certificate was signed by the one after it."""
    for issued, issuer in zip((leaf, *chain), chain):
        try:
            issued.verify_directly_issued_by(issuer)
        except Exception as error:
            raise Bad("the chain is not in order") from error


def fingerprint(one):
    return one.fingerprint(hashes.SHA256()).hex()


def text(one):
    return one.public_bytes(serialization.Encoding.PEM)


class Pair:
    """A leaf, what stands behind it, and the leaf's key: what a listener serves."""

    def __init__(self, leaf, chain, private):
        if not belongs(leaf, private):
            raise Bad("key and certificate do not match")
        ordered(leaf, tuple(chain))
        self.leaf, self.chain, self.key = leaf, list(chain), private

    @classmethod
    @seen
    def read(cls, pem, key_pem, password=None):
        """From a bundle with the leaf first."""
        leaf, *chain = certificates(pem)
        return cls(leaf, chain, key(key_pem, password))

    @classmethod
    def opened(cls, data, password):
        """From a PKCS#12 file; its chain is brought into order."""
        try:
            private, leaf, others = pkcs12.load_key_and_certificates(data, password.encode())
        except ValueError as error:
            raise Bad(f"the PKCS#12 file does not open: {error}") from error
        if private is None or leaf is None:
            raise Bad("the PKCS#12 file lacks a key or a certificate")
        chain, last = [], leaf
        while found := next((one for one in others if one.subject == last.issuer and one not in chain), None):
            chain.append(found)
            last = found
        if len(chain) != len(others):
            raise Bad("certificates in the PKCS#12 file that lead nowhere")
        return cls(leaf, chain, private)

    def bundle(self):
        return b"".join(text(one) for one in [self.leaf, *self.chain])

    def key_pem(self):
        form = serialization.PrivateFormat.PKCS8
        return self.key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())

    def shown(self):
        """What a TLS client sees: the fingerprints, leaf first."""
        return [fingerprint(one) for one in [self.leaf, *self.chain]]
