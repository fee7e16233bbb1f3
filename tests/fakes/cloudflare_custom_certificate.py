"""Cloudflare's custom certificates of one zone (API v4).

Options: `initializing` (how many looks a new certificate takes to become active, 0), `page` (how many certificates a page of
the list shows at most, 50), `missing` (there is none for the zone's host at first), `more` (a second certificate for the
same hosts, of the other signature), `quota` (how many certificates the zone may have, 10).

The zone is `example.test`. At first it holds the pair `old` for `example.test`, and `neighbour`, which was bought for another
host of the zone. An edge serves what is active, and `old` where nothing is."""

import math

import kit
import material
from cryptography import x509
from device import CHANGE, LOOK, Device, route
from request import Refused
from request import json as answer_json

ZONE = "023e105f4ecef8ad9ca31a8372d0c353"
ALL = r"/client/v4/zones/(?P<zone>[^/]+)/custom_certificates"
ONE = ALL + r"/(?P<id>[^/]+)"
JSON = "application/json"
OPTIONAL = ("geo_restrictions", "policy", "deploy")


def envelope(status, result, errors=(), **more):
    said = [{"code": code, "message": message} for code, message in errors]
    return answer_json(status, {"success": not said, "errors": said, "messages": [], "result": result, **more})


def refused(code, message, violation="", status=400):
    return Refused(envelope(status, None, [(code, message)]), violation)


class CloudflareCustomCertificate(Device):
    has = ("busy", "denied", "failed-200")

    def __init__(self, options, secrets, pairs):
        super().__init__(options, secrets, pairs)
        self.running = {"made": 0, "certificates": {}}
        if not options.get("missing"):
            self.put("old", pairs["old"], "force")
        self.put("neighbour", pairs["neighbour"], "force", hosts=["other.example.test"])
        if options.get("more"):
            self.put("more", pairs["neighbour"], "force")

    def put(self, name, pair, bundle, hosts=None, waits=0):
        names = pair.leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value.get_values_for_type(x509.DNSName)
        self.running["made"] += 1
        self.running["certificates"][name] = {
            "certificate": pair.bundle(), "key": pair.key_pem(), "bundle": bundle, "waits": waits, "hosts": hosts or names,
            "uploaded": self.running["made"], "replaces": None}
        return self.running["certificates"][name]

    def credential_headers(self):
        return ("authorization",)

    def before(self, request):
        if request.header("X-Auth-Key"):
            self.violation("the key of a whole account")
        if request.header("Authorization") != f"Bearer {self.secrets['token']}":
            raise refused(10000, "Authentication error", status=403)

    def unknown(self, request):
        return envelope(404, None, [(7003, "Could not route to the path")])

    def crashed(self, error):
        return envelope(400, None, [(6003, "Invalid request")])

    def own_faults(self):
        busy = answer_json(429, {"success": False, "errors": [{"code": 10429, "message": "rate limited"}], "messages": [],
                                 "result": None}, [("Retry-After", "1")])
        return {"busy": busy, "denied": envelope(403, None, [(10000, "Authentication error")]),
                "failed-200": envelope(200, None, [(2000, "The certificate service did not answer")])}

    def active(self, host):
        found = [one for one in self.running["certificates"].values() if host in one["hosts"] and not one["waits"]]
        return pair(max(found, key=lambda one: one["uploaded"])) if found else None

    def serving(self):
        return {"main": self.active("example.test") or self.pairs["old"], "neighbour": self.active("other.example.test")}

    def neighbours(self):
        held = self.running["certificates"]
        return {name: self.shown(name, held[name]) for name in ("neighbour", "more") if name in held}

    def shown(self, name, held):
        leaf = pair(held).leaf
        shown = {"id": name, "zone_id": ZONE, "hosts": held["hosts"], "signature": signature(leaf), "bundle_method": held["bundle"],
                 "issuer": leaf.issuer.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value, "priority": held["uploaded"],
                 "status": "initializing" if held["waits"] else "active"}
        days = {"uploaded_on": "2026-01-01T00:00:00.123456Z", "modified_on": "2026-01-01T00:00:00.123456Z"}
        return {**shown, **days, "expires_on": leaf.not_valid_after_utc.strftime("%Y-%m-%dT%H:%M:%SZ")}

    def advance(self):
        """A look brings what is new a step on; what it replaces goes once it is active."""
        held = self.running["certificates"]
        for one in list(held.values()):
            one["waits"] = max(0, one["waits"] - 1)
            if not one["waits"] and one["replaces"]:
                held.pop(one["replaces"], None)
                one["replaces"] = None
        self.save()

    def zone(self, zone):
        if zone != ZONE:
            raise refused(7003, "Could not route to the zone", status=404)

    @route("GET", ALL, LOOK)
    def list(self, request, zone):
        self.zone(zone)
        self.advance()
        shown = [self.shown(name, held) for name, held in self.running["certificates"].items()]
        page, size = int(request.query.get("page", 1)), min(int(request.query.get("per_page", 20)), self.options.get("page", 50))
        if not 5 <= int(request.query.get("per_page", 20)) <= 50:
            self.violation(f"per_page {request.query['per_page']}")
        about = {"page": page, "per_page": size, "count": len(shown), "total_count": len(shown),
                 "total_pages": math.ceil(len(shown) / size)}
        return envelope(200, shown[(page - 1) * size:page * size], result_info=about)

    @route("GET", ONE, LOOK)
    def read(self, request, zone, id):
        self.zone(zone)
        self.advance()
        if id not in self.running["certificates"]:
            raise refused(1002, "Invalid certificate", status=404)
        return envelope(200, self.shown(id, self.running["certificates"][id]))

    def material(self, body):
        """What the certificate service says of an upload."""
        if "-----BEGIN EC PARAMETERS" in body["private_key"]:
            raise refused(2106, "The private key is not valid", "EC PARAMETERS stand before the key")
        bundle = body.get("bundle_method", "ubiquitous")
        try:
            found = material.Pair.read(body["certificate"].encode(), body["private_key"].encode())
        except material.Bad as bad:
            raise refused(2200, str(bad), f"a pair that is none: {bad}") from bad
        if any(one.issuer == one.subject for one in found.chain):
            raise refused(2100, "The certificate cannot be bundled", "the root is uploaded")
        if bundle != "force" and found.chain:
            self.violation("a chain for a bundle that Cloudflare makes")
        kind = material.kind(found.key)
        if not kind.startswith(("rsa-2048", "rsa-3072", "rsa-4096", "ec-")):
            raise refused(2103, "The private key is not valid", kind)
        names = found.leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value.get_values_for_type(x509.DNSName)
        if not any(name == "example.test" or name.endswith(".example.test") for name in names):
            raise refused(2101, "The certificate has no hostname of the zone")
        return found, bundle

    def stored(self, found, bundle, replaces):
        made = self.running["made"] + 1
        name = f"{made:032x}"
        held = self.put(name, found, bundle, waits=self.options.get("initializing", 0))
        held["replaces"] = replaces
        answer = envelope(200, self.shown(name, held))
        if not held["waits"] and replaces:
            self.running["certificates"].pop(replaces)
            held["replaces"] = None
        self.save()
        return answer

    @route("POST", ALL, CHANGE, JSON, carries=("key",))
    def create(self, request, zone):
        self.zone(zone)
        body = self.body(request, ("certificate", "private_key"), ("bundle_method", "type", *OPTIONAL))
        if body.get("type") != "sni_custom":
            self.violation("the API takes legacy_custom where no type is given")
        found, bundle = self.material(body)
        held = self.running["certificates"]
        if any(pair(one).leaf == found.leaf for one in held.values()):
            raise refused(1220, "This certificate has already been submitted")
        fresh = {"hosts": ["example.test"], "signature": signature(found.leaf)}
        if any((one["hosts"], signature(pair(one).leaf)) == (fresh["hosts"], fresh["signature"]) for one in held.values()):
            raise refused(1228, "A certificate of this signature type is there already")
        if len(held) >= self.options.get("quota", 10):
            raise refused(1212, "The quota of custom certificates is used up")
        return self.stored(found, bundle, None)

    @route("PATCH", ONE, CHANGE, JSON, carries=("key",))
    def renew(self, request, zone, id):
        self.zone(zone)
        body = self.body(request, ("certificate", "private_key"), ("bundle_method", *OPTIONAL))
        if id not in self.running["certificates"]:
            raise refused(1002, "Invalid certificate")
        return self.stored(*self.material(body), id)


def pair(held):
    return material.Pair.read(held["certificate"], held["key"])


def signature(leaf):
    """By the leaf's key, as an operator tells the two of a host apart."""
    return "SHA256WithRSA" if material.kind(leaf.public_key()).startswith("rsa") else "ECDSAWithSHA256"


if __name__ == "__main__":
    kit.main(CloudflareCustomCertificate)
