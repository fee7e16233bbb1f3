"""Google Cloud's Certificate Manager, API v1, as far as certificates and operations go. Every refusal here is one of the service's.

Options: `empty` (there is no certificate `shop` at first), `managed` (it is one that Google renews), `polls` (looks that an operation takes, 2), `late`
(what is wrong with the material is told by the operation, behind a 200, false), `elsewhere` (operations are named under another location, true).

At first the project `edge` holds `shop` (the pair `old`, with labels) and `neighbour`. A load balancer with `shop` in its certificate map is
the listener `main`; where there is no `shop` it serves the pair `old` of its own."""

import base64
import hashlib
import json
import time

import kit
import material
from cloud import Cloud
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from device import CHANGE, LOOK, route
from request import Refused
from request import json as answer_json

SCOPE, JSON = "https://www.googleapis.com/auth/cloud-platform", "application/json"
GRANT, ISSUER = "urn:ietf:params:oauth:grant-type:jwt-bearer", "https://oauth2.googleapis.com/token"
PARENT = "/v1/(?P<parent>projects/edge/locations/[a-z0-9-]+)"
SCOPES = ("DEFAULT", "EDGE_CACHE", "ALL_REGIONS", "CLIENT_AUTH")
TYPE = "type.googleapis.com/google.cloud.certificatemanager.v1."


def failed(status, name, message, **detail):
    error = {"code": status, "message": message, "status": name}
    if detail:
        error["details"] = [{"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [detail]}]
    return answer_json(status, {"error": error})


def invalid(message, **detail):
    return Refused(failed(400, "INVALID_ARGUMENT", message, **detail))


class GcpCertificateManager(Cloud):
    has = ("failed-200", "busy", "denied", "expired")

    def __init__(self, options, secrets, pairs):
        super().__init__(options, secrets, pairs)
        self.parent = "projects/edge/locations/global"
        self.shop = f"{self.parent}/certificates/shop"
        first = {f"{self.parent}/certificates/{name}": self.certificate(pairs[pair], {"team": "edge"}, f"the {name}", "DEFAULT")
                 for name, pair in (("shop", "old"), ("neighbour", "neighbour"))}
        if options.get("empty"):
            del first[self.shop]
        if options.get("managed"):
            first[self.shop]["managed"] = {"domains": ["example.test"], "state": "ACTIVE"}
        self.running = {"certificates": first, "operations": {}}

    @staticmethod
    def certificate(pair, labels, description, scope):
        return {"certificate": pair.bundle(), "key": pair.key_pem(), "labels": labels, "description": description, "scope": scope, "updates": 0}

    # Credentials.

    def issue(self, request):
        if request.path == "/computeMetadata/v1/instance/service-accounts/default/token":
            if request.header("Metadata-Flavor") != "Google":
                return answer_json(403, {"error": "forbidden"})
            return answer_json(200, {"access_token": self.token(), "expires_in": 3599, "token_type": "Bearer"},
                               [("Metadata-Flavor", "Google")])
        try:
            form = request.form()
            self.stated(form["assertion"])
            if request.path != "/token" or form["grant_type"] != GRANT:
                raise ValueError("not a grant")
        except (ValueError, KeyError, InvalidSignature) as error:
            return answer_json(400, {"error": "invalid_grant", "error_description": f"Invalid JWT: {error}"})
        return answer_json(200, {"access_token": self.token(), "expires_in": 3599, "token_type": "Bearer"})

    def stated(self, assertion):
        """A statement of the account's, signed with its key, that ends soon."""
        account = json.loads(self.secrets["google"])
        signed, _, signature = assertion.rpartition(".")
        bare = lambda part: base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))  # noqa: E731
        head, claims = (json.loads(bare(part)) for part in signed.split("."))
        public = serialization.load_pem_private_key(account["private_key"].encode(), None).public_key()
        public.verify(bare(signature), signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        now = time.time()
        if (head["alg"], head["kid"]) != ("RS256", account["private_key_id"]) or not now - 300 < claims["iat"] <= now + 300:
            raise ValueError("head or time")
        if (claims["iss"], claims["scope"], claims["aud"]) != (account["client_email"], SCOPE, ISSUER) or claims["exp"] - claims["iat"] > 3600:
            raise ValueError("claims")

    def before(self, request):
        if not self.bearer(request):
            raise Refused(failed(401, "UNAUTHENTICATED", "Request had invalid authentication credentials."))

    def own_faults(self):
        error = {"code": 3, "message": "The certificate is not valid.", "details": []}
        operation = {"name": f"{self.parent}/operations/operation-0", "done": True, "error": error}
        return {"failed-200": answer_json(200, operation), "busy": failed(429, "RESOURCE_EXHAUSTED", "Quota exceeded for quota metric 'API requests'"),
                "denied": failed(403, "PERMISSION_DENIED", "Permission 'certificatemanager.certs.update' denied on resource")}

    def unknown(self, request):
        return failed(404, "NOT_FOUND", "Method not found.")

    def crashed(self, error):
        return failed(400, "INVALID_ARGUMENT", "Invalid JSON payload received. Cannot find field.")

    # What tests look at.

    def serving(self):
        held = self.running["certificates"].get(self.shop)
        return {"main": material.Pair.read(held["certificate"], held["key"]) if held else self.pairs["old"]}

    def neighbours(self):
        """Other certificates, and what belongs to this one and is no material; of one that was not there there is nothing to keep."""
        def told(one):
            return {**one, "certificate": hashlib.sha256(one["certificate"] + one["key"]).hexdigest(), "key": ""}
        certificates = self.running["certificates"]
        others = {name: told(one) for name, one in certificates.items() if name != self.shop}
        ours = {} if self.options.get("empty") else certificates[self.shop]
        return {"others": others, "ours": {member: ours[member] for member in ("labels", "description", "scope") if member in ours}}

    def shown(self, name):
        held = self.running["certificates"].get(name)
        if not held:
            raise Refused(failed(404, "NOT_FOUND", f"Resource '{name}' was not found"))
        leaf = material.certificates(held["certificate"])[0]
        about = {"name": name, "createTime": "2026-11-01T00:00:00Z", "updateTime": "2026-11-01T00:00:00Z", "scope": held["scope"],
                 "labels": held["labels"], "description": held["description"], "sanDnsnames": ["example.test"],
                 "expireTime": leaf.not_valid_after_utc.strftime("%Y-%m-%dT%H:%M:%SZ"), "pemCertificate": self.wrapped(held["certificate"]),
                 "usedBy": [{"name": f"{self.parent}/certificateMaps/main/certificateMapEntries/main"}]}
        return {**about, **({"managed": held["managed"]} if "managed" in held else {"selfManaged": {}})}

    @staticmethod
    def wrapped(pem):
        """The service has its own way with line ends."""
        return pem.decode().replace("\n", "\r\n").strip()

    # Operations.

    def begin(self, name, verb, apply, error):
        number = hashlib.sha256(f"{name} {len(self.requests)}".encode()).hexdigest()[:12]
        parent = "projects/edge/locations/europe-west1" if self.options.get("elsewhere", True) else name.rpartition("/certificates/")[0]
        operation = f"{parent}/operations/operation-{number}"
        self.running["operations"][operation] = {"left": self.options.get("polls", 2), "verb": verb, "target": name, "apply": apply, "error": error}
        self.save()
        return answer_json(200, self.told(operation))

    def advance(self):
        """By one, with each look; what comes to its end is in force from then on."""
        for one in self.running["operations"].values():
            one["left"] -= 1
            if one["left"] == 0 and not one["error"]:
                held = self.running["certificates"].get(one["target"], {"updates": -1})
                self.running["certificates"][one["target"]] = {**held, **one["apply"], "updates": held["updates"] + 1}
        self.save()

    def told(self, name):
        one = self.running["operations"][name]
        about = {"@type": f"{TYPE}OperationMetadata", "apiVersion": "v1", "createTime": "2026-11-01T00:00:00Z", "target": one["target"],
                 "verb": one["verb"]}
        operation = {"name": name, "metadata": about}
        if one["left"] > 0:
            return operation
        if one["error"]:
            return {**operation, "done": True, "error": {"code": 3, "message": one["error"], "details": []}}
        return {**operation, "done": True, "response": {"@type": f"{TYPE}Certificate", **self.shown(one["target"])}}

    @route("GET", f"{PARENT}/operations/(?P<number>operation-[0-9a-f]+)", LOOK)
    def operation(self, request, parent, number):
        name = f"{parent}/operations/{number}"
        if name not in self.running["operations"]:
            raise Refused(failed(404, "NOT_FOUND", f"Resource '{name}' was not found"))
        self.advance()
        return answer_json(200, self.told(name))

    # Certificates.

    @route("GET", f"{PARENT}/certificates/(?P<name>[^/]+)", LOOK)
    def get(self, request, parent, name):
        self.advance()
        name = f"{parent}/certificates/{name}"
        if name not in self.running["certificates"]:
            return failed(404, "NOT_FOUND", f"Resource '{name}' was not found")
        return answer_json(200, self.shown(name))

    @route("GET", f"{PARENT}/certificates", LOOK)
    def list(self, request, parent):
        names = [name for name in self.running["certificates"] if name.startswith(f"{parent}/")]
        return answer_json(200, {"certificates": [self.shown(name) for name in names]})

    def read(self, body):
        """What is applied, and what is wrong with it."""
        material_of = body["selfManaged"]
        if set(material_of) != {"pemCertificate", "pemPrivateKey"}:
            raise invalid("Invalid JSON payload received. Unknown name in selfManaged: Cannot find field.")
        certificate, key = (material_of[name].encode() for name in ("pemCertificate", "pemPrivateKey"))
        try:
            pair = material.Pair.read(certificate, key)
        except material.Bad as error:
            if self.options.get("late"):
                return {}, f"The certificate is not valid: {error}"
            raise invalid(f"The certificate is not valid: {error}", field="self_managed", description=str(error)) from error
        return {"certificate": pair.bundle(), "key": pair.key_pem()}, None

    @route("POST", f"{PARENT}/certificates", CHANGE, JSON, carries=("key",))
    def create(self, request, parent):
        body = self.body(request, ("selfManaged",), ("scope", "labels", "description"))
        name = f"{parent}/certificates/{request.query['certificateId']}"
        if body.get("scope", "DEFAULT") not in SCOPES:
            raise invalid("Invalid value at 'certificate.scope'")
        if name in self.running["certificates"]:
            raise Refused(failed(409, "ALREADY_EXISTS", f"Resource '{name}' already exists"))
        apply, error = self.read(body)
        about = {"labels": body.get("labels", {}), "description": body.get("description", ""), "scope": body.get("scope", "DEFAULT")}
        return self.begin(name, "create", {**about, **apply}, error)

    @route("PATCH", f"{PARENT}/certificates/(?P<name>[^/]+)", CHANGE, JSON, carries=("key",))
    def patch(self, request, parent, name):
        if request.query.get("updateMask") != "self_managed":
            raise Refused(invalid("Invalid update mask").answer, f"updateMask {request.query.get('updateMask')!r}")
        body = self.body(request, ("selfManaged",))
        name = f"{parent}/certificates/{name}"
        if "managed" in self.shown(name):
            raise invalid("paths not permitted to be updated: managed", field="update_mask")
        apply, error = self.read(body)
        return self.begin(name, "update", apply, error)


if __name__ == "__main__":
    kit.main(GcpCertificateManager)
