"""Kemp LoadMaster's API, version 2, as far as certificates go: every command is a POST to one path.

Options: `api` (whether it is switched on, true).

At first the virtual service 1 has the certificates `old` (the pair `old`), what is built in, and `neighbour` (the pair `neighbour`);
the service 2 has `neighbour` alone. A TLS client of `main` gets the first of service 1. A certificate `old-2` is bound nowhere."""

import base64
import copy
import json

import kit
import material
from device import CHANGE, LOOK, Device, route
from request import Refused
from request import json as answer_json

JSON, BUILT_IN = "application/json", "built-in"
KEY = ("api-key",)


def ok(**more):
    return answer_json(200, {"code": 200, "status": "ok", **more})


def fail(code, message):
    return answer_json(code, {"code": code, "message": message, "status": "fail"})


class Kemp(Device):
    has = ("failed-200", "denied")

    def __init__(self, options, secrets, pairs):
        super().__init__(options, secrets, pairs)
        held = {name: [pairs[pair].bundle(), pairs[pair].key_pem()]
                for name, pair in (("old", "old"), ("old-2", "old"), ("neighbour", "neighbour"))}
        self.running = {"certs": held, "intermediates": {}, "vs": {"1": ["old", BUILT_IN, "neighbour"], "2": ["neighbour"]}}

    def find(self, request):
        """By the command in the body."""
        try:
            command = json.loads(request.body)["cmd"]
        except (ValueError, KeyError, TypeError):
            command = ""
        named = copy.copy(request)
        named.path = f"{request.path}/{command}"
        return super().find(named)

    def before(self, request):
        if not self.options.get("api", True):
            raise Refused(fail(404, "Not Found"))
        if json.loads(request.body).get("apikey") != self.secrets["api-key"]:
            raise Refused(fail(401, "Unauthorized"))

    def unknown(self, request):
        return fail(405, "Unknown command")

    def crashed(self, error):
        return fail(400, "Missing or invalid parameter")

    def own_faults(self):
        return {"failed-200": answer_json(200, {"code": 422, "message": "Command failed", "status": "fail"}),
                "denied": fail(403, "Permission denied")}

    def serving(self):
        first = {name: next(one for one in names if one != BUILT_IN) for name, names in self.running["vs"].items()}
        shown = {"main": first["1"], "second": self.running["vs"]["1"][-1], "other": first["2"]}
        return {listener: material.Pair.read(*self.running["certs"][name]) for listener, name in shown.items()}

    def neighbours(self):
        kept = {name: repr(self.running["certs"].get(name)) for name in ("old", "old-2", "neighbour")}
        return {"certs": kept, "first": [name for name in self.running["vs"]["1"] if name == "neighbour"], "second": self.running["vs"]["2"]}

    def leftovers(self):
        bound = {name for names in self.running["vs"].values() for name in names}
        return sorted(set(self.running["certs"]) - bound - {"old", "old-2"})

    def read(self, request, required=(), optional=()):
        return self.body(request, ("cmd", "apikey", *required), optional)

    def cert(self, name):
        if name not in self.running["certs"]:
            raise Refused(fail(422, "Unknown certificate"))
        return self.running["certs"][name]

    def vs(self, body):
        if not isinstance(body["vs"], str) or body["vs"] not in self.running["vs"]:
            raise Refused(fail(422, "Unknown VS"))
        return body["vs"]

    @route("POST", "/accessv2/listcert", LOOK, JSON, carries=KEY)
    def listcert(self, request):
        self.read(request)
        kinds = {name: material.kind(material.certificates(pem)[0].public_key()) for name, (pem, _) in self.running["certs"].items()}
        return ok(cert=[{"name": name, "type": "RSA" if kind.startswith("rsa") else "EC", "modulus": ""} for name, kind in kinds.items()])

    @route("POST", "/accessv2/readcert", LOOK, JSON, carries=KEY)
    def readcert(self, request):
        pem = self.cert(self.read(request, ("cert",))["cert"])[0]
        return ok(certificate=material.text(material.certificates(pem)[0]).decode())

    @route("POST", "/accessv2/addcert", CHANGE, JSON, carries=KEY)
    def addcert(self, request):
        body = self.read(request, ("cert", "data", "replace"), ("password",))
        bundle = base64.b64decode(body["data"], validate=True)
        *certificates, last = material.blocks(bundle)
        if not last[0].endswith("PRIVATE KEY"):
            raise Refused(fail(422, "No private key"), "the key does not come last")
        pem = b"".join(text for _, text in certificates)
        material.Pair.read(pem, last[1])
        there = body["cert"] in self.running["certs"]
        if body["replace"] not in (0, 1) or there != (body["replace"] == 1):
            raise Refused(fail(422, "Certificate exists" if there else "Unknown certificate"), f"replace={body['replace']}")
        self.running["certs"][body["cert"]] = [pem, last[1]]
        self.save()
        return ok(message="Command completed ok")

    @route("POST", "/accessv2/delcert", CHANGE, JSON, carries=KEY)
    def delcert(self, request):
        name = self.read(request, ("cert",))["cert"]
        self.cert(name)
        if any(name in names for names in self.running["vs"].values()):
            raise Refused(fail(422, "Certificate in use"))
        del self.running["certs"][name]
        self.save()
        return ok(message="Command completed ok")

    @route("POST", "/accessv2/showvs", LOOK, JSON, carries=KEY)
    def showvs(self, request):
        index = self.vs(self.read(request, ("vs",)))
        return ok(Index=int(index), VSAddress="10.0.0.1", VSPort="443", SSLAcceleration=True, CertFile=" ".join(self.running["vs"][index]))

    @route("POST", "/accessv2/modvs", CHANGE, JSON, carries=KEY)
    def modvs(self, request):
        body = self.read(request, ("vs", "CertFile"))
        index, names = self.vs(body), body["CertFile"].split(" ")
        for name in names:
            self.cert(name)
        if len(set(names)) != len(names):
            raise Refused(fail(422, "Certificate named twice"), "a certificate is bound twice")
        self.running["vs"][index] = names
        self.save()
        return ok(Index=int(index), CertFile=" ".join(names))


if __name__ == "__main__":
    kit.main(Kemp)
