"""Microsoft's own client judges azure_key_vault.py: `judges/azure_key_vault.py`, with the packages of requirements.txt."""

import sys

import requests
import urllib3
from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.core.pipeline.transport import RequestsTransport
from azure.keyvault.certificates import ApiVersion, CertificateClient, CertificateContentType, CertificatePolicy
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import pkcs12
from judge import Fake, holds, refused

urllib3.disable_warnings()
SECRETS = {"client-secret": "Wort&<geheim>"}
PEM = CertificatePolicy(issuer_name="Unknown", content_type=CertificateContentType.pem)


class Issued:
    """Credentials as azure-identity has them, from the fake's own issuer."""

    def __init__(self, fake, secret=SECRETS["client-secret"]):
        self.fake, self.secret = fake, secret

    def get_token(self, *scopes, **_):
        form = {"grant_type": "client_credentials", "client_id": "lastmile", "client_secret": self.secret, "scope": scopes[0]}
        address = f"http://127.0.0.1:{self.fake.listeners['issuer']}/contoso.example/oauth2/v2.0/token"
        answer = requests.post(address, data=form, timeout=60).json()
        return AccessToken(answer["access_token"], 4_000_000_000)


class Stale:
    def get_token(self, *_, **__):
        return AccessToken("over", 4_000_000_000)


def client(fake, credentials=None, version=ApiVersion.V7_4):
    transport = RequestsTransport(connection_verify=False)
    return CertificateClient(f"https://127.0.0.1:{fake.port}", credentials or Issued(fake), transport=transport, api_version=version,
                             verify_challenge_resource=False, retry_total=0)


def pfx(pair, password):
    key = serialization.load_pem_private_key(pair["key"].encode(), None)
    leaf, *chain = x509.load_pem_x509_certificates(pair["certificate"].encode())
    lock = serialization.BestAvailableEncryption(password.encode())
    return pkcs12.serialize_key_and_certificates(b"shop", key, leaf, chain, lock)


def renews():
    with Fake("azure_key_vault", SECRETS) as fake:
        vault, before, new = client(fake), fake.look(), fake.authority.pair("ec")
        old = vault.get_certificate("shop")
        holds("what was there", old.properties.tags == {"team": "edge"} and old.policy.exportable is False)
        leaf = x509.load_pem_x509_certificate(new["leaf"].encode())
        policy = CertificatePolicy(issuer_name="Unknown", content_type=CertificateContentType.pkcs12,
                                   key_type="EC", exportable=False)
        made = vault.import_certificate("shop", pfx(new, "pw"), password="pw", policy=policy, tags={"team": "edge"})
        holds("the thumbprint", made.properties.x509_thumbprint == leaf.fingerprint(hashes.SHA1()))
        holds("a version of its own", made.properties.version != old.properties.version)
        holds("the newest", vault.get_certificate("shop").properties.version == made.properties.version)
        holds("the old one stays", vault.get_certificate_version("shop", old.properties.version).cer == old.cer)
        served = fake.look()
        holds("it is served with its chain", len(served["serving"]["main"]) == 2)
        holds("the neighbours are as before", served["neighbours"] == before["neighbours"])
        bundle = (new["certificate"] + new["key"]).encode()
        again = vault.import_certificate("shop", bundle, policy=PEM, tags={"team": "edge"})
        holds("the same again is another version", again.cer == made.cer and again.id != made.id)
        count = sum(1 for _ in vault.list_properties_of_certificate_versions("shop"))
        holds("three versions", count == 3)
        newer = client(fake, version=ApiVersion.V2025_07_01)
        holds("another name", newer.import_certificate("other", bundle, policy=PEM).name == "other")
        after = fake.look()
        holds(f"nothing is wrong: {after['violations']}", not after["violations"] and not after["unsaved"])


def deletes():
    with Fake("azure_key_vault", SECRETS, {"deleted": True}) as fake:
        vault, new = client(fake), fake.authority.pair("ec")
        refused("what is deleted", ResourceNotFoundError, "CertificateNotFound", lambda: vault.get_certificate("shop"))
        holds("and listed among the deleted", vault.get_deleted_certificate("shop").name == "shop")
        bundle = (new["certificate"] + new["key"]).encode()
        refused("a deleted name", ResourceExistsError, "deleted but recoverable", lambda: vault.import_certificate("shop", bundle, policy=PEM))
        poller = vault.begin_recover_deleted_certificate("shop", _polling_interval=0)
        holds("recovered", poller.result().name == "shop")
        poller.wait()
        holds("and there", vault.get_certificate("shop").name == "shop")
        vault.import_certificate("shop", bundle, policy=PEM)
        vault.begin_delete_certificate("shop", _polling_interval=0).wait()
        refused("deleted again", ResourceNotFoundError, "CertificateNotFound", lambda: vault.get_certificate("shop"))


def refuses():
    options = {"strict_issuer": True, "ciphers": ["3des"]}
    with Fake("azure_key_vault", SECRETS, options) as fake:
        vault, new, other = client(fake), fake.authority.pair("ec"), fake.authority.pair("ec")
        put = lambda value, **more: lambda: vault.import_certificate("shop", value, **more)  # noqa: E731
        refused("a stale token", ClientAuthenticationError, "AKV10000", lambda: client(fake, Stale()).get_certificate("shop"))
        refused("what is not there", ResourceNotFoundError, "CertificateNotFound", lambda: vault.get_certificate("none"))
        refused("a PFX under other ciphers", HttpResponseError, "BadParameter", put(pfx(new, "pw"), password="pw"))
        key = serialization.load_pem_private_key(new["key"].encode(), None)
        form = (serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption())
        sec1 = new["certificate"] + key.private_bytes(*form).decode()
        refused("no PKCS#8", HttpResponseError, "unexpected format", put(sec1.encode(), policy=PEM))
        mixed = (new["certificate"] + other["key"]).encode()
        refused("another key", HttpResponseError, "do not match", put(mixed, policy=PEM))
        rsa = fake.authority.pair("rsa")
        whole = (rsa["certificate"] + rsa["key"]).encode()
        refused("RSA of an EC authority", HttpResponseError, "Unsupported key size", put(whole, policy=PEM))
        good = (new["certificate"] + new["key"]).encode()
        refused("PEM as a PFX", HttpResponseError, "PKCS#12", put(good))
        fake.spoil("busy")
        refused("throttled", HttpResponseError, "too many requests", lambda: vault.get_certificate("shop"))
        fake.spoil("denied")
        refused("a role", HttpResponseError, "not authorized", put(good, policy=PEM))
        before = fake.look()["serving"]
        fake.spoil("cut-before")
        refused("a line that is cut", Exception, "", put(good, policy=PEM))
        holds("of which nothing was done", fake.look()["serving"] == before)


renews()
deletes()
refuses()
print(f"azure_key_vault: judged by azure-keyvault-certificates on Python {sys.version.split()[0]}")
