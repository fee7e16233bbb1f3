"""Docker's Engine API of a swarm manager, as far as services and their secrets go.

Options: `steps` (how many looks a rollout takes, 0), `ends` (how it ends: completed, paused, rollback_completed), `silent`
(an update that has nothing to roll out says nothing of itself), `worker` (the node is no manager).

At first the service `web` mounts the pair `old` as `site.crt` and `site.key`, and a secret that nobody may touch;
the service `other` mounts `neighbour`. A service serves what its tasks mount, once it has been rolled out."""

import base64
import copy
import json
import re

import kit
import material
from device import CHANGE, LOOK, Device, route
from request import Answer, Refused
from request import json as answer_json

VERSION = r"(?:/v1\.\d+)?"
JSON = "application/json"
REFERENCE = {"File", "SecretID", "SecretName"}


def says(status, message):
    return answer_json(status, {"message": message})


def reference(file, name, held, uid="0"):
    return {"File": {"Name": file, "UID": uid, "GID": "0", "Mode": 0o440}, "SecretID": held["id"], "SecretName": name}


class DockerSwarm(Device):
    has = ("busy", "denied")

    def __init__(self, options, secrets, pairs):
        super().__init__(options, secrets, pairs)
        self.running = {"secrets": {}, "services": {}, "index": 20}
        old = [self.add("tls_old.crt", pairs["old"].bundle()), self.add("tls_old.key", pairs["old"].key_pem())]
        kept = self.add("settings", b"kept")
        self.service("web", [reference("settings", "settings", kept), reference("site.crt", "tls_old.crt", old[0]),
                             reference("site.key", "tls_old.key", old[1], "101")])
        other = [self.add("other.crt", pairs["neighbour"].bundle()), self.add("other.key", pairs["neighbour"].key_pem())]
        self.service("other", [reference("site.crt", "other.crt", other[0]), reference("site.key", "other.key", other[1])])

    def add(self, name, data, labels=None):
        self.running["index"] += 1
        held = {"id": f"sec{self.running['index']:022d}", "data": data, "labels": labels or {}, "index": self.running["index"]}
        self.running["secrets"][name] = held
        return held

    def service(self, name, references):
        container = {"Image": "nginx:1", "Env": ["A=b"], "Secrets": references}
        spec = {"Name": name, "Labels": {"kept": "yes"}, "TaskTemplate": {"ContainerSpec": container, "ForceUpdate": 0},
                "Mode": {"Replicated": {"Replicas": 2}}, "UpdateConfig": {"Parallelism": 1, "Order": "start-first"}}
        self.running["services"][name] = {"id": f"svc{name}", "version": 12, "spec": spec, "state": None, "steps": 0,
                                          "mounted": copy.deepcopy(references), "before": None}

    def credential_headers(self):
        return ("authorization",)

    def before(self, request):
        if request.header("Authorization") != f"Bearer {self.secrets['token']}":
            raise Refused(says(401, "authorization denied by plugin"))
        if self.options.get("worker"):
            raise Refused(says(503, "This node is not a swarm manager. Use \"docker swarm init\" or \"docker swarm join\""))

    def unknown(self, request):
        return says(404, "page not found")

    def crashed(self, error):
        return says(400, f"invalid parameter: {error}")

    def own_faults(self):
        busy = answer_json(429, {"message": "slow down"}, [("Retry-After", "1")])
        return {"busy": busy, "denied": says(403, "authorization denied by plugin policy: request not allowed")}

    def mounted(self, name):
        held = {one["id"]: one["data"] for one in self.running["secrets"].values()}
        files = {one["File"]["Name"]: held.get(one["SecretID"], self.gone.get(one["SecretID"]))
                 for one in self.running["services"][name]["mounted"]}
        return material.Pair.read(files["site.crt"], files["site.key"])

    # What tasks mount stays with them when the secret is removed.
    gone = {}

    def serving(self):
        return {"main": self.mounted("web"), "neighbour": self.mounted("other")}

    def neighbours(self):
        web = copy.deepcopy(self.running["services"]["web"]["spec"])
        foreign = [one for one in web["TaskTemplate"]["ContainerSpec"].pop("Secrets") if one["File"]["Name"] == "settings"]
        files = [one["File"] for one in self.running["services"]["web"]["spec"]["TaskTemplate"]["ContainerSpec"]["Secrets"]]
        other = self.running["services"]["other"]
        return {"web": web, "foreign": foreign, "files": files, "other": [other["version"], other["spec"]],
                "secrets": [name for name in ("settings", "other.crt", "other.key") if name in self.running["secrets"]]}

    def leftovers(self):
        """Secrets of a version that is neither mounted nor the one before."""
        used = {one["SecretID"] for service in self.running["services"].values()
                for spec in (service["spec"], service["before"]) if spec
                for one in spec["TaskTemplate"]["ContainerSpec"]["Secrets"]}
        return sorted(name for name, held in self.running["secrets"].items() if held["labels"] and held["id"] not in used)

    # Secrets.

    @route("GET", VERSION + "/secrets", LOOK)
    def secrets_like(self, request):
        filters = json.loads(request.query.get("filters", "{}"))
        if filters.keys() - {"label", "name", "id"}:
            self.violation(f"filters {sorted(filters)}")
        wanted = [one.partition("=") for one in labels_of(filters)]
        shown = [self.shown(name, held) for name, held in self.running["secrets"].items()
                 if all(held["labels"].get(key) == value for key, _, value in wanted)]
        return answer_json(200, shown)

    def shown(self, name, held):
        spec = {"Name": name, "Labels": held["labels"]}
        times = {"CreatedAt": "2026-01-01T00:00:00.1Z", "UpdatedAt": "2026-01-01T00:00:00.1Z"}
        return {"ID": held["id"], "Version": {"Index": held["index"]}, **times, "Spec": spec}

    @route("POST", VERSION + "/secrets/create", CHANGE, JSON, carries=("key",))
    def create(self, request):
        body = self.body(request, ("Name", "Data"), ("Labels",))
        name, data = body["Name"], base64.b64decode(body["Data"], validate=True)
        if not re.fullmatch(r"[a-zA-Z0-9](?:[a-zA-Z0-9._-]{0,62}[a-zA-Z0-9])?", name):
            raise Refused(says(400, "invalid secret name"), f"the name {name!r}")
        if not 0 < len(data) < 500 * 1024:
            raise Refused(says(400, "secret data must be larger than 0 and less than 512000 bytes"))
        if name in self.running["secrets"]:
            raise Refused(says(409, f"rpc error: code = AlreadyExists desc = secret {name} already exists"))
        held = self.add(name, data, body.get("Labels"))
        self.save()
        return answer_json(201, {"ID": held["id"]})

    @route("DELETE", VERSION + "/secrets/(?P<id>[^/]+)", CHANGE)
    def remove(self, request, id):
        name = next((name for name, held in self.running["secrets"].items() if id in (held["id"], name)), None)
        if not name:
            raise Refused(says(404, f"secret {id} not found"))
        id = self.running["secrets"][name]["id"]
        for service, held in self.running["services"].items():
            if any(one["SecretID"] == id for one in held["spec"]["TaskTemplate"]["ContainerSpec"]["Secrets"]):
                raise Refused(says(400, f"rpc error: code = InvalidArgument desc = secret '{name}' is in use by the following "
                                        f"service: {service}"))
        self.gone = {**self.gone, id: self.running["secrets"].pop(name)["data"]}
        self.save()
        return Answer(204)

    # Services.

    def found(self, id):
        held = next((one for name, one in self.running["services"].items() if id in (name, one["id"])), None)
        if not held:
            raise Refused(says(404, f"service {id} not found"))
        return held

    @route("GET", VERSION + "/services/(?P<id>[^/]+)", LOOK)
    def look_at(self, request, id):
        held = self.found(id)
        self.roll(held)
        shown = {"ID": held["id"], "Version": {"Index": held["version"]}, "Spec": held["spec"]}
        if held["before"]:
            shown["PreviousSpec"] = held["before"]
        if held["state"]:
            shown["UpdateStatus"] = {"State": held["state"], "Message": f"update {held['state']}"}
        return answer_json(200, shown)

    def roll(self, held):
        """A look brings a rollout a step on."""
        if held["state"] != "updating" and held["steps"] == 0:
            return
        held["steps"] -= 1
        held["state"] = "updating"
        if held["steps"] <= 0:
            self.end(held)
        self.save()

    def end(self, held):
        held["steps"], held["state"] = 0, self.options.get("ends", "completed")
        if held["state"] == "completed":
            held["mounted"] = copy.deepcopy(held["spec"]["TaskTemplate"]["ContainerSpec"]["Secrets"])
        if held["state"] == "rollback_completed":
            held["spec"], held["before"] = held["before"], held["spec"]
            held["version"] += 1

    @route("POST", VERSION + "/services/(?P<id>[^/]+)/update", CHANGE, JSON)
    def update(self, request, id):
        held, spec = self.found(id), json.loads(request.body)
        if request.query.get("version") != str(held["version"]):
            raise Refused(says(500, "rpc error: code = Unknown desc = update out of sequence"))
        references = spec["TaskTemplate"]["ContainerSpec"]["Secrets"]
        files = [one["File"]["Name"] for one in references]
        if len(set(files)) != len(files):
            raise Refused(says(400, f"rpc error: code = InvalidArgument desc = secret references have a conflicting target: {files}"),
                          "two secrets in one file")
        for one in references:
            there = self.running["secrets"].get(one["SecretName"])
            if set(one) != REFERENCE or not there or there["id"] != one["SecretID"]:
                raise Refused(says(400, f"rpc error: code = InvalidArgument desc = secret not found: {one['SecretName']}"),
                              "a reference that leads nowhere")
        held["before"], held["spec"], held["version"] = held["spec"], spec, held["version"] + 1
        held["state"], held["steps"] = None, self.options.get("steps", 0)
        if not held["steps"]:
            self.end(held)
        if self.options.get("silent"):
            held["state"] = None
        self.save()
        return answer_json(200, {"Warnings": None})


def labels_of(filters):
    """Clients write a list, or a map of booleans."""
    labels = filters.get("label", [])
    return [one for one in labels if not isinstance(labels, dict) or labels[one]]


if __name__ == "__main__":
    kit.main(DockerSwarm)
