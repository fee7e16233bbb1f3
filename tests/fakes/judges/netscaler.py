"""netscaler-certbot-hook, which others renew certificates with, judges netscaler.py: `judges/netscaler.py`, with the packages
of requirements.txt."""

import base64
import itertools
import json
import os
import pathlib
import sys
import tempfile
import types
import warnings

from judge import Fake, holds, refused
from netscaler_certbot_hook import NitroClient, cli

SECRETS = {"password": "Wort&<geheim>"}
KEPT = "filelocation:%2Fnsconfig%2Fssl"
# Its files are named by the second, and the next renewal does not wait for one.
cli.time = types.SimpleNamespace(time=itertools.count(1).__next__)


def client(fake, password=SECRETS["password"]):
    made = NitroClient(f"https://127.0.0.1:{fake.port}", "lastmile", password)
    made.set_verify(False)
    return made


def renew(fake, pair, *more):
    """The hook's own run, as certbot makes it."""
    os.environ |= {"NS_URL": f"https://127.0.0.1:{fake.port}", "NS_LOGIN": "lastmile", "NS_PASSWORD": SECRETS["password"],
                   "NS_VERIFY_SSL": "false"}
    with tempfile.TemporaryDirectory() as room:
        paths = {name: pathlib.Path(room, name) for name in ("leaf", "key", "chain")}
        for name, path in paths.items():
            path.write_text(pair[name])
        files = [f"--{option}={paths[name]}" for option, name in (("cert", "leaf"), ("privkey", "key"), ("chain-cert", "chain"))]
        sys.argv = ["hook", "--quiet", "--name=shop", *files, *more]
        cli.main()


def changes(fake):
    return [one["target"].rpartition("/")[2] for one in fake.look()["requests"] if one["kind"] == "change"]


def renews():
    with Fake("netscaler", SECRETS, {"bundled": True, "peer": False}) as fake:
        new, before = fake.authority.pair("ec"), fake.look()
        renew(fake, new)
        after = fake.look()
        holds("the new one is served, with its chain", len(after["serving"]["main"]) == 2)
        holds("and no other", after["serving"]["main"][0] != before["serving"]["main"][0])
        holds(f"in these steps: {changes(fake)}", changes(fake) == ["systemfile", "sslcertkey", "systemfile", "systemfile",
              "sslcertkey?action=update", "sslcertkey?action=link", "nsconfig?action=save"])
        fake.ask("reboot", device=0)
        holds("it was saved", fake.look()["serving"] == after["serving"])
        fake.ask("forget", device=0)
        renew(fake, new)
        holds("the same again changes nothing", changes(fake) == [])
        third = fake.authority.pair("rsa")
        renew(fake, third)
        holds("the link survives an update", len(fake.look()["serving"]["main"]) == 2)
        last = fake.look()
        holds(f"nothing is wrong: {last['violations']}", not last["violations"])
        holds("the neighbours are as before", last["neighbours"] == before["neighbours"])


def coded(what, made, status, code, act):
    """The hook raises on the status; the code is in what it was answered."""
    refused(what, Exception, str(status), act)
    holds(f"{what}: {code} in {made._result.text}", made._result.json()["errorcode"] == code)


def post(made, resource, body, action=None):
    params = {"action": action} if action else None
    return made.post_config(resource, params=params, data=json.dumps({resource: body}))


def put_file(made, name, text):
    content = base64.b64encode(text.encode()).decode()
    return post(made, "systemfile", {"filename": name, "filelocation": "/nsconfig/ssl", "filecontent": content,
                                     "fileencoding": "BASE64"})


def refuses():
    with Fake("netscaler", SECRETS, {"peer": False}) as fake:
        made, new, before = client(fake), fake.authority.pair("ec"), fake.look()
        wrong = client(fake, "another")
        coded("a wrong password", wrong, 401, 354, lambda: wrong.get_config("sslcertkey", "shop"))
        coded("what is not there", made, 599, 1540, lambda: made.get_config("sslcertkey", "none"))
        coded("a file that is not there", made, 404, 258, lambda: made.get_config("systemfile", "none.crt", {"args": KEPT}))
        for name, text in (("new.crt", new["leaf"]), ("new.key", new["key"]), ("chain.crt", new["chain"])):
            put_file(made, name, text)
        coded("a file twice", made, 409, 1642, lambda: put_file(made, "new.crt", new["leaf"]))
        other = {"certkey": "shop", "cert": "new.crt", "key": "old.key"}
        coded("another's key", made, 599, 1538, lambda: post(made, "sslcertkey", other, "update"))
        coded("what another certkey holds", made, 409, 273,
              lambda: post(made, "sslcertkey", {"certkey": "mine", "cert": "chain.crt"}))
        holds("which is named", "[certkeyName Contents, ca]" in made._result.text)
        coded("an issuer that is none", made, 599, 1548, lambda: (
            post(made, "sslcertkey", {"certkey": "shop"}, "unlink"),
            post(made, "sslcertkey", {"certkey": "shop", "linkcertkeyname": "neighbour"}, "link")))
        post(made, "sslcertkey", {"certkey": "shop", "linkcertkeyname": "ca"}, "link")
        coded("linked twice", made, 409, 273,
              lambda: post(made, "sslcertkey", {"certkey": "shop", "linkcertkeyname": "ca"}, "link"))
        coded("nothing to save", made, 599, 1133, lambda: post(made, "nsconfig", {}, "save"))
        for name in ("new.crt", "new.key", "chain.crt"):
            made.delete_config("systemfile", name, {"args": KEPT})
        for fault, status, code in (("busy", 503, 272), ("denied", 403, 2138), ("standby", 599, 368)):
            fake.spoil(fault)
            coded(fault, made, status, code, lambda: made.get_config("nsconfig"))
        fake.spoil("failed-200")
        refused("a failure within 200", Exception, "ERROR 257", lambda: made.get_config("nsconfig"))
        fake.spoil("cut-after")
        refused("a line that is cut", Exception, "Failed to connect", lambda: made.get_config("nsconfig"))
        after = fake.look()
        holds(f"nothing is wrong: {after['violations']}", not after["violations"] and not after["unsaved"])
        holds("all is as before", after["serving"] == before["serving"] and not after["leftovers"])
        coded("files by PUT", made, 599, 278,
              lambda: made.put_config("sslcertkey", data=json.dumps({"sslcertkey": {"certkey": "shop", "cert": "new.crt"}})))
        coded("a file that nobody put there", made, 599, 1647,
              lambda: post(made, "sslcertkey", {"certkey": "shop", "cert": "x.crt", "key": "x.key"}, "update"))
        holds("both are violations", len(fake.look()["violations"]) == 2)


warnings.simplefilter("ignore")
renews()
refuses()
print(f"netscaler: judged by netscaler-certbot-hook on Python {sys.version.split()[0]}")
