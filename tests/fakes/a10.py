"""A10 Thunder's aXAPI v3 (ACOS 5 and later), as far as certificates go. Every refusal here is one of the real device's.

Options: `user` (`lastmile`), `cap`.

At first the client-ssl template `shop` holds the pair `old`, which `main` serves, and the pair `neighbour`; `other` holds
`neighbour` alone."""

import hashlib
import json

import kit
import material
from device import CHANGE, LOOK, SESSION, Device, route
from request import Answer, Refused
from request import json as answer_json
from sessions import Full

BASE = "/axapi/v3"
JSON, FORM = "application/json", "multipart/form-data"
KIND, NAME = "(?P<kind>ssl-cert|ssl-key)", r"(?P<name>[\w.-]+)"
MISSING, EXISTS, IN_USE, INVALID, BUSY = 1023460352, 67371011, 33619969, 1023459393, 1023464193


def fail(status, code, message):
    return answer_json(status, {"response": {"status": "fail", "err": {"code": code, "from": "CM", "msg": message}}})


def barred(status, text):
    return answer_json(status, {"authorizationschema": {"code": status, "error": text}})


def done():
    return answer_json(200, {"response": {"status": "OK"}})


class A10(Device):
    cap, has = 20, ("failed-200", "busy", "denied", "expired")

    def __init__(self, options, secrets, pairs):
        super().__init__(options, secrets, pairs)
        # Imported files are on the disk at once; templates are configuration.
        self.files = {"ssl-cert": {}, "ssl-key": {}}
        entries = [self.entry(name, pair) for name, pair in pairs.items()]
        self.first = {kind: dict(files) for kind, files in self.files.items()}
        self.running = {"shop": {"name": "shop", "certificate-list": entries, "close-notify": 1, "user-tag": "kept"},
                        "other": {"name": "other", "certificate-list": entries[1:]}}

    def entry(self, name, pair):
        chain = b"".join(material.text(one) for one in pair.chain)
        self.files["ssl-cert"] |= {name: material.text(pair.leaf), f"{name}-chain": chain}
        self.files["ssl-key"][f"{name}.key"] = pair.key_pem()
        return {"cert": name, "key": f"{name}.key", "chain-cert": f"{name}-chain"}

    def before(self, request):
        if request.path == BASE + "/auth":
            return
        scheme, _, signature = request.header("Authorization").partition(" ")
        found = self.sessions.find(signature)
        if scheme != "A10" or not found or not found.live:
            # Nobody is to work without a session, or on one that was closed.
            wrong = scheme != "A10" or not found or found.closed
            raise Refused(barred(401, "Invalid session"), "no session" if wrong else "")

    def unknown(self, request):
        return fail(404, MISSING, f"Object not found: {request.path}")

    def crashed(self, _):
        return fail(400, 1023508480, "JSON format error")

    def own_faults(self):
        return {"failed-200": fail(200, INVALID, "Invalid parameter"), "busy": fail(200, BUSY, "System is busy"),
                "denied": barred(403, "Forbidden")}

    def serving(self):
        first = next(one for one in self.running["shop"]["certificate-list"] if one["cert"] != "neighbour")
        return {"main": self.pair(first), "neighbour": self.pair(self.running["other"]["certificate-list"][0])}

    def pair(self, entry):
        chain = self.files["ssl-cert"].get(entry.get("chain-cert"), b"")
        return material.Pair.read(self.files["ssl-cert"][entry["cert"]] + chain, self.files["ssl-key"][entry["key"]])

    def neighbours(self):
        shop = self.running["shop"]
        others = [one for one in shop["certificate-list"] if one["cert"] == "neighbour"]
        rest = {key: value for key, value in shop.items() if key != "certificate-list"}
        kept = {name: hashlib.sha256(self.files[kind].get(name, b"")).hexdigest()[:16]
                for kind, files in self.first.items() for name in files}
        return {"entries": others, "template": rest, "other": self.running["other"], "files": kept}

    def leftovers(self):
        return sorted(name for kind, files in self.files.items() for name in files
                      if name not in self.first[kind] and not self.used(name))

    def used(self, name):
        entries = [one for template in self.running.values() for one in template["certificate-list"]]
        return any(name in one.values() for one in entries)

    # Sessions.

    @route("POST", BASE + "/auth", SESSION, JSON, carries=("password",))
    def auth(self, request):
        told = self.body(request, ("credentials",))["credentials"]
        if told != {"username": self.options.get("user", "lastmile"), "password": self.secrets["password"]}:
            raise Refused(barred(403, "Authentication failed"))
        try:
            signature = self.sessions.open(told["username"])
        except Full:
            raise Refused(barred(403, "Too many sessions"), "sessions were left") from None
        text = "the signature should be set in Authorization header for following request."
        return answer_json(200, {"authresponse": {"signature": signature, "description": text}})

    @route("POST", BASE + "/logoff", SESSION)
    def logoff(self, request):
        self.sessions.close(request.header("Authorization").partition(" ")[2])
        return done()

    @route("POST", BASE + "/active-partition(?:/shared)?", SESSION)
    def partition(self, request):
        return Answer(204)

    # Files.

    @route("GET", BASE + f"/file/{KIND}/{NAME}")
    def file(self, request, kind, name):
        if name not in self.files[kind]:
            raise Refused(fail(404, MISSING, "Object not found"))
        if kind == "ssl-key":
            self.violation("a private key is read back")
            return Answer(200, b"", "application/octet-stream")
        return Answer(200, self.files[kind][name], "application/octet-stream")

    @route("POST", BASE + f"/file/{KIND}/?", CHANGE, FORM, carries=("key",))
    def put(self, request, kind):
        parts = {part.name: part for part in request.multipart()}
        if set(parts) != {"json", "file"} or parts["json"].kind != JSON or parts["json"].filename != "blob":
            raise Refused(self.crashed(None), f"parts {sorted(parts)}")
        about, content = json.loads(parts["json"].content), parts["file"].content
        told = about[kind]
        wanted = {"file", "file-handle", "action"} | ({"certificate-type"} if kind == "ssl-cert" else set())
        if set(told) != wanted or told["action"] != "import" or told.get("certificate-type", "pem") != "pem":
            raise Refused(fail(400, INVALID, "Invalid parameter"), f"members of {kind}: {told}")
        if told["file"] != told["file-handle"] or len(told["file"]) > 245:
            raise Refused(fail(400, INVALID, "Invalid parameter"), f"the name {told['file']}")
        if told["file"] in self.files[kind]:
            raise Refused(fail(400, EXISTS, "The file already exists"))
        try:
            material.certificates(content) if kind == "ssl-cert" else material.key(content)
        except material.Bad as bad:
            raise Refused(fail(400, INVALID, f"Parsing failed: {bad}"), str(bad)) from bad
        self.files[kind][told["file"]] = content
        return done()

    @route("POST", BASE + "/pki/delete", CHANGE, JSON)
    def delete(self, request):
        told = self.body(request, ("delete",))["delete"]
        if not set(told) <= {"cert-name", "private-key"}:
            raise Refused(fail(400, INVALID, "Invalid parameter"), f"members of delete: {sorted(told)}")
        named = [(kind, told[member]) for kind, member in (("ssl-cert", "cert-name"), ("ssl-key", "private-key"))
                 if told.get(member)]
        for kind, name in named:
            if name not in self.files[kind]:
                raise Refused(fail(404, MISSING, "Object not found"))
            if self.used(name):
                raise Refused(fail(400, IN_USE, f"{name} is in use"))
        for kind, name in named:
            del self.files[kind][name]
        return done()

    # Templates.

    @route("GET", BASE + f"/slb/template/client-ssl/{NAME}")
    def template(self, request, name):
        if name not in self.running:
            raise Refused(fail(404, MISSING, "Object not found"))
        return answer_json(200, {"client-ssl": self.running[name]})

    def told(self, request, name):
        told = self.body(request, ("client-ssl",))["client-ssl"]
        if name not in self.running:
            raise Refused(fail(404, MISSING, "Object not found"))
        if told.get("name") != name or {"cert", "key", "chain-cert"} & set(told):
            raise Refused(fail(400, INVALID, "Invalid parameter"), f"members of the template: {sorted(told)}")
        for one in told.get("certificate-list", []):
            self.proven(one)
        return told

    def proven(self, entry):
        if not {"cert", "key"} <= set(entry) <= {"cert", "key", "chain-cert", "passphrase", "shared"}:
            raise Refused(fail(400, INVALID, "Invalid parameter"), f"members of an entry: {sorted(entry)}")
        for kind, member in (("ssl-cert", "cert"), ("ssl-key", "key"), ("ssl-cert", "chain-cert")):
            if member in entry and entry[member] not in self.files[kind]:
                raise Refused(fail(404, MISSING, f"{entry[member]} does not exist"), "an entry of files that are not there")
        try:
            self.pair(entry)
        except material.Bad as bad:
            raise Refused(fail(400, INVALID, "The certificate and the key do not match")) from bad

    @route("PUT", BASE + f"/slb/template/client-ssl/{NAME}", CHANGE, JSON)
    def replace(self, request, name):
        """The whole template: what is left out is gone."""
        self.running[name] = self.told(request, name)
        return answer_json(200, {"client-ssl": self.running[name]})

    @route("POST", BASE + f"/slb/template/client-ssl/{NAME}", CHANGE, JSON)
    def update(self, request, name):
        """These members; a list is the list from now on."""
        self.running[name] = self.running[name] | self.told(request, name)
        return answer_json(200, {"client-ssl": self.running[name]})

    # The whole device.

    @route("POST", BASE + "/write/memory/?", CHANGE, JSON)
    def keep(self, request):
        if self.body(request, ("memory",))["memory"].get("partition") != "all":
            raise Refused(fail(400, INVALID, "Invalid parameter"), "another partition than all")
        self.save()
        return done()

    @route("GET", BASE + "/version/oper", LOOK)
    def version(self, request):
        return answer_json(200, {"version": {"oper": {"sw-version": "5.2.1-p4, build 70"}}})


if __name__ == "__main__":
    kit.main(A10)
