"""The Secrets of a Kubernetes API server, with the managers of their fields (server-side apply).

Options: `owner` (the manager of what is there at first, `kubectl-create`), `verbs` (what the role may do: get, patch,
create), `missing` (the Secret is not there at first), `type`, `immutable`, `annotations` (more of them), `namespaces`
(`edge`), `reads-keys` (whether the client may ask for the keys, false), `hook` (an admission webhook that says no).

At first the Secret `edge/shop` holds the pair `old`, and `ca.crt`, a label and an annotation that nobody may touch;
`edge/other` holds `neighbour`. An ingress serves both, and `old` in place of a Secret that is not there."""

import base64
import json

import kit
import kubernetes_objects as objects
import material
from device import CHANGE, LOOK, Device, route
from kubernetes_objects import status
from request import Answer, Refused
from request import json as answer_json

SECRETS = r"/api/v1/namespaces/(?P<namespace>[^/]+)/secrets"
ONE = SECRETS + r"/(?P<name>[^/]+)"
METADATA = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
APPLY, MERGE, PATCH = ("application/" + kind for kind in ("apply-patch+yaml", "merge-patch+json", "json-patch+json"))
QUERY = {"fieldManager", "force", "dryRun", "fieldValidation", "pretty"}


class KubernetesTlsSecret(Device):
    has = ("busy", "denied")

    def __init__(self, options, secrets, pairs):
        super().__init__(options, secrets, pairs)
        owner = options.get("owner", "kubectl-create")
        shop = {("type",): options.get("type", objects.TLS), ("metadata", "labels", "team"): "shop",
                ("metadata", "annotations", "example.test/kept"): "yes", ("data", "ca.crt"): encoded(material.text(pairs["old"].chain[0]))}
        shop |= {("metadata", "annotations", name): value for name, value in options.get("annotations", {}).items()}
        shop |= {("immutable",): True} if options.get("immutable") else {}
        self.running = {"edge/other": objects.secret({("type",): objects.TLS} | data(pairs["neighbour"]), owner, 7)}
        if not options.get("missing"):
            self.running["edge/shop"] = objects.secret(shop | data(pairs["old"]), owner, 8)
        self.version = 8

    def credential_headers(self):
        return ("authorization",)

    def before(self, request):
        if request.header("Authorization") != f"Bearer {self.secrets['token']}":
            raise Refused(status(401, "Unauthorized", "Unauthorized"))
        if unknown := request.query.keys() - QUERY:
            self.violation(f"query parameters {sorted(unknown)}")
        verbs = {"GET": "get", "PATCH": "patch", "PUT": "update", "POST": "create"}
        self.may(verbs.get(request.method, request.method), request)

    def may(self, verb, request):
        if verb not in self.options.get("verbs", ("get", "patch", "create")):
            raise Refused(self.forbidden(verb, request.path.split("/")[-1]))

    def forbidden(self, verb, name):
        said = f'secrets "{name}" is forbidden: User "system:serviceaccount:edge:lastmile" cannot {verb} resource "secrets" in ' \
               'API group "" in the namespace "edge"'
        return status(403, "Forbidden", said, name=name, kind="secrets")

    def unknown(self, request):
        return status(404, "NotFound", "the server could not find the requested resource")

    def crashed(self, error):
        return status(400, "BadRequest", str(error))

    def own_faults(self):
        # Priority and fairness answers in plain text.
        busy = Answer(429, b"Too many requests, please try again later.\n", "text/plain", [("Retry-After", "1")])
        return {"busy": busy, "denied": self.forbidden("get", "shop")}

    def serving(self):
        pairs = {"main": self.pair("edge/shop"), "neighbour": self.pair("edge/other")}
        return pairs | ({} if pairs["main"] else {"main": self.pairs["old"]})

    def pair(self, key):
        held = self.running.get(key, {"fields": {}})["fields"]
        if ("data", "tls.crt") not in held:
            return None
        return material.Pair.read(*(base64.b64decode(held["data", name]) for name in ("tls.crt", "tls.key")))

    def neighbours(self):
        ours = self.running.get("edge/shop", {"fields": {}})["fields"]
        foreign = {"/".join(path): value for path, value in ours.items() if self.foreign(path)}
        other = self.running["edge/other"]
        return {"foreign": foreign, "other": objects.document("edge", "other", other), "managers": objects.managers(other)}

    def foreign(self, path):
        return path[-1] in ("ca.crt", "team", "example.test/kept", *self.options.get("annotations", {}))

    def leftovers(self):
        """A copy of what is served: it was put aside for a change that did not come."""
        held = self.running.get("edge/shop", {"fields": {}})["fields"]
        now = held.get(("data", "tls.crt"))
        return sorted(path[1] for path, value in held.items() if path[0] == "data" and path[1] != "tls.crt" and value == now)

    # Reading.

    def shown(self, request, namespace, name, held, code=200):
        whole = objects.document(namespace, name, held)
        whole["metadata"]["managedFields"] = objects.managers(held)
        if METADATA in request.header("Accept").replace(" ", ""):
            part = {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": whole["metadata"]}
            return answer_json(code, part)
        if not self.options.get("reads-keys"):
            self.violation(f"the answer to {request.method} shows the private key")
        return answer_json(code, whole)


    def present(self, namespace, name):
        return self.running.get(f"{namespace}/{name}")

    def missing(self, name, kind="secrets"):
        return Refused(status(404, "NotFound", f'{kind} "{name}" not found', name=name, kind=kind))

    @route("GET", ONE, LOOK)
    def read(self, request, namespace, name):
        held = self.present(namespace, name)
        if not held:
            raise self.missing(name)
        return self.shown(request, namespace, name, held)

    # The four ways to write.

    def store(self, request, namespace, name, before, held):
        """What every write ends with."""
        objects.allowed(name, before, held)
        if self.options.get("hook"):
            said = f'admission webhook "{self.options["hook"]}" denied the request: not on a Friday'
            raise Refused(status(403, "Forbidden", said))
        changed = not before or (before["fields"], before["owners"]) != (held["fields"], held["owners"])
        if request.query.get("dryRun", "All") != "All":
            raise Refused(self.crashed("dryRun"), f"dryRun {request.query['dryRun']!r}")
        if changed and "dryRun" not in request.query:
            self.version += 1
            held["version"] = self.version
            self.running[f"{namespace}/{name}"] = held
            self.policy(held)
            self.save()
        return self.shown(request, namespace, name, held, 200 if before else 201)

    def policy(self, held):
        """What the API server lets pass and no operator does."""
        found = {path[1]: base64.b64decode(value) for path, value in held["fields"].items() if path[0] == "data"}
        try:
            material.Pair.read(found["tls.crt"], found["tls.key"])
        except (material.Bad, KeyError) as bad:
            self.violation(f"a Secret that no server can use: {bad}")

    def named(self, body, namespace, name):
        about = body["metadata"]
        if (body["apiVersion"], body["kind"]) != ("v1", "Secret") or about.get("name", name) != name or \
                about.get("namespace", namespace) != namespace:
            raise Refused(self.crashed("the name of the object does not match the name on the URL"), "another name")

    @route("PATCH", ONE, CHANGE, carries=("key",))
    def patch(self, request, namespace, name):
        if namespace not in self.options.get("namespaces", ("edge",)):
            raise self.missing(namespace, "namespaces")
        before, body = self.present(namespace, name), json.loads(request.body)
        if request.kind == APPLY:
            return self.apply(request, namespace, name, before, body)
        if not before:
            raise self.missing(name)
        whole = objects.document(namespace, name, before)
        if request.kind == PATCH:
            try:
                objects.json_patch(whole, body)
            except KeyError as error:
                raise Refused(status(422, "Invalid", "the server rejected our request due to an error in our request"),
                              f"a patch that does not apply: {error}") from error
        elif request.kind == MERGE:
            objects.merge_patch(whole, body)
        else:
            raise Refused(status(415, "UnsupportedMediaType", "the body of the request was in an unknown format"), request.kind)
        return self.update(request, namespace, name, before, whole)

    def apply(self, request, namespace, name, before, body):
        manager, force = request.query.get("fieldManager"), request.query.get("force", "false")
        if not manager or force not in ("true", "false"):
            raise Refused(status(422, "Invalid", "fieldManager: Required value: is required for apply patch"), "no fieldManager")
        if b"\\/" in request.body or "managedFields" in body["metadata"]:
            raise Refused(self.crashed("error decoding YAML"), "what an apply patch must not hold")
        self.named(body, namespace, name)
        if force == "true" and before and any(one[0].startswith("cert-manager") for one in before["owners"]):
            self.violation("it takes a Secret from cert-manager by force")
        if before:
            return self.store(request, namespace, name, before, objects.applied(name, before, objects.fields(body), manager, force == "true"))
        self.may("create", request)
        fresh = {**objects.secret(objects.fields(body), manager, self.version + 1)}
        fresh["owners"] = {(manager, "Apply"): set(fresh["fields"])}
        return self.store(request, namespace, name, None, fresh)

    def update(self, request, namespace, name, before, whole):
        wanted = whole["metadata"].get("resourceVersion")
        if wanted not in (None, str(before["version"])):
            said = f'Operation cannot be fulfilled on secrets "{name}": the object has been modified; please apply your changes ' \
                   "to the latest version and try again"
            raise Refused(status(409, "Conflict", said, name=name, kind="secrets"))
        manager = request.query.get("fieldManager") or request.header("User-Agent").partition("/")[0] or "unknown"
        return self.store(request, namespace, name, before, objects.updated(before, objects.fields(whole), manager))

    def whole(self, request):
        """The object of a PUT or POST; what says nothing is JSON."""
        if request.kind not in ("", "application/json"):
            raise Refused(status(415, "UnsupportedMediaType", "the body of the request was in an unknown format"), request.kind)
        return json.loads(request.body)

    @route("PUT", ONE, CHANGE, carries=("key",))
    def replace(self, request, namespace, name):
        before, body = self.present(namespace, name), self.whole(request)
        if not before:
            raise self.missing(name)
        self.named(body, namespace, name)
        if not body["metadata"].get("resourceVersion"):
            self.violation("a PUT without resourceVersion overwrites blindly")
        return self.update(request, namespace, name, before, body)

    @route("POST", SECRETS, CHANGE, carries=("key",))
    def create(self, request, namespace):
        body = self.whole(request)
        name = body["metadata"]["name"]
        if namespace not in self.options.get("namespaces", ("edge",)):
            raise self.missing(namespace, "namespaces")
        self.named(body, namespace, name)
        if self.present(namespace, name):
            raise Refused(status(409, "AlreadyExists", f'secrets "{name}" already exists', name=name, kind="secrets"))
        manager = request.query.get("fieldManager") or request.header("User-Agent").partition("/")[0] or "unknown"
        return self.store(request, namespace, name, None, objects.secret(objects.fields(body), manager, self.version + 1))


def encoded(content):
    return base64.b64encode(content).decode()


def data(pair):
    return {("data", "tls.crt"): encoded(pair.bundle()), ("data", "tls.key"): encoded(pair.key_pem())}


if __name__ == "__main__":
    kit.main(KubernetesTlsSecret)
