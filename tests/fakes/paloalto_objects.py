"""What a PAN-OS device makes of the file of an import, and how it shows what it holds."""

from xml.sax.saxutils import escape

import material
from cryptography.hazmat.primitives import serialization


class Failed(Exception):
    """Why an import failed."""


def imported(held, category, content, passphrase):
    """Certificates and key as the device then holds them; `held` is what it holds by this name."""
    parts = material.blocks(content)
    certificates = b"".join(text for label, text in parts if label == "CERTIFICATE")
    keys = [part for part in parts if part[0] != "CERTIFICATE"]
    if category == "keypair":
        pair = material.Pair.read(certificates, pkcs8(*keys, passphrase=passphrase))
        return [pair.bundle(), pair.key_pem()]
    if category == "private-key":
        # It need not fit: so a device locks itself out.
        return [held[0], pkcs8(*keys, passphrase=passphrase)]
    if not certificates:
        raise Failed("Failed to extract certificate")
    if held and held[1] and not material.belongs(material.certificates(certificates)[0], material.key(held[1])):
        raise Failed("private key doesn't exist for csr")
    return [certificates, held[1] if held else None]


def pkcs8(key, passphrase):
    """A passphrase of a key that is in the clear is not looked at."""
    label, text = key
    private = material.key(text, passphrase if label == "ENCRYPTED PRIVATE KEY" else None)
    return private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def entry(name, state):
    """The certificate's node of the configuration."""
    bundle, key = state["certificates"][name]
    public = f"<public-key>{bundle.decode()}</public-key>"
    algorithm = "RSA" if material.kind(material.certificates(bundle)[0].public_key()).startswith("rsa") else "EC"
    private = "<private-key>-AQ==encrypted</private-key>" if key else ""
    return f'<entry name="{escape(name)}"><ca>no</ca>{public}<algorithm>{algorithm}</algorithm>{private}</entry>'
