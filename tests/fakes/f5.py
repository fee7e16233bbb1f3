"""F5 BIG-IP's iControl REST, as far as certificates go. Every refusal here is one of the real device's.

Options: `user` (`lastmile`), `fingerprint` (whether releases like this one show it, true), `inherited` (whether the
profile has its list from its parent, false), `page` (how many items a collection shows at once, 10), `cap`.

At first the profile /Common/shop holds the elements `shop` (the pair `old`) and `neighbour` (the pair `neighbour`, of
another type of key), and /Common/other holds `neighbour` alone. A TLS client of `main` gets the element `shop`."""

import copy
import hashlib
import json
import re
import urllib.parse

import f5_objects
import kit
import material
from device import CHANGE, LOOK, SESSION, Device, route
from f5_objects import rest
from request import Answer, Refused
from request import json as answer_json
from sessions import Full

DOWNLOADS = "/var/config/rest/downloads/"
NAME = r"~(?P<partition>[\w.-]+)~(?P<name>[\w.-]+)"
JSON = "application/json"


class F5(Device):
    has = ("busy", "denied", "expired")

    def __init__(self, options, secrets, pairs):
        super().__init__(options, secrets, pairs)
        self.uploads, self.partial, self.transactions = {}, {}, {}
        self.running = f5_objects.first(pairs, options.get("inherited", False))

    def before(self, request):
        if request.path == "/mgmt/shared/authn/login":
            return
        if request.header("X-F5-REST-Overriding-Collection"):
            self.violation("the header X-F5-REST-Overriding-Collection is no transaction's")
        token = request.header("X-F5-Auth-Token")
        found = self.sessions.find(token)
        if not found:
            # Falling back to Basic doubles the calls and locks remote users out.
            raise Refused(rest(401, "X-F5-Auth-Token does not exist."), "no token" if not token else "")
        if not found.live:
            says = "does not exist" if found.closed else "has expired"
            raise Refused(rest(401, f"X-F5-Auth-Token {says}."))
        if request.header("X-F5-REST-Coordination-Id") and not request.path.startswith("/mgmt/tm/sys/file/ssl-") \
                and not request.path.startswith("/mgmt/tm/ltm/"):
            raise Refused(rest(400, "not inside a transaction"), f"{request.path} carries a transaction's header")

    def token_in_path(self, request):
        return request.path.startswith("/mgmt/shared/authz/tokens/")

    def unknown(self, request):
        return rest(404, f"Public URI path not registered: {request.path}")

    def crashed(self, error):
        return rest(400, "Found invalid content-body or headers")

    def own_faults(self):
        return {"busy": rest(503, "There is an active asynchronous task executing."),
                "denied": rest(401, "Authorization failed: user=https://localhost/mgmt/shared/authz/users/lastmile "
                                    "resource=/mgmt/tm verb=POST uri:http://localhost:8100/mgmt/tm referrer:127.0.0.1 "
                                    "sender:127.0.0.1")}

    def serving(self):
        return {"main": f5_objects.pair(self.running, "/Common/shop", "shop"),
                "neighbour": f5_objects.pair(self.running, "/Common/shop", "neighbour"),
                "other": f5_objects.pair(self.running, "/Common/other", "neighbour")}

    def neighbours(self):
        others = [one for one in self.running["profiles"]["/Common/shop"]["certKeyChain"] if one["name"] != "shop"]
        kept = {name: hashlib.sha256(data).hexdigest()[:16] for kind in ("ssl-cert", "ssl-key")
                for name, data in self.running[kind].items() if name.startswith(("/Common/old", "/Common/neighbour"))}
        return {"elements": others, "profile": self.running["profiles"]["/Common/other"], "objects": kept}

    def leftovers(self):
        transactions = [f"transaction {number}" for number in self.transactions]
        return sorted([*self.uploads, *self.partial, *transactions, *f5_objects.unused(self.running)])

    def expire(self):
        super().expire()
        # Their two minutes are over before a token's twenty are.
        self.transactions.clear()

    def lost(self, request):
        if request.method == "POST" and request.path == "/mgmt/tm/transaction" and self.transactions:
            self.transactions.popitem()

    # Tokens.

    @route("POST", "/mgmt/shared/authn/login", SESSION, JSON, carries=("password",))
    def login(self, request):
        body = self.body(request, ("username", "password", "loginProviderName"))
        user, password = self.options.get("user", "lastmile"), self.secrets["password"]
        if (body["username"], body["password"]) != (user, password) or body["loginProviderName"] != "tmos":
            raise Refused(rest(401, "Authentication failed."))
        try:
            token = self.sessions.open(user)
        except Full:
            raise Refused(rest(400, f"user {user} has reached maximum active login tokens"), "tokens were left") from None
        about = {"token": token, "name": token, "userName": user, "timeout": 1200, "kind": "shared:authz:tokens:authtokenitemstate",
                 "selfLink": f"https://localhost/mgmt/shared/authz/tokens/{token}"}
        return answer_json(200, {"username": user, "token": about, "generation": 0})

    @route("PATCH", "/mgmt/shared/authz/tokens/(?P<token>[0-9A-F]+)", SESSION, JSON)
    def extend(self, request, token):
        seconds = int(self.body(request, ("timeout",))["timeout"])
        if seconds > 36000:
            raise Refused(rest(406, "the absolute timeout (36000 seconds) is exceeded"))
        return answer_json(200, {"token": token, "timeout": seconds})

    @route("DELETE", "/mgmt/shared/authz/tokens/(?P<token>[0-9A-F]+)", SESSION)
    def logout(self, request, token):
        if token != request.header("X-F5-Auth-Token"):
            raise Refused(rest(400, "not a token of this user"), "another token is deleted")
        self.sessions.close(token)
        return answer_json(200, {"token": token})

    # Files.

    @route("POST", "/mgmt/shared/file-transfer/uploads/(?P<name>[^/]+)", CHANGE, "application/octet-stream", carries=("key",))
    def upload(self, request, name):
        name = urllib.parse.unquote(name)
        span = re.fullmatch(r"(\d+)-(\d+)/(\d+)", request.header("Content-Range"))
        if not span or not re.fullmatch(r"[\w.-]+", name):
            raise Refused(self.crashed(None), f"Content-Range {request.header('Content-Range')!r} of {name!r}")
        start, end, total = map(int, span.groups())
        count, held = end - start + 1, self.partial.get(name, b"") if start else b""
        if count != len(request.body) or not count:
            raise Refused(rest(400, f"Chunk byte count {count} different from received buffer length {len(request.body)}"),
                          "a chunk of another length")
        if count > 1024 * 1024 or start != len(held) or end >= total:
            raise Refused(rest(400, "Chunk is out of order or too large"), "a chunk out of order or too large")
        held += request.body
        self.partial[name] = held
        if len(held) == total:
            self.uploads[name] = self.partial.pop(name)
        return answer_json(200, {"remainingByteCount": total - len(held), "usedChunks": {str(start): count}, "generation": 0,
                                 "totalByteCount": total, "localFilePath": DOWNLOADS + name,
                                 "temporaryFilePath": f"{DOWNLOADS}tmp/{name}"})

    @route("POST", "/mgmt/tm/util/unix-rm", CHANGE, JSON)
    def remove(self, request):
        body = self.body(request, ("command", "utilCmdArgs"))
        path = re.fullmatch(re.escape(DOWNLOADS) + r"([\w.-]+)", body["utilCmdArgs"])
        if body["command"] != "run" or not path:
            raise Refused(self.crashed(None), f"rm {body['utilCmdArgs']!r}")
        there = self.uploads.pop(path.group(1), None)
        if there is None:
            body["commandResult"] = f"rm: cannot remove '{path.group(0)}': No such file or directory\n"
        return answer_json(200, {"kind": "tm:util:unix-rm:runstate", **body})

    def source(self, path):
        found = self.uploads.get(path.removeprefix("file:" + DOWNLOADS)) if path.startswith("file:") else None
        if found is None:
            raise Refused(f5_objects.mcpd(400, f"01070734:3: Configuration error: no file {path}"), f"no upload at {path}")
        return found

    # Objects and profiles.

    @route("GET", "/mgmt/tm/sys/file/(?P<kind>ssl-cert|ssl-key)/" + NAME)
    def object(self, request, kind, partition, name):
        shown = f5_objects.shown(self.running, kind, f"/{partition}/{name}", self.options.get("fingerprint", True))
        return answer_json(200, shown)

    @route("GET", "/mgmt/tm/sys/file/(?P<kind>ssl-cert|ssl-key)")
    def objects(self, request, kind):
        only = re.fullmatch(r"partition eq ([\w.-]+)", request.query.get("$filter", "partition eq Common"))
        skip, page = int(request.query.get("$skip", 0)), int(request.query.get("$top", self.options.get("page", 10)))
        names = sorted(name for name in self.running[kind] if name.startswith(f"/{only.group(1)}/"))
        items = [f5_objects.shown(self.running, kind, name, self.options.get("fingerprint", True)) for name in names]
        answer = {"kind": f"tm:sys:file:{kind}:{kind}collectionstate", "items": items[skip:skip + page]}
        if skip + page < len(items):
            answer["nextLink"] = f"https://localhost/mgmt/tm/sys/file/{kind}?$skip={skip + page}&$top={page}&ver=16.1.2"
        return answer_json(200, answer)

    @route("POST", "/mgmt/tm/sys/file/(?P<kind>ssl-cert|ssl-key)", CHANGE, JSON)
    def create(self, request, kind):
        body = self.body(request, ("name", "sourcePath"), ("partition",))
        name = f"/{body.get('partition', 'Common')}/{body['name']}"
        return self.change(request, lambda state: f5_objects.create(state, kind, name, self.source(body["sourcePath"])))

    @route("PATCH", "/mgmt/tm/sys/file/(?P<kind>ssl-cert|ssl-key)/" + NAME, CHANGE, JSON)
    def replace(self, request, kind, partition, name):
        path = self.body(request, ("sourcePath",))["sourcePath"]
        return self.change(request, lambda state: f5_objects.replace(state, kind, f"/{partition}/{name}", self.source(path)))

    @route("DELETE", "/mgmt/tm/sys/file/(?P<kind>ssl-cert|ssl-key)/" + NAME, CHANGE)
    def delete(self, request, kind, partition, name):
        self.change(request, lambda state: f5_objects.delete(state, kind, f"/{partition}/{name}"))
        return Answer(200)

    @route("GET", "/mgmt/tm/ltm/profile/client-ssl/" + NAME)
    def profile(self, request, partition, name):
        if request.header("X-F5-REST-Coordination-Id"):
            raise Refused(self.crashed(None), "a GET inside a transaction")
        return answer_json(200, f5_objects.profile(self.running, f"/{partition}/{name}"))

    @route("PATCH", "/mgmt/tm/ltm/profile/client-ssl/" + NAME, CHANGE, JSON)
    def bind(self, request, partition, name):
        body = self.body(request, (), ("certKeyChain", "cert", "key", "chain"))
        return self.change(request, lambda state: f5_objects.bind(state, f"/{partition}/{name}", body))

    # Transactions.

    def change(self, request, apply):
        """At once, or at the commit of the transaction that the request names."""
        number = request.header("X-F5-REST-Coordination-Id")
        if not number:
            shown = apply(self.running)
            f5_objects.proven(self.running)
            return answer_json(200, shown)
        if number not in self.transactions:
            raise Refused(rest(404, f"transaction {number} not found"))
        queue = self.transactions[number]
        queue.append(apply)
        return answer_json(200, {"method": request.method, "uri": f"https://localhost{request.path}", "commandId": len(queue),
                                 "evalOrder": len(queue), "kind": "tm:transaction:commandsstate",
                                 "body": json.loads(request.body) if request.body else {}})

    def state(self, number, state):
        return {"transId": int(number), "state": state, "timeoutSeconds": 120, "asyncExecution": False, "validateOnly": False,
                "failureReason": "", "kind": "tm:transactionstate",
                "selfLink": f"https://localhost/mgmt/tm/transaction/{number}?ver=16.1.2"}

    @route("POST", "/mgmt/tm/transaction", CHANGE, JSON)
    def begin(self, request):
        self.body(request, ())
        number = str(int.from_bytes(hashlib.sha256(str(len(self.requests)).encode()).digest()[:4]) // 2 + 1)
        self.transactions[number] = []
        return answer_json(200, self.state(number, "STARTED"))

    @route("PATCH", r"/mgmt/tm/transaction/(?P<number>\d+)", CHANGE, JSON)
    def commit(self, request, number):
        body = self.body(request, ("state",), ("validateOnly",))
        if body["state"] != "VALIDATING" or number not in self.transactions:
            raise Refused(rest(404, f"transaction {number} not found"))
        state = copy.deepcopy(self.running)
        dry = body.get("validateOnly", False)
        queue = self.transactions[number] if dry else self.transactions.pop(number)
        try:
            for apply in queue:
                apply(state)
            f5_objects.proven(state)
        except Refused as refused:
            said = json.loads(refused.answer.body)["message"]
            raise Refused(f5_objects.mcpd(400, f"transaction failed:{said}"), refused.violation) from refused
        if not dry:
            self.running = state
        return answer_json(200, self.state(number, "COMPLETED"))

    @route("DELETE", r"/mgmt/tm/transaction/(?P<number>\d+)", CHANGE)
    def abandon(self, request, number):
        if self.transactions.pop(number, None) is None:
            raise Refused(rest(404, f"transaction {number} not found"))
        return Answer(200)

    # The whole device.

    @route("POST", "/mgmt/tm/sys/config", CHANGE, JSON)
    def keep(self, request):
        if self.body(request, ("command",))["command"] != "save":
            raise Refused(self.crashed(None), "a command of sys config that is not save")
        self.save()
        return answer_json(200, {"kind": "tm:sys:config:savestate", "command": "save"})

    @route("GET", "/mgmt/tm/sys/version", LOOK)
    def version(self, request):
        return answer_json(200, {"kind": "tm:sys:version:versionstats", "selfLink": "https://localhost/mgmt/tm/sys/version?ver=16.1.2"})


if __name__ == "__main__":
    kit.main(F5)
