"""FortiOS' REST API, as far as certificates go. Every refusal here is one of the real device's.

Options: `scalar` (a virtual server's certificate is a name and no list, false), `hidden` (the table of certificates does not show
them, false), `bare` (the CA store is empty, false), `lockout` (after how many wrong tokens access is blocked, 3).

At first the SSL-VPN, the virtual server `shop` and the inspection profile `inbound` serve the pair `old`; the profile holds
`neighbour` as well, and the virtual server `other` that alone. A certificate `shop-20240101-00000000` is left from some renewal.
A TLS client of `main` gets what `shop` serves. The chain comes out of the CA store, whatever was imported with a leaf."""

import base64
import hashlib
import re
import urllib.parse

import kit
import material
from device import CHANGE, LOOK, Device, route
from request import Answer, Refused
from request import json as answer_json

CMDB, MONITOR = "/api/v2/cmdb", "/api/v2/monitor"
OURS = re.compile(r"shop-\d{8}-[0-9a-f]{8}")
OBJECTS = r"(?P<table>system/global|vpn\.ssl/settings|firewall/vip|firewall/ssl-ssh-profile)(/(?P<name>[^/]+))?"
ATTRIBUTES = {"system/global": "admin-server-cert", "vpn.ssl/settings": "servercert", "firewall/vip": "ssl-certificate",
              "firewall/ssl-ssh-profile": "server-cert"}


def names(value):
    """In each of the shapes that an attribute has."""
    if isinstance(value, list):
        return [one["name"] for one in value]
    return [value["q_origin_key"] if isinstance(value, dict) else value]


class Fortigate(Device):
    has = ("denied",)

    def __init__(self, options, secrets, pairs):
        super().__init__(options, secrets, pairs)
        self.wrong = 0
        held = {name: [material.text(pair.leaf), pair.key_pem()] for name, pair in pairs.items()}
        authorities = set() if options.get("bare") else {material.text(one) for pair in pairs.values() for one in pair.chain}
        shop = "old" if options.get("scalar") else [{"name": "old"}]
        self.running = {
            "local": {**held, "Fortinet_Factory": held["neighbour"], "shop-20240101-00000000": held["neighbour"]},
            "ca": {f"CA_Cert_{number}": one for number, one in enumerate(sorted(authorities), 1)},
            "system/global": {"admin-server-cert": {"q_origin_key": "Fortinet_Factory", "name": "Fortinet_Factory"}, "hostname": "fw"},
            "vpn.ssl/settings": {"servercert": "old", "port": 10443},
            "firewall/vip": {"shop": {"name": "shop", "ssl-certificate": shop},
                             "other": {"name": "other", "ssl-certificate": [{"name": "neighbour"}]}},
            "firewall/ssl-ssh-profile": {"inbound": {"name": "inbound", "server-cert": [
                {"name": "neighbour", "q_origin_key": "neighbour"}, {"name": "old", "q_origin_key": "old"}]}}}

    # Answers.

    def envelope(self, request, code, **more):
        about = {"http_method": request.method, "vdom": request.query.get("vdom", "root"), "http_status": code,
                 "serial": "FGT60F0000000001", "version": "v7.4.8", "build": 2795}
        return answer_json(code, {**about, **more})

    def good(self, request, results=None, **more):
        more = more if results is None else {"results": results, **more}
        return self.envelope(request, 200, status="success", **more)

    def refused(self, request, code, text="", violation=""):
        """500 is what the command line would refuse."""
        said = {"cli_error": f"{text}\nCommand fail. Return code {code}"} if text else {}
        return Refused(self.envelope(request, 500, status="error", error=code, **said), violation)

    def unknown(self, request):
        return self.envelope(request, 404, status="error")

    def crashed(self, error):
        return answer_json(500, {"status": "error", "http_status": 500, "error": -1})

    def own_faults(self):
        return {"denied": answer_json(403, {"status": "error", "http_status": 403})}

    def credential_headers(self):
        return ("authorization",)

    def before(self, request):
        if self.wrong >= self.options.get("lockout", 3):
            raise Refused(answer_json(429, {"status": "error", "http_status": 429}))
        if request.header("Authorization") != f"Bearer {self.secrets['token']}":
            self.wrong += 1
            raise Refused(answer_json(401, {"status": "error", "http_status": 401}), "" if request.header("Authorization") else "no token")
        if request.query.get("vdom") != "root" and not request.path.endswith("/system/status"):
            self.violation(f"the virtual domain {request.query.get('vdom')}")

    @route("GET", MONITOR + "/system/status", LOOK)
    def status(self, request):
        return self.good(request, {"model": "FGT60F"})

    # What is served.

    def pair(self, name):
        leaf, key = self.running["local"][name]
        chain, last = b"", material.certificate(leaf)
        held = {material.certificate(one).subject: one for one in self.running["ca"].values()}
        while (issuer := held.pop(last.issuer, None)) is not None:
            chain, last = chain + issuer, material.certificate(issuer)
        return material.Pair.read(leaf + chain, key)

    def bound(self):
        """Name of the object -> names of its certificates."""
        return {"ssl-vpn": names(self.running["vpn.ssl/settings"]["servercert"]),
                **{f"vip/{name}": names(one["ssl-certificate"]) for name, one in self.running["firewall/vip"].items()},
                **{f"profile/{name}": names(one["server-cert"]) for name, one in self.running["firewall/ssl-ssh-profile"].items()}}

    def administration(self):
        return names(self.running["system/global"]["admin-server-cert"])

    def serving(self):
        bound = self.bound()
        return {"main": self.pair(bound["vip/shop"][0]), "vpn": self.pair(bound["ssl-vpn"][0]), "other": self.pair(bound["vip/other"][0]),
                "inspection": self.pair(bound["profile/inbound"][-1])}

    def management(self):
        name = self.administration()[0]
        return None if name == "Fortinet_Factory" else self.pair(name)

    def neighbours(self):
        kept = {name: hashlib.sha256(b"".join(self.running["local"][name])).hexdigest()
                for name in ("old", "neighbour", "Fortinet_Factory")}
        elements = self.running["firewall/ssl-ssh-profile"]["inbound"]["server-cert"]
        return {"vip": self.running["firewall/vip"]["other"], "element": elements[0], "elements": len(elements),
                "certificates": kept, "global": self.running["system/global"], "port": self.running["vpn.ssl/settings"]["port"]}

    def leftovers(self):
        bound = self.bound()
        used = {name for all in bound.values() for name in all}
        left = [name for name in self.running["local"] if OURS.fullmatch(name) and name not in used]
        shop = {bound["vip/shop"][0], bound["ssl-vpn"][0], bound["profile/inbound"][-1]}
        return left + ([f"not everything serves one certificate: {sorted(shop)}"] if len(shop) > 1 else [])

    # Certificates.

    def content(self, request, text):
        try:
            return base64.b64decode(text, validate=True)
        except ValueError:
            raise self.refused(request, -145, violation="a file that is not in base64") from None

    @route("POST", MONITOR + "/vpn-certificate/local/import", CHANGE)
    def take(self, request):
        body = self.body(request, ("type", "certname", "scope", "file_content", "key_file_content"), ("password",))
        name = body["certname"]
        if body["type"] != "regular" or body["scope"] not in ("global", "vdom"):
            raise self.refused(request, -1, "invalid type or scope", "another type than regular")
        if not re.fullmatch(r"[\w.-]{1,35}", name):
            raise self.refused(request, -1, "string value is too long", f"the name {name!r}")
        leaf = self.content(request, body["file_content"])
        key = self.content(request, body["key_file_content"])
        if name in self.running["local"]:
            raise self.refused(request, -23)
        try:
            if not material.belongs(material.certificate(leaf), material.key(key, body.get("password"))):
                raise material.Bad("the key does not fit")
        except material.Bad as bad:
            raise self.refused(request, -145, f"Input is not a valid certificate. {bad}", str(bad)) from bad
        self.running["local"][name] = [leaf, key]
        self.save()
        return self.good(request, {}, path="vpn-certificate", name="local", action="import", mkey=name)

    @route("POST", MONITOR + "/vpn-certificate/ca/import", CHANGE)
    def take_authority(self, request):
        body = self.body(request, ("import_method", "scope", "file_content"))
        content = self.content(request, body["file_content"])
        material.certificate(content)
        if content in self.running["ca"].values():
            raise self.refused(request, -23, violation="a CA that is there already")
        self.running["ca"][f"CA_Cert_{len(self.running['ca']) + 1}"] = content
        self.save()
        return self.good(request, {}, path="vpn-certificate", name="ca", action="import")

    @route("GET", MONITOR + "/system/certificate/download")
    def download(self, request):
        if request.query["type"] != "local-cer" or request.query["mkey"] not in self.running["local"]:
            raise Refused(self.unknown(request))
        return Answer(200, self.running["local"][request.query["mkey"]][0], "application/x-x509-ca-cert")

    @route("GET", CMDB + r"/vpn\.certificate/local(/(?P<name>[^/]+))?")
    def certificates(self, request, name):
        chosen = [urllib.parse.unquote(name)] if name else list(self.running["local"])
        if any(one not in self.running["local"] for one in chosen):
            raise Refused(self.unknown(request))
        shown = [{"name": one, "private-key": "ENC Zm9v", "range": "vdom", "source": "user"} for one in chosen]
        if not self.options.get("hidden"):
            for one in shown:
                one["certificate"] = self.running["local"][one["name"]][0].decode()
        return self.good(request, shown, path="vpn.certificate", name="local")

    @route("GET", CMDB + r"/vpn\.certificate/ca")
    def authorities(self, request):
        return self.good(request, [{"name": name, "ca": pem.decode(), "range": "global"} for name, pem in self.running["ca"].items()])

    @route("DELETE", CMDB + r"/vpn\.certificate/local/(?P<name>[^/]+)", CHANGE)
    def delete(self, request, name):
        name = urllib.parse.unquote(name)
        if name not in self.running["local"]:
            raise Refused(self.unknown(request))
        if name in self.administration() or any(name in all for all in self.bound().values()):
            raise self.refused(request, -94, "The entry is used by other entries", "what is in use is deleted")
        del self.running["local"][name]
        self.save()
        return self.good(request, mkey=name, revision_changed=True)

    @route("GET", MONITOR + "/system/object/usage")
    def usage(self, request):
        if (request.query["q_path"], request.query["q_name"]) != ("vpn.certificate", "local"):
            raise Refused(self.unknown(request))
        # The device's own management is not in the list.
        using = [{"path": user.partition("/")[0], "name": user, "mkey": user.rpartition("/")[2], "reference_count": 1}
                 for user, all in self.bound().items() if request.query["mkey"] in all]
        return self.good(request, {"currently_using": using, "can_use": [], "q_types": []})

    # What refers to them.

    def found(self, request, table, name):
        content = self.running.get(table)
        if name is not None and content is not None:
            content = content.get(urllib.parse.unquote(name))
        if content is None or (name is None) != (table not in ("firewall/vip", "firewall/ssl-ssh-profile")):
            raise Refused(self.unknown(request))
        return content

    @route("GET", f"{CMDB}/{OBJECTS}")
    def object(self, request, table, name):
        content = self.found(request, table, name)
        return self.good(request, content if name is None else [content], path=table)

    @route("PUT", f"{CMDB}/{OBJECTS}", CHANGE)
    def bind(self, request, table, name):
        content, attribute = self.found(request, table, name), ATTRIBUTES[table]
        value = self.body(request, (attribute,))[attribute]
        if type(value) is not type(content[attribute]) or not names(value):
            raise self.refused(request, -1, "invalid value", "another shape than was read")
        for one in names(value):
            if one not in self.running["local"]:
                raise self.refused(request, -3, f"entry not found in datasource\nvalue parse error before '{one}'")
        content[attribute] = value
        self.save()
        return self.good(request, mkey=name or "", revision_changed=True, old_revision="1")


if __name__ == "__main__":
    kit.main(Fortigate)
