"""NetScaler ADC's NITRO API, as far as certificates go. Every refusal here is one of the real device's.

Options: `user` (`lastmile`), `cap`, `bundled` (the chain of `old` is in its own file, and the device has no intermediate yet;
false), `drops` (every update loses the link, not only one of another issuer; false), `peer` (a secondary needs the files; true).

At first the certkeys `shop` (the pair `old`) and `neighbour` are linked to the intermediate `ca`. `shop` serves `main`."""

import base64
import hashlib
import json
import urllib.parse

import kit
import netscaler_objects as objects
from device import CHANGE, LOOK, SESSION, Device, route
from netscaler_objects import ROOM, error
from request import Answer, Refused
from request import json as answer_json
from sessions import Full

BASE = "/nitro/v1/config/"
JSON = "application/json"
NAME = r"(?P<name>[\w.-]+)"
FILE = {"filename", "filelocation", "filecontent", "fileencoding"}


def done(status=200, **more):
    return answer_json(status, {"errorcode": 0, "message": "Done", "severity": "NONE", **more})


class NetScaler(Device):
    cap, has = 20, ("failed-200", "busy", "denied", "standby", "expired")

    def __init__(self, options, secrets, pairs):
        super().__init__(options, secrets, pairs)
        # The disk, which no save is needed for.
        self.files = {}
        self.running = {"certkeys": objects.first(self.files, pairs, options.get("bundled", False))}
        self.first, self.synced = dict(self.files), True

    def before(self, request):
        for name in request.query:
            if name not in ("action", "args", "warning", "override"):
                self.violation(f"no such parameter: {name}")
        user, cookie = request.header("X-NITRO-USER"), request.header("Cookie")
        if request.path == BASE + "login":
            return
        if user and cookie:
            raise Refused(error(401, 354, "Invalid username or password"), "two credentials at once")
        if user:
            self.let_in(user, request.header("X-NITRO-PASS"))
        elif not cookie:
            raise Refused(error(401, 352, "Login required"), "no credentials")
        else:
            self.in_session(self.token(cookie))

    def token(self, cookie):
        name, _, value = cookie.partition("=")
        if name not in ("NITRO_AUTH_TOKEN", "sessionid"):
            raise Refused(error(401, 352, "Login required"), f"the cookie {name}")
        return urllib.parse.unquote(value).removeprefix("##")

    def in_session(self, token):
        found = self.sessions.find(token)
        if not found or not found.live:
            never = not found or found.closed
            raise Refused(error(401, 1027, "Not logged in or connection timed out") if never else
                          error(401, 444, "Session expired or killed. Please login again"), "no session" if never else "")

    def let_in(self, user, password):
        if (user, password) != (self.options.get("user", "lastmile"), self.secrets["password"]):
            raise Refused(error(401, 354, "Invalid username or password"))

    def credential_headers(self):
        return ("x-nitro-pass",)

    def unknown(self, request):
        return error(400, 1232, f"Invalid object name [{request.path}]")

    def crashed(self, _):
        return error(400, 1234, "Invalid JSON input")

    def own_faults(self):
        return {"failed-200": error(200, 257, "Operation not permitted"), "busy": error(503, 272, "Resource is busy"),
                "denied": error(403, 2138, "Not authorized to execute this command [update ssl certKey]"),
                "standby": error(599, 368, "Operation permitted only on primary node")}

    def serving(self):
        return {"main": objects.served(self.running["certkeys"], "shop"),
                "neighbour": objects.served(self.running["certkeys"], "neighbour")}

    def neighbours(self):
        kept = {name: one for name, one in self.running["certkeys"].items() if name in ("neighbour", "ca")}
        files = {path: hashlib.sha256(self.files.get(path, b"")).hexdigest()[:16] for path in self.first}
        return {"certkeys": {name: [one["cert"], one["key"], one["link"]] for name, one in kept.items()}, "files": files}

    def leftovers(self):
        """What lies on the disk for no certkey, and what the peer lacks; the first files stay, for going back."""
        used = {path for one in self.running["certkeys"].values() for path in (one["cert"], one["key"])}
        missed = self.options.get("peer", True) and not self.synced
        return sorted(set(self.files) - set(self.first) - used) + (["files of the peer"] if missed else [])

    def reboot(self):
        super().reboot()
        for name, one in self.running["certkeys"].items():
            if self.files.get(one["cert"]) != one["leaf"] or self.files.get(one["key"], b"") != one["private"]:
                self.violation(f"the files of {name} are not what was loaded: it is gone after this reboot")

    # Sessions.

    @route("POST", BASE + "login", SESSION, JSON, carries=("password",))
    def login(self, request):
        login = self.members(request, "login", {"username", "password"}, {"timeout"})
        self.let_in(login["username"], login["password"])
        try:
            token = self.sessions.open(login["username"])
        except Full:
            raise Refused(error(599, 445, "Session limit exceeded"), "sessions were left") from None
        return done(201, sessionid=f"##{token}")

    @route("POST", BASE + "logout", SESSION, JSON)
    def logout(self, request):
        self.members(request, "logout", set())
        self.sessions.close(self.token(request.header("Cookie")))
        return done(201)

    # Files.

    def members(self, request, resource, required, optional=frozenset()):
        """The one resource in the body: the required members, maybe the optional ones, and no others."""
        value = self.body(request, (resource,))[resource]
        if not isinstance(value, dict) or not required <= set(value) <= required | set(optional):
            raise Refused(error(400, 1095, "Required argument missing"), f"members of {resource}: {sorted(value)}")
        return value

    def argument(self, request):
        name, _, location = request.query.get("args", "").partition(":")
        if name != "filelocation" or not location.startswith("/"):
            raise Refused(error(400, 1095, "Required argument missing [fileLocation]"), "no file location")
        return location

    @route("POST", BASE + "systemfile", CHANGE, JSON, carries=())
    def upload(self, request):
        body = self.members(request, "systemfile", FILE)
        if len(body["filename"]) > 63 or "/" in body["filename"] or len(body["filelocation"]) > 127:
            raise Refused(error(599, 319, "File name too long"), "a name that is none")
        path = f"{body['filelocation']}/{body['filename']}"
        if path in self.files and request.query.get("override") != "yes":
            raise Refused(error(409, 1642, "Cannot create output file. File already exists"))
        if body["fileencoding"] != "BASE64" or not path.startswith(ROOM):
            raise Refused(error(599, 1097, "Invalid argument value"), f"{body['fileencoding']} to {path}")
        self.files[path] = base64.b64decode(body["filecontent"], validate=True)
        self.synced = False
        return done(201)

    @route("GET", BASE + "systemfile/" + NAME)
    def file(self, request, name):
        path = f"{self.argument(request)}/{name}"
        if path not in self.files:
            raise Refused(error(404, 258, "No such resource"))
        content = self.files[path]
        if b"PRIVATE KEY" in content:
            self.violation("a private key is read back")
        shown = {"filename": name, "filelocation": path.rpartition("/")[0], "filecontent": base64.b64encode(content).decode(),
                 "fileencoding": "BASE64", "filesize": str(len(content))}
        return done(systemfile=[shown])

    @route("DELETE", BASE + "systemfile/" + NAME, CHANGE)
    def remove(self, request, name):
        path = f"{self.argument(request)}/{name}"
        if path not in self.files:
            raise Refused(error(404, 258, "No such resource"))
        del self.files[path]
        return done()

    # Certificates.

    @route("GET", BASE + "sslcertkey/" + NAME)
    def certkey(self, request, name):
        return done(sslcertkey=[objects.shown(self.running["certkeys"], name)])

    @route("POST", BASE + "sslcertkey", CHANGE, JSON)
    def change(self, request):
        action = request.query.get("action", "add")
        if action not in objects.ACTIONS:
            raise Refused(error(400, 1240, "Invalid action"), action)
        required, optional, act, status = objects.ACTIONS[action]
        body = self.members(request, "sslcertkey", required, optional)
        drops = act(self.running["certkeys"], self.files, body, self.options.get("drops", False))
        if drops and request.query.get("warning") == "yes":
            text = "Incompatible CA links were broken by the update"
            return Answer(209, json.dumps({"errorcode": 1587, "message": text, "severity": "WARNING"}).encode(), JSON,
                          [("X-NITRO-WARNING", text)])
        return done(status)

    @route("PUT", BASE + "sslcertkey", CHANGE, JSON)
    def attributes(self, request):
        raise Refused(error(599, 278, "Invalid argument [cert]"), "files are not replaced by PUT")

    # The whole device.

    @route("POST", BASE + "nsconfig", CHANGE, JSON)
    def keep(self, request):
        self.members(request, "nsconfig", set())
        if request.query.get("action") != "save":
            raise Refused(error(400, 1240, "Invalid action"), "an action of nsconfig that is not save")
        if not self.unsaved():
            return error(599, 1133, "The running configuration has not changed")
        self.save()
        return done()

    @route("GET", BASE + "nsconfig", LOOK)
    def config(self, request):
        return done(nsconfig={"ipaddress": "192.0.2.1", "configchanged": self.unsaved()})

    @route("POST", BASE + "hafiles", CHANGE, JSON)
    def sync(self, request):
        if self.members(request, "hafiles", {"mode"})["mode"] != ["ssl"] or request.query.get("action") != "sync":
            raise Refused(error(400, 1240, "Invalid action"), "a mode or an action that is none")
        self.synced = True
        return done()


if __name__ == "__main__":
    kit.main(NetScaler)
