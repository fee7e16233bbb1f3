"""PAN-OS's XML API, as far as certificates go, of a firewall or of a Panorama. Every refusal here is one of the real device's.

Options: `panorama` (false; a template `edge` whose stack `edges` is pushed to firewalls), `locks` (who holds a config lock, a
commit lock: `{"config": "alice"}`), `failing` (how many jobs FAIL first, 0).

`running` is the candidate configuration, `saved` the running one. At first the profile `shop` serves the pair `old` and the
profile `other` the pair `neighbour`; a certificate `shop-20240101-00000000` is left from some renewal. A TLS client of `main`
gets what `shop` serves: on the firewalls, where they are Panorama's."""

import copy
import hashlib
import re
import xml.etree.ElementTree as ElementTree
from xml.sax.saxutils import escape

import kit
import material
import paloalto_objects
from device import CHANGE, LOOK, SESSION, Device
from paloalto_jobs import Jobs
from request import Refused
from request import xml as answer_xml

DEVICE = "/config/devices/entry[@name='localhost.localdomain']"
TEMPLATE = DEVICE + "/template/entry[@name='edge']/config/shared"
FORM, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
OURS = re.compile(r"shop-\d{8}-[0-9a-f]{8}")

# Type and action of a request: who answers, what it is to the trial, how parameters come where not in the URL, what it carries.
OPERATIONS = {
    ("keygen", ""): ("keygen", SESSION, FORM, ("password",)), ("version", ""): ("version", LOOK, FORM, ()),
    ("config", "get"): ("get", LOOK, FORM, ()), ("config", "show"): ("show", LOOK, FORM, ()),
    ("config", "edit"): ("edit", CHANGE, FORM, ()), ("config", "delete"): ("delete", CHANGE, FORM, ()),
    ("op", ""): ("operate", LOOK, FORM, ()), ("import", ""): ("take", CHANGE, MULTIPART, ("key",)),
    ("commit", "partial"): ("commit", CHANGE, FORM, ()), ("commit", "all"): ("push", CHANGE, FORM, ()),
    ("commit", ""): ("commit_all_of_it", CHANGE, FORM, ()),
}


def success(inner, code="19"):
    return answer_xml(200, f'<response status="success" code="{code}">{inner}</response>')


class Paloalto(Device):
    has = ("failed-200", "busy", "denied", "standby", "slow")

    def __init__(self, options, secrets, pairs):
        super().__init__(options, secrets, pairs)
        self.panorama, self.jobs, self.pushed = options.get("panorama", False), Jobs(options.get("failing", 0)), None
        self.scope = TEMPLATE if self.panorama else "/config/shared"
        held = {name: [pair.bundle(), pair.key_pem()] for name, pair in pairs.items()}
        self.running = {"certificates": {**held, "shop-20240101-00000000": held["neighbour"]},
                        "profiles": {"shop": "old", "other": "neighbour"}}

    # Answers.

    def error(self, text, code="", status="error"):
        """In one nesting after another: a client must read all of them."""
        mark, line = f' code="{code}"' if code else "", f"<line><![CDATA[ {text}]]></line>"
        forms = [f"<msg>{line}</msg>", f"<msg><line>{line}</line></msg>", f"<msg>{escape(text)}</msg>",
                 f"<result><msg>{line}</msg></result>"]
        return answer_xml(200, f'<response status="{status}"{mark}>{forms[len(self.requests) % len(forms)]}</response>')

    def unknown(self, request):
        return self.error("Illegal or missing parameter", "400")

    def crashed(self, error):
        return self.error("Malformed Request", "18")

    def own_faults(self):
        return {"failed-200": self.error("shop -> certificate is invalid", "17"),
                "busy": self.error("Another commit/validate is in progress. Please try again later"),
                "denied": self.error("Unauthorized request", "16", "unauth"),
                "standby": self.error("Operation denied: not on the passive device", "15")}

    def credential_headers(self):
        return ("x-pan-key",)

    # State.

    def save(self):
        super().save()
        self.pushed = self.pushed or copy.deepcopy(self.saved)

    def reboot(self):
        super().reboot()
        self.jobs.forget()

    def unsaved(self):
        return super().unsaved() or self.panorama and self.pushed != self.saved

    def served(self):
        return self.pushed if self.panorama else self.saved

    def pair(self, profile):
        """None where key and certificate do not fit: such a device answers nobody."""
        try:
            return material.Pair.read(*self.served()["certificates"][self.served()["profiles"][profile]])
        except (material.Bad, KeyError, TypeError):
            return None

    def serving(self):
        return {"main": self.pair("shop"), "neighbour": self.pair("other")}

    def neighbours(self):
        def held(state, name):
            return hashlib.sha256(b"".join(state["certificates"][name])).hexdigest()

        return {view: [state["profiles"]["other"], held(state, "old"), held(state, "neighbour")]
                for view, state in (("candidate", self.running), ("running", self.saved))}

    def leftovers(self):
        bound = set(self.running["profiles"].values())
        return sorted(name for name in self.running["certificates"] if OURS.fullmatch(name) and name not in bound)

    # Requests.

    def given(self, request):
        """Parameters come in the URL, in a form, or in parts without a file."""
        given = dict(request.query)
        if request.kind == FORM:
            given |= request.form()
        elif request.kind == MULTIPART:
            given |= {part.name: part.content.decode() for part in request.multipart() if part.filename is None}
        return given

    def find(self, request):
        try:
            given = self.given(request)
        except ValueError:
            given = dict(request.query)
        if request.path not in ("/api", "/api/") or request.method not in ("GET", "POST"):
            return None
        found = OPERATIONS.get((given.get("type"), given.get("action", "")))
        if found is None:
            return None
        name, kind, content, carries = found
        content = content if request.method == "POST" and (request.body or content == MULTIPART) else ""
        # The vendor's own client has its key in the form.
        return getattr(self, name), {}, kind, content, (*carries, "api-key") if content == FORM else carries

    def before(self, request):
        self.jobs.step(self.slow)
        given = self.given(request)
        key = request.header("X-PAN-KEY") or given.get("key", "")
        if given.get("type") != "keygen" and key != self.secrets["api-key"]:
            raise Refused(self.invalid(), "" if key else "no API key")
        if request.method == "GET" and self.find(request) and self.find(request)[2] == CHANGE:
            raise Refused(self.crashed(None), "a change by GET")

    def invalid(self):
        return answer_xml(403, "<response status = 'error' code = '403'><result><msg>Invalid Credential</msg></result></response>")

    def keygen(self, request):
        given = self.given(request)
        if (given["user"], given["password"]) != ("lastmile", self.secrets.get("password")):
            raise Refused(self.invalid())
        return answer_xml(200, f"<response status=\"success\"><result><key>{escape(self.secrets['api-key'])}</key></result></response>")

    def version(self, request):
        return answer_xml(200, '<response status="success"><result><sw-version>11.1.4</sw-version></result></response>')

    # Reading.

    def get(self, request):
        return self.read(request, self.running, success('<result/>', "7"))

    def show(self, request):
        return self.read(request, self.saved, self.error("No such node"))

    def read(self, request, state, missing):
        path = self.given(request)["xpath"]
        if not path.startswith(self.scope + "/"):
            return missing
        path = path.removeprefix(self.scope)
        certificate = re.fullmatch(r"/certificate/entry\[@name='([^']+)'\]", path)
        profile = re.fullmatch(r"/ssl-tls-service-profile/entry\[@name='([^']+)'\](/certificate)?", path)
        if path == "/certificate":
            inner = f"<certificate>{''.join(paloalto_objects.entry(name, state) for name in state['certificates'])}</certificate>"
        elif certificate and certificate.group(1) in state["certificates"]:
            inner = paloalto_objects.entry(certificate.group(1), state)
        elif profile and profile.group(1) in state["profiles"]:
            mark = ' admin="lastmile" dirtyId="3" time="2026/01/01 00:00:00"' if state is self.running and self.unsaved() else ""
            inner = f"<certificate{mark}>{escape(state['profiles'][profile.group(1)])}</certificate>"
            if not profile.group(2):
                inner = f'<entry name="{escape(profile.group(1))}">{inner}</entry>'
        else:
            return missing
        return success(f'<result total-count="1" count="1">{inner}</result>')

    # Changing the candidate configuration.

    def take(self, request):
        given, files = self.given(request), [part for part in request.multipart() if part.filename is not None]
        name, category, passphrase = given["certificate-name"], given["category"], given.get("passphrase")
        longest = 31 if self.panorama else 63
        if len(name) > longest:
            raise Refused(self.error(f"certificate-name can be at most {longest} characters, but current length: {len(name)}", "17"),
                          "a name that is too long")
        if not re.fullmatch(r"[A-Za-z0-9][\w. -]*", name):
            raise Refused(self.error(f"upload -> certificate -> certificate-name '{name}' is invalid", "17"), "a name that is invalid")
        if [part.name for part in files] != ["file"] or not files[0].filename or given["format"] != "pem":
            raise Refused(self.crashed(None), "not one file named `file`, or not in PEM")
        if "passphrase" in request.query:
            self.violation("the passphrase in the URL")
        if category != "certificate" and not passphrase:
            raise Refused(self.error(f"Import of {name} failed. passphrase is required", "17"), "a key without a passphrase")
        if given.get("target-tpl") != ("edge" if self.panorama else None) or "vsys" in given or "target-tpl-vsys" in given:
            raise Refused(self.error("invalid location", "17"), "another location than the profile's")
        held = self.running["certificates"].get(name)
        if held and self.panorama:
            raise Refused(self.error(f"Import of {name} failed. it exists"), "Panorama is told to overwrite")
        try:
            self.running["certificates"][name] = paloalto_objects.imported(held, category, files[0].content, passphrase)
        except paloalto_objects.Failed as failed:
            raise Refused(self.error(f"Import of {name} failed. {failed}")) from failed
        result = f"Successfully imported {name} into candidate configuration"
        return answer_xml(200, f'<response status="success"><result>{result}</result></response>')

    def edit(self, request):
        given = self.given(request)
        path = re.fullmatch(re.escape(self.scope) + r"/ssl-tls-service-profile/entry\[@name='([^']+)'\]/certificate", given["xpath"])
        element = ElementTree.fromstring(given["element"])
        if not path or path.group(1) not in self.running["profiles"] or element.tag != "certificate":
            raise Refused(self.error("Bad xpath", "6"), f"an edit of {given['xpath']}")
        if element.text not in self.running["certificates"]:
            raise Refused(self.error(f"{path.group(1)} -> certificate '{element.text}' is not a valid reference", "12"))
        self.unlocked()
        self.running["profiles"][path.group(1)] = element.text
        return success("<msg>command succeeded</msg>", "20")

    def delete(self, request):
        path = re.fullmatch(re.escape(self.scope) + r"/certificate/entry\[@name='([^']+)'\]", self.given(request)["xpath"])
        if not path:
            raise Refused(self.error("Bad xpath", "6"), "something else than a certificate is deleted")
        name = path.group(1)
        if name not in self.running["certificates"]:
            return success("<msg>Object doesn't exist</msg>", "7")
        if name in self.running["profiles"].values():
            raise Refused(self.error(f"{name} cannot be deleted because of references from: ssl-tls-service-profile", "10"))
        self.unlocked()
        del self.running["certificates"][name]
        return success("<msg>command succeeded</msg>", "20")

    # Locks, commits, jobs.

    def unlocked(self):
        if self.options.get("locks"):
            self.violation("a change under somebody's lock")

    def operate(self, request):
        command = ElementTree.fromstring(self.given(request)["cmd"])
        if number := command.findtext("jobs/id"):
            return success(f"<result>{self.jobs.shown(number)}</result>")
        for kind in ("config", "commit"):
            if command.find(f"{kind}-locks") is not None:
                holder = self.options.get("locks", {}).get(kind)
                entry = f'<entry name="{holder}"><type>shared</type><loggedin>yes</loggedin><comment/></entry>' if holder else ""
                return success(f"<result><{kind}-locks>{entry}</{kind}-locks></result>")
        raise Refused(self.error("show is unexpected", "17"), "an operational command that is not played")

    def commit(self, request):
        command = ElementTree.fromstring(self.given(request)["cmd"])
        if command.tag != "commit" or [one.text for one in command.findall("partial/admin/member")] != ["lastmile"]:
            raise Refused(self.error("commit is unexpected", "17"), "a commit of other administrators' changes")
        return self.order("Commit", self.running == self.saved, self.save)

    def commit_all_of_it(self, request):
        raise Refused(self.error("commit is not allowed", "16", "unauth"), "a commit of everybody's changes")

    def push(self, request):
        command = ElementTree.fromstring(self.given(request)["cmd"])
        if not self.panorama or command.findtext("template-stack/name") != "edges" or command.tag != "commit-all":
            raise Refused(self.error("commit-all is unexpected", "17"), "a push of something else")

        def push():
            self.pushed = copy.deepcopy(self.saved)

        return self.order("CommitAll", False, push)

    def order(self, kind, nothing, apply):
        if self.jobs.busy():
            return self.own_faults()["busy"]
        if nothing:
            return success("<msg>There are no changes to commit.</msg>")
        self.unlocked()
        number = self.jobs.add(kind, apply)
        return success(f"<result><msg><line>{kind} job enqueued with jobid {number}</line></msg><job>{number}</job></result>")


if __name__ == "__main__":
    kit.main(Paloalto)
