"""Cisco ISE's Open API, as far as certificates go, on the node that is addressed.

Options: `user` (`lastmile`), `page` (how many entries a list shows at once, 2), `trusted` (whether the chain's issuers are
trusted at first, false), `restart` (how many requests find nobody once the administration's certificate is another, 2), `in_use`
(the status of a refused removal, 400), `filtered` (the body where the filter takes offence).

The node `ise-1` is the one that is addressed; `ise-2` is another of the deployment. At first both hold `Old` (the pair `old`; EAP,
and portals of the tag `Shop`) and `Neighbour` (the pair `neighbour`; administration, and portals of another tag). A TLS client of
`main` gets what the portals of `Shop` have. What an entry is served with is what was trusted when it came."""

import functools
import hashlib

import kit
import lines
import material
from cryptography.hazmat.primitives import serialization
from device import CHANGE, LOOK, Device, route
from faults import CUT
from request import Refused
from request import json as answer_json

SYSTEM, TRUSTED, JSON = "/api/v1/certs/system-certificate", "/api/v1/certs/trusted-certificate", "application/json"
# Member of a request -> what a list calls it.
ROLES = {"admin": "Admin", "eap": "EAP Authentication", "radius": "RADIUS DTLS", "pxgrid": "pxGrid", "ims": "ISE Messaging Service",
         "saml": "SAML", "portal": "Portal"}
LEAVE = ("allowReplacementOfPortalGroupTag", "allowPortalTagTransferForSameSubject", "allowRoleTransferForSameSubject")
IMPORT = (*LEAVE, "name", "data", "privateKeyData", "password", "allowExtendedValidity", "allowOutOfDateCert", "allowSHA1Certificates",
          "allowReplacementOfCertificates", "allowWildCardCertificates", "validateCertificateExtensions")
WIDE = ("trustForClientAuth", "trustForCiscoServicesAuth", "trustForCertificateBasedAdminAuth")
TRUST = (*WIDE, "data", "name", "description", "allowBasicConstraintCAFalse", "allowOutOfDateCert", "allowSHA1Certificates",
         "trustForIseAuth", "validateCertificateExtensions")


def error(status, message, headers=()):
    return answer_json(status, {"error": {"message": message}, "version": "1.0.0"}, headers)


def done(value):
    return answer_json(200, {"response": value, "version": "1.0.0"})


@functools.cache
def shipped():
    """Two of the issuers that every ISE trusts."""
    return [lines.self_signed().leaf for _ in range(2)]


def identifier(text):
    digest = hashlib.sha256(text.encode()).hexdigest()
    return "-".join((digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:32]))


class CiscoISE(Device):
    has = ("busy", "denied")

    def __init__(self, options, secrets, pairs):
        super().__init__(options, secrets, pairs)
        self.restarting, self.imported = 0, set()
        trusted = [*shipped(), *(pairs["old"].chain if options.get("trusted", False) else [])]
        self.running = {"trusted": {}, "ise-1": {}, "ise-2": {}}
        for one in trusted:
            fingerprint = material.fingerprint(one)
            self.running["trusted"][identifier(fingerprint)] = {"name": f"CA {fingerprint[:8]}", "pem": material.text(one)}
        for node in ("ise-1", "ise-2"):
            for name, roles, tag in (("Old", ["eap", "portal"], "Shop"), ("Neighbour", ["admin", "portal"], "Staff")):
                pair = pairs[name.lower()]
                self.running[node][identifier(node + name)] = {
                    "name": name, "pem": pair.bundle(), "key": pair.key_pem(), "roles": roles, "tag": tag}

    def answer(self, request):
        if self.restarting:
            self.restarting -= 1
            return CUT
        return super().answer(request)

    def before(self, request):
        if request.basic() != (self.options.get("user", "lastmile"), self.secrets["password"]):
            raise Refused(error(401, "Unauthorized"))
        if request.header("Accept") not in ("", "*/*", JSON):
            raise Refused(self.crashed(None), "it accepts no JSON")

    def unknown(self, request):
        return error(404, "Resource not found")

    def crashed(self, error_):
        return error(400, "Bad Request")

    def own_faults(self):
        return {"busy": error(429, "Too many requests", [("Retry-After", "1")]), "denied": error(403, "Access denied for this role")}

    def holder(self, role, tag="", node="ise-1"):
        """Who has the role; that of portals for those of a tag."""
        of = (one for one in self.running[node].values() if role in one["roles"] and (role != "portal" or one["tag"] == tag))
        return next(of, None)

    def serving(self):
        found = {"main": self.holder("portal", "Shop"), "eap": self.holder("eap"), "staff": self.holder("portal", "Staff")}
        return {name: material.Pair.read(one["pem"], one["key"]) for name, one in found.items() if one}

    def management(self):
        now = self.holder("admin")
        return None if now is None or now["name"] == "Neighbour" else material.Pair.read(now["pem"], now["key"])

    def neighbours(self):
        kept = {one["name"]: one for one in self.running["ise-1"].values() if one["name"] in ("Old", "Neighbour")}
        digest = hashlib.sha256(repr(self.running["ise-2"]).encode()).hexdigest()
        return {"neighbour": repr(kept["Neighbour"]), "old": repr(kept["Old"]["pem"]), "ise-2": digest,
                "trusted": sorted(one["name"] for one in self.running["trusted"].values() if one["name"].startswith("CA "))}

    def leftovers(self):
        """Of what was imported: certificates without a role, and issuers where no certificate came of them."""
        ours = [one for key, one in self.running["ise-1"].items() if key in self.imported]
        idle = [one["name"] for one in ours if not one["roles"]]
        return idle + ([] if ours else [one["name"] for key, one in self.running["trusted"].items() if key in self.imported])

    # Lists.

    def page(self, request, path, entries):
        size, number = min(int(request.query.get("size", 20)), self.options.get("page", 2)), int(request.query.get("page", 1))
        if not set(request.query) <= {"size", "page"} or not 1 <= size <= 100:
            raise Refused(self.crashed(None), f"the query {request.query}")
        answer = {"response": entries[(number - 1) * size:number * size], "version": "1.0.0"}
        if number * size < len(entries):
            href = f"https://ise-1.example.test{path}?size={size}&page={number + 1}"
            answer["nextPage"] = {"rel": "next", "href": href, "type": JSON}
        return answer_json(200, answer)

    def shown(self, key, one):
        leaf = material.certificates(one["pem"])[0]
        shown = {"id": key, "friendlyName": one["name"], "sha256Fingerprint": material.fingerprint(leaf),
                 "serialNumberDecimalFormat": str(leaf.serial_number), "issuedTo": leaf.subject.rfc4514_string(),
                 "issuedBy": leaf.issuer.rfc4514_string()}
        if "roles" in one:
            shown["usedBy"] = ", ".join(ROLES[role] for role in one["roles"]) or "Not in use"
            shown["groupTag"] = one["tag"] if "portal" in one["roles"] else None
        return shown

    def store(self, node):
        if node not in ("ise-1", "ise-2"):
            raise Refused(error(404, f"No node {node} in the deployment"))
        return self.running[node]

    @route("GET", SYSTEM + "/(?P<node>[^/]+)", LOOK)
    def list_system(self, request, node):
        return self.page(request, request.path, [self.shown(*one) for one in self.store(node).items()])

    @route("GET", TRUSTED, LOOK)
    def list_trusted(self, request):
        return self.page(request, request.path, [self.shown(*one) for one in self.running["trusted"].items()])

    # Issuers.

    def filter(self, *certificates):
        """It takes an apostrophe for an attack."""
        for one in certificates:
            if any("'" in attribute.value for attribute in one.subject):
                body = self.options.get("filtered", {"status": 400, "message": "Security Check Failed"})
                raise Refused(answer_json(400, body))

    def fresh(self, entries, name):
        if any(one["name"] == name for one in entries.values()):
            raise Refused(error(409, f"A certificate with the friendly name {name} exists"))

    @route("POST", TRUSTED + "/import", CHANGE, JSON)
    def trust(self, request):
        body = self.body(request, TRUST)
        if any(body[wide] is not False for wide in WIDE):
            self.violation("the issuer is trusted to let people or other services in")
        issuer, trusted = material.certificate(body["data"].encode()), self.running["trusted"]
        self.filter(issuer)
        self.fresh(trusted, body["name"])
        key = identifier(material.fingerprint(issuer))
        if key in trusted:
            raise Refused(error(409, "The certificate is trusted already"))
        trusted[key] = {"name": body["name"], "pem": material.text(issuer)}
        self.imported.add(key)
        self.save()
        return done({"id": key, "message": "Trust certificate was added successfully", "status": "success"})

    @route("DELETE", TRUSTED + "/(?P<key>[0-9a-f-]{36})", CHANGE)
    def distrust(self, request, key):
        return self.removed(self.running["trusted"], key)

    def removed(self, entries, key):
        if entries.pop(key, None) is None:
            raise Refused(error(404, "No such certificate"))
        self.save()
        return done({"message": "Certificate was deleted successfully"})

    # A node's own.

    def behind(self, leaf):
        """What stands behind a certificate, of what is trusted."""
        trusted = [material.certificate(one["pem"]) for one in self.running["trusted"].values()]
        found = []
        while issuer := next((one for one in trusted if one.subject == leaf.issuer and one not in found and one != leaf), None):
            found.append(issuer)
            leaf = issuer
        if not found:
            raise Refused(error(400, "Certificate path validation failed: the issuer is not trusted"))
        return found

    def wanted(self, body, one):
        """The roles of a request, each taken from whoever has it."""
        if any(body[leave] is not True for leave in LEAVE):
            raise Refused(error(400, "The role or the tag is another certificate's"), "no leave to take roles from others")
        roles = [role for role in ROLES if body.get(role, False) is True]
        if ("saml" in roles and len(roles) > 1) or ("portal" in roles) != ("portalGroupTag" in body):
            raise Refused(self.crashed(None), f"roles {roles} with the tag {body.get('portalGroupTag')}")
        if set(one["roles"]) - set(roles):
            raise Refused(self.crashed(None), f"roles {one['roles']} of {one['name']} are dropped, and nobody has them")
        admin = self.holder("admin")
        for role in roles:
            other = self.holder(role, body.get("portalGroupTag"))
            if other is not None:
                other["roles"] = [held for held in other["roles"] if held != role]
        one["roles"], one["tag"] = roles, body.get("portalGroupTag", one["tag"])
        if self.holder("admin") is not admin:
            self.restarting = self.options.get("restart", 2)
        self.save()

    @route("POST", SYSTEM + "/import", CHANGE, JSON, carries=("key",))
    def take(self, request):
        body = self.body(request, IMPORT, (*ROLES, "portalGroupTag"))
        if not body["password"]:
            raise Refused(error(400, "password is required"), "the key is not encrypted")
        leaf, key = material.certificate(body["data"].encode()), material.key(body["privateKeyData"].encode(), body["password"])
        if not material.belongs(leaf, key):
            raise Refused(error(400, "The private key does not belong to the certificate"), "another's key")
        self.filter(leaf)
        entries = self.running["ise-1"]
        self.fresh(entries, body["name"])
        if any(material.belongs(material.certificates(one["pem"])[0], key) for one in entries.values()):
            raise Refused(error(409, "A certificate with this public key exists"))
        chain = self.behind(leaf)
        form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        one = {"name": body["name"], "pem": b"".join(material.text(part) for part in (leaf, *chain)), "key": key.private_bytes(*form),
               "roles": [], "tag": ""}
        fresh = identifier("ise-1" + material.fingerprint(leaf))
        entries[fresh] = one
        self.wanted(body, one)
        self.imported.add(fresh)
        return done({"id": fresh, "message": "System certificate was successfully imported", "status": "success"})

    @route("PUT", SYSTEM + "/(?P<node>[^/]+)/(?P<key>[0-9a-f-]{36})", CHANGE, JSON)
    def assign(self, request, node, key):
        body = self.body(request, LEAVE, (*ROLES, "portalGroupTag", "name", "description"))
        entries = self.store(node)
        if key not in entries:
            raise Refused(error(404, "No such certificate"))
        self.wanted(body, entries[key])
        return done({"id": key, "message": "System certificate was successfully updated"})

    @route("DELETE", SYSTEM + "/(?P<node>[^/]+)/(?P<key>[0-9a-f-]{36})", CHANGE)
    def remove(self, request, node, key):
        entries = self.store(node)
        if key in entries and entries[key]["roles"]:
            raise Refused(error(self.options.get("in_use", 400), "The certificate is in use"))
        return self.removed(entries, key)


if __name__ == "__main__":
    kit.main(CiscoISE)
