"""Azure Key Vault's certificates, data plane, API versions 7.0 to 2026-04-01. Every refusal here is one of the service's.

Options: `name` (`shop`), `deleted` (the name is soft-deleted at first), `polls` (looks that a recovery takes, 2), `lag` (requests that a role which
was just granted is not there for, 0), `ciphers` (those of a PFX that are taken, `["aes", "3des"]`), `strict_issuer` (an RSA certificate of an EC
authority is refused, false).

At first the vault holds `shop` (the pair `old`, a PFX with tags, its key not exportable) and `neighbour`. A consumer that takes the newest
version of `shop` is the listener `main`."""

import base64
import hashlib
import re

import kit
import material
from cloud import Cloud
from cryptography.hazmat.primitives import hashes, serialization
from device import CHANGE, LOOK, route
from request import Answer, Refused
from request import json as answer_json

RESOURCE, JSON = "https://vault.azure.net", "application/json"
VERSIONS = ("7.0", "7.1", "7.2", "7.3", "7.4", "7.5", "7.6", "2025-07-01", "2026-04-01")
PFX, PEM = "application/x-pkcs12", "application/x-pem-file"
NAME, VERSION = r"/(?P<name>[^/]+)", r"/(?P<version>[0-9a-f]{32})"
# Their object identifiers (RFC 8018, RFC 7292), as they stand in a PFX.
CIPHERS = {"aes": bytes.fromhex("2a864886f70d01050d"), "3des": bytes.fromhex("2a864886f70d010c0103")}
KEYS = ("rsa-2048", "rsa-3072", "rsa-4096", "ec-secp256r1", "ec-secp384r1", "ec-secp521r1", "ec-secp256k1")
FORMAT = ("The specified PEM X.509 certificate content is in an unexpected format. Please check if certificate is in valid PEM format.")


def failed(status, code, message, inner="", headers=()):
    error = {"code": code, "message": message}
    if inner:
        error["innererror"] = {"code": inner}
    return answer_json(status, {"error": error}, headers)


def bad(message, inner=""):
    return Refused(failed(400, "BadParameter", message, inner))


class AzureKeyVault(Cloud):
    def __init__(self, options, secrets, pairs):
        super().__init__(options, secrets, pairs)
        self.name, self.lag = options.get("name", "shop"), options.get("lag", 0)
        first = {name: [self.version(name, 0, pairs[pair], PFX, tags, exportable)] for name, pair, tags, exportable in
                 ((self.name, "old", {"team": "edge"}, False), ("neighbour", "neighbour", {}, True))}
        self.running = {"live": first, "deleted": {}, "recovering": {}}
        if options.get("deleted"):
            self.running["deleted"][self.name] = first.pop(self.name)

    @staticmethod
    def version(name, number, pair, kind, tags, exportable, enabled=True):
        return {"version": hashlib.sha256(f"{name} {number}".encode()).hexdigest()[:32], "certificate": pair.bundle(),
                "key": pair.key_pem(), "kind": kind, "tags": tags, "exportable": exportable, "enabled": enabled}

    # Credentials.

    def issue(self, request):
        if request.path == "/metadata/identity/oauth2/token":
            asked = (request.method, request.header("Metadata"), request.query.get("api-version"), request.query.get("resource"))
            if asked != ("GET", "true", "2018-02-01", RESOURCE):
                return answer_json(400, {"error": "invalid_request", "error_description": f"not taken: {asked}"})
            return answer_json(200, {"access_token": self.token(), "expires_in": "86399", "resource": RESOURCE, "token_type": "Bearer"})
        wanted = {"grant_type": "client_credentials", "client_id": "lastmile", "scope": f"{RESOURCE}/.default",
                  "client_secret": self.secrets.get("client-secret")}
        form = request.form()
        if request.path != "/contoso.example/oauth2/v2.0/token" or form.get("client_secret") != wanted["client_secret"]:
            return answer_json(401, {"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret provided."})
        if form != wanted:
            return answer_json(400, {"error": "invalid_request", "error_description": "AADSTS900144: a member is missing"})
        return answer_json(200, {"token_type": "Bearer", "expires_in": 86399, "ext_expires_in": 86399, "access_token": self.token()})

    def before(self, request):
        if not self.bearer(request):
            challenge = f'Bearer authorization="https://login.windows.net/contoso.example", resource="{RESOURCE}"'
            raise Refused(failed(401, "Unauthorized", "AKV10000: Request is missing a Bearer or PoP token.",
                                 headers=[("WWW-Authenticate", challenge)]))
        if self.lag:
            self.lag -= 1
            raise Refused(self.own_faults()["denied"])
        if request.query.get("api-version") not in VERSIONS:
            raise Refused(failed(400, "BadParameter", "The api-version query parameter is missing or unknown"), "no api-version")
        if request.method == "PUT":
            raise Refused(failed(405, "MethodNotAllowed", "The HTTP method is not allowed"), "PUT")

    def own_faults(self):
        refused = ("Caller is not authorized to perform action on resource. Action: 'Microsoft.KeyVault/vaults/certificates/import/action'")
        return {"busy": failed(429, "Throttled", "Request was not processed because too many requests were received.",
                               headers=[("Retry-After", "1")]),
                "denied": failed(403, "Forbidden", refused, "ForbiddenByRbac")}

    def unknown(self, request):
        return failed(404, "NotFound", f"no such path: {request.path}")

    def crashed(self, error):
        return failed(400, "BadParameter", "The request body is not what it should be")

    # What tests look at.

    def kept(self):
        return {**self.running["deleted"], **self.running["live"]}

    def serving(self):
        newest = self.kept()[self.name][-1]
        return {"main": material.Pair.read(newest["certificate"], newest["key"])}

    def neighbours(self):
        """The versions of before, and what a new one takes over from them."""
        def told(one):
            return {**one, "certificate": hashlib.sha256(one["certificate"] + one["key"]).hexdigest(), "key": ""}
        ours = self.kept()[self.name]
        return {"neighbour": [told(one) for one in self.kept()["neighbour"]], "first": told(ours[0]),
                "newest": {member: ours[-1][member] for member in ("tags", "exportable", "enabled")}}

    def bundle(self, name, one):
        leaf = material.certificates(one["certificate"])[0]
        at = {kind: f"https://{self.name}.vault.azure.net/{kind}/{name}/{one['version']}" for kind in ("certificates", "keys", "secrets")}
        sha1 = base64.urlsafe_b64encode(leaf.fingerprint(hashes.SHA1())).decode().rstrip("=")
        policy = {"id": f"https://{self.name}.vault.azure.net/certificates/{name}/policy", "issuer": {"name": "Unknown"},
                  "key_props": {"exportable": one["exportable"], "reuse_key": False}, "secret_props": {"contentType": one["kind"]},
                  "lifetime_actions": [{"trigger": {"lifetime_percentage": 80}, "action": {"action_type": "EmailContacts"}}]}
        return {"id": at["certificates"], "kid": at["keys"], "sid": at["secrets"], "x5t": sha1, "tags": one["tags"], "policy": policy,
                "cer": base64.b64encode(leaf.public_bytes(serialization.Encoding.DER)).decode(),
                "attributes": {"enabled": one["enabled"], "nbf": int(leaf.not_valid_before_utc.timestamp()),
                               "exp": int(leaf.not_valid_after_utc.timestamp()), "created": 1796000000, "updated": 1796000000,
                               "recoveryLevel": "Recoverable+Purgeable", "recoverableDays": 90}}

    # Certificates.

    def find_versions(self, name):
        waiting = self.running["recovering"]
        if name in waiting:
            waiting[name] -= 1
            if waiting[name] <= 0:
                del waiting[name]
                self.running["live"][name] = self.running["deleted"].pop(name)
            self.save()
        if name not in self.running["live"]:
            raise Refused(self.missing(name))
        return self.running["live"][name]

    def missing(self, name):
        return failed(404, "CertificateNotFound", f"A certificate with (name/id) {name} was not found in this key vault.")

    @route("GET", f"/certificates{NAME}/?", LOOK)
    def newest(self, request, name):
        # What a look advanced stays, also where it finds nothing yet.
        try:
            return answer_json(200, self.bundle(name, self.find_versions(name)[-1]))
        except Refused as refused:
            return refused.answer

    @route("GET", f"/certificates{NAME}{VERSION}/?", LOOK)
    def one(self, request, name, version):
        found = [one for one in self.find_versions(name) if one["version"] == version]
        return answer_json(200, self.bundle(name, found[0])) if found else self.missing(name)

    @route("GET", f"/certificates{NAME}/versions", LOOK)
    def versions(self, request, name):
        told = [self.bundle(name, one) for one in self.find_versions(name)]
        return answer_json(200, {"value": [{key: one[key] for key in ("id", "x5t", "attributes", "tags")} for one in told], "nextLink": None})

    @route("POST", f"/certificates{NAME}/import", CHANGE, JSON, carries=("key",))
    def put(self, request, name):
        newer = ("preserveCertOrder",) if request.query["api-version"].startswith("20") else ()
        body = self.body(request, ("value",), ("pwd", "policy", "attributes", "tags", *newer))
        if not re.fullmatch(r"[0-9a-zA-Z-]{1,127}", name):
            raise bad("The request URI contains an invalid name: " + name)
        if name in self.running["recovering"]:
            raise Refused(failed(409, "Conflict", f"Certificate {name} is currently being recovered; retry later."))
        if name in self.running["deleted"]:
            raise Refused(failed(409, "Conflict", f"Certificate {name} is currently in a deleted but recoverable state, and its name cannot be "
                                                  "reused; in this state, the certificate can only be recovered or purged.",
                                 "ObjectIsDeletedButRecoverable"))
        policy = body.get("policy") or {}
        kind = (policy.get("secret_props") or {}).get("contentType") or PFX
        pair = self.read(base64.b64decode(body["value"], validate=True), body.get("pwd") or "", kind)
        exportable = (policy.get("key_props") or {}).get("exportable") is not False
        versions = self.running["live"].setdefault(name, [])
        enabled = (body.get("attributes") or {}).get("enabled") is not False
        versions.append(self.version(name, len(versions), pair, kind, body.get("tags") or {}, exportable, enabled))
        self.save()
        return answer_json(200, self.bundle(name, versions[-1]))

    def read(self, value, password, kind):
        """The material, whose form must be what the policy says."""
        try:
            pair = self.pfx(value, password) if kind == PFX else self.pem(value) if kind == PEM else None
        except material.Bad as error:
            raise bad(str(error)) from error
        if pair is None:
            raise bad(f"The content type {kind} is not one of those that are supported")
        if material.kind(pair.leaf.public_key()) not in KEYS:
            raise bad("Unsupported key", "KeySizeNotSupported")
        issuer = pair.chain[0].public_key() if pair.chain else pair.leaf.public_key()
        if self.options.get("strict_issuer") and material.kind(pair.key).startswith("rsa") and material.kind(issuer).startswith("ec"):
            raise bad("Unsupported key size (2048). Supported sizes are [256, 384, 521]", "KeySizeNotSupported")
        return pair

    def pfx(self, value, password):
        if value.lstrip().startswith(b"-----BEGIN"):
            raise material.Bad("The specified PKCS#12 X.509 certificate content can not be read.")
        used = {name for name, identifier in CIPHERS.items() if identifier in value}
        if not used or not used <= set(self.options.get("ciphers", CIPHERS)):
            raise material.Bad("The specified PKCS#12 X.509 certificate content can not be read. Please check if the password is right.")
        return material.Pair.opened(value, password)

    def pem(self, value):
        found = material.blocks(value)
        labels = [label for label, _ in found]
        if labels[-1:] != ["PRIVATE KEY"] or set(labels[:-1]) != {"CERTIFICATE"}:
            raise material.Bad(FORMAT)
        return material.Pair.read(b"".join(text for _, text in found[:-1]), found[-1][1])

    # Soft delete.

    @route("DELETE", f"/certificates{NAME}/?", CHANGE)
    def delete(self, request, name):
        versions = self.find_versions(name)
        self.running["deleted"][name] = self.running["live"].pop(name)
        self.save()
        return answer_json(200, {**self.bundle(name, versions[-1]), "recoveryId": f"https://{self.name}.vault.azure.net/deletedcertificates/{name}"})

    @route("GET", f"/deletedcertificates{NAME}/?", LOOK)
    def deleted(self, request, name):
        if name not in self.running["deleted"]:
            raise Refused(self.missing(name))
        return answer_json(200, self.bundle(name, self.running["deleted"][name][-1]))

    @route("POST", f"/deletedcertificates{NAME}/recover/?", CHANGE)
    def recover(self, request, name):
        if name in self.running["recovering"]:
            raise Refused(failed(409, "Conflict", f"Certificate {name} is currently being recovered; retry later."))
        if name not in self.running["deleted"]:
            raise Refused(self.missing(name))
        self.running["recovering"][name] = self.options.get("polls", 2)
        self.save()
        return answer_json(200, self.bundle(name, self.running["deleted"][name][-1]))

    @route("DELETE", f"/deletedcertificates{NAME}/?", CHANGE)
    def purge(self, request, name):
        self.violation("purged, which nothing brings back")
        self.running["deleted"].pop(name, None)
        self.save()
        return Answer(204)


if __name__ == "__main__":
    kit.main(AzureKeyVault)
