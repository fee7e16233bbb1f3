"""What every fake device is: routes, running and saved state, sessions, violations, and what it serves."""

import copy
import functools
import json
import re

import material
from request import Answer, Refused
from sessions import Sessions

# What a request is to the trial. LOOK changes nothing; SESSION logs in, extends or logs out; CHANGE changes the device.
LOOK, SESSION, CHANGE = "look", "session", "change"


def route(method, pattern, kind=LOOK, content="", carries=()):
    """Marks a method of a Device as the answer to requests. `pattern` matches the whole path; its named groups are arguments.
    `content`: the one content type that is taken. `carries`: which secrets may stand in it (`key`, or names of secrets)."""

    def mark(function):
        function.routes = [*getattr(function, "routes", []), (method, re.compile(pattern), kind, content, carries)]
        return function

    return mark


class Device:
    """A fake's base. A subclass has routes, fills `running` in `__init__`, and says what it serves.

    `options` come from the test's file; `secrets` maps names to values; `pairs` holds `old` and `neighbour`, which the
    device serves at first. `running` is plain data (dicts, lists, text, bytes, numbers), so that it can be copied and
    compared; its first content counts as saved."""

    # How many sessions at once, and which of faults.OWN it has.
    cap, has = 100, ()

    def __init__(self, options, secrets, pairs):
        self.options, self.secrets, self.pairs = options, secrets, pairs
        self.sessions = Sessions(options.get("cap", self.cap), type(self).__name__)
        self.running, self.saved = {}, {}
        self.requests, self.violations, self.fault, self.held = [], [], None, False
        # How many looks more than usual a job takes; a device with jobs adds it to theirs and says so in `has`.
        self.slow = 0

    # What a subclass says.

    def before(self, request):
        """Authentication and the like, before any route: raises Refused."""

    def unknown(self, request):
        """The answer to a path that is not there."""
        return Answer(404, b"not found", "text/plain")

    def crashed(self, error):
        """The answer to what the fake's own code did not expect."""
        return Answer(400, b"bad request", "text/plain")

    def own_faults(self):
        """Its answers for those of `has`; none for `expired` and `slow`."""
        return {}

    def serving(self):
        """Listener -> material.Pair, from the running state; None for one that answers nobody. `main` is the one that is deployed to."""
        raise NotImplementedError

    def management(self):
        """The pair of the management interface, once it is not the fake's own."""
        return None

    def neighbours(self):
        """Everything that no deployment may touch, as JSON."""
        return {}

    def secret_tokens(self):
        """What the device made that nobody else may read."""
        return self.sessions.tokens()

    def leftovers(self):
        """What a tidy client would have removed."""
        return []

    # State.

    def save(self):
        self.saved = copy.deepcopy(self.running)

    def reboot(self):
        """What was not saved is gone, and so are the sessions."""
        self.running = copy.deepcopy(self.saved)
        self.expire()

    def expire(self):
        """So much time has passed that sessions are over, and whatever else ends by itself."""
        self.sessions.expire()

    def lost(self, request):
        """The client will never learn what this request made: what ends by itself for want of a name ends now."""

    def unsaved(self):
        return self.running != self.saved

    # Requests.

    def violation(self, text):
        self.violations.append(f"request {len(self.requests)}: {text}")

    @classmethod
    @functools.cache
    def table(cls):
        return [(name, *one) for name in dir(cls) for one in getattr(getattr(cls, name), "routes", ())]

    def find(self, request):
        for name, method, pattern, kind, content, carries in self.table():
            found = pattern.fullmatch(request.path) if method == request.method else None
            if found:
                return getattr(self, name), found.groupdict(), kind, content, carries
        return None

    def record(self, request):
        """Notes the request and what is wrong with it wherever it goes; says what kind it is."""
        found = self.find(request)
        kind = found[2] if found else LOOK
        self.requests.append({"method": request.method, "target": request.target, "kind": kind, "status": 0})
        self.search(request, found[4] if found else ())
        if not found:
            self.violation(f"no such path: {request.method} {request.path}")
        if len(request.query) != len(request.query_pairs):
            self.violation("a query parameter comes twice")
        return kind

    def search(self, request, carries):
        """A secret stands where it belongs and nowhere else."""
        target, raw = request.target.encode(), request.raw()
        for name, value in self.secrets.items():
            if value.encode() in target:
                self.violation(f"the secret {name} in the URL")
            elif name not in carries and value.encode() in raw and not self.authenticates(request, name):
                self.violation(f"the secret {name} where it does not belong: {request.method} {request.path}")
        if any(token.encode() in target for token in self.sessions.tokens() if not self.token_in_path(request)):
            self.violation("a session's token in the URL")
        if material.PRIVATE.search(raw) and "key" not in carries:
            self.violation(f"a private key where none belongs: {request.method} {request.path}")

    def authenticates(self, request, name):
        """Whether this request may carry the secret as its credentials."""
        value = self.secrets[name].encode()
        return any(value in text.encode() for header, text in request.headers if header.lower() in self.credential_headers())

    def credential_headers(self):
        """Names, in lower case, of the headers that a secret may stand in."""
        return ()

    def token_in_path(self, request):
        """Whether this device names sessions in paths, as for a logout."""
        return False

    def answer(self, request):
        """The device's own answer. State changes wholly or not at all."""
        found = self.find(request)
        before = copy.deepcopy(self.running) if found and found[2] == CHANGE else self.running
        try:
            self.before(request)
            if not found:
                return self.unknown(request)
            call, arguments, _, content, _ = found
            if content and request.kind != content:
                raise Refused(self.crashed(None), f"content type {request.kind!r} where {content!r} belongs")
            return call(request, **arguments)
        except Refused as refused:
            self.running = before
            if refused.violation:
                self.violation(refused.violation)
            return refused.answer
        except (ValueError, KeyError, TypeError, AttributeError, UnicodeError, material.Bad) as error:
            self.running = before
            self.violation(f"{type(error).__name__}: {error}")
            return self.crashed(error)

    def body(self, request, required, optional=()):
        """The JSON object in the body: the required members, maybe the optional ones, and no others."""
        value = json.loads(request.body)
        if not isinstance(value, dict):
            raise ValueError("no JSON object")
        names = set(value)
        missing, unknown = set(required) - names, names - set(required) - set(optional)
        if missing or unknown:
            raise Refused(self.crashed(None), f"members missing: {sorted(missing)}, unknown: {sorted(unknown)}")
        return value

    def look(self):
        """All that a test may ask about."""
        return {
            "requests": self.requests, "violations": self.violations, "sessions": self.sessions.left_open(),
            "unsaved": self.unsaved(), "leftovers": self.leftovers(), "neighbours": self.neighbours(),
            "serving": {name: pair.shown() if pair else [] for name, pair in self.serving().items()},
            "struck": self.fault.struck if self.fault else [], "held": self.held,
        }
