"""BIGREST, a client for F5 devices, judges f5.py: `judges/f5.py`, with the packages of requirements.txt."""

import pathlib
import sys
import tempfile

import requests
from bigrest.bigip import BIGIP
from bigrest.common.exceptions import RESTAPIError
from judge import Fake, holds, refused

UPLOADS, DOWNLOADS = "/mgmt/shared/file-transfer/uploads", "/var/config/rest/downloads"
CERT, KEY = "/mgmt/tm/sys/file/ssl-cert", "/mgmt/tm/sys/file/ssl-key"
PROFILE = "/mgmt/tm/ltm/profile/client-ssl/~Common~shop"
SECRETS = {"password": "Wort&<geheim>"}


def client(fake, password=SECRETS["password"]):
    return BIGIP(f"127.0.0.1:{fake.port}", "lastmile", password, request_token=True, session_verify=False)


def logout(device):
    path = f"/mgmt/shared/authz/tokens/{device._token}"
    device.delete(path)


def upload(device, pair):
    with tempfile.TemporaryDirectory() as room:
        for name, text in (("new.crt", pair["leaf"]), ("new.key", pair["key"]), ("new-chain.crt", pair["chain"])):
            path = pathlib.Path(room, name)
            path.write_text(text)
            device.upload(UPLOADS, str(path))


def install(device, elements):
    """In one transaction, as the vendor tells people to."""
    with device:
        for path, name in ((CERT, "new.crt"), (KEY, "new.key"), (CERT, "new-chain.crt")):
            device.create(path, {"name": name, "partition": "Common", "sourcePath": f"file:{DOWNLOADS}/{name}"})
        device.modify(PROFILE, {"certKeyChain": elements})


def renews():
    with Fake("f5", SECRETS) as fake:
        new, device = fake.authority.pair("ec"), client(fake)
        before = fake.look()
        elements = [dict(one) for one in device.load(PROFILE).properties["certKeyChain"]]
        holds("two elements", [one["name"] for one in elements] == ["shop", "neighbour"])
        upload(device, new)
        holds("nothing is served from an upload", fake.look()["serving"] == before["serving"])
        for member, name in (("cert", "new.crt"), ("key", "new.key"), ("chain", "new-chain.crt")):
            elements[0][member] = f"/Common/{name}"
        install(device, elements)
        served = fake.look()
        holds("the new one is served, with its chain", len(served["serving"]["main"]) == 2 and served["unsaved"])
        holds("and no other", served["serving"]["main"][0] != before["serving"]["main"][0])
        holds("its fingerprint is shown",
              device.load(f"{CERT}/~Common~new.crt").properties["fingerprint"].startswith("SHA256/"))
        fake.ask("reboot", device=0)
        holds("what was not saved is gone", fake.look()["serving"] == before["serving"])
        device = client(fake)
        install(device, elements)
        device.command("/mgmt/tm/sys/config", {"command": "save"})
        fake.ask("reboot", device=0)
        holds("what was saved stays", fake.look()["serving"] == served["serving"])
        device = client(fake)
        for name in ("new.crt", "new.key", "new-chain.crt"):
            removed = device.command("/mgmt/tm/util/unix-rm", {"command": "run", "utilCmdArgs": f"{DOWNLOADS}/{name}"})
            holds("it was there", removed == "")
        holds("a token is open", fake.look()["sessions"] == 1)
        logout(device)
        after = fake.look()
        holds(f"nothing is wrong or left: {after}", not (after["violations"] or after["leftovers"] or after["sessions"]))
        holds("the neighbours are as before", after["neighbours"] == before["neighbours"])


def refuses():
    with Fake("f5", SECRETS, {"cap": 3}) as fake:
        refused("a wrong password", RESTAPIError, "Authentication failed", lambda: client(fake, "another"))
        device, new = client(fake), fake.authority.pair("ec")
        missing = f"{CERT}/~Common~none.crt"
        refused("what is not there", RESTAPIError, "01020036:3", lambda: device.load(missing))
        holds("`exist` reads the 404", device.exist(missing) is False)
        upload(device, new)
        whole = {"name": "old.crt", "partition": "Common", "sourcePath": f"file:{DOWNLOADS}/new.crt"}
        refused("the same name again", RESTAPIError, "01020066:3", lambda: device.create(CERT, whole))
        alone = {"sourcePath": f"file:{DOWNLOADS}/new.crt"}
        refused("a certificate without its key", RESTAPIError, "01070317:3", lambda: device.modify(f"{CERT}/~Common~old.crt", alone))
        elements = device.load(PROFILE).properties["certKeyChain"]
        refused("two forms at once", RESTAPIError, "01b4002a:3",
                lambda: device.modify(PROFILE, {"certKeyChain": elements, "cert": "/Common/old.crt"}))
        nowhere = [{**elements[0], "key": "/Common/none.key"}, elements[1]]
        refused("a key that is not there", RESTAPIError, "01070277:3", lambda: device.modify(PROFILE, {"certKeyChain": nowhere}))
        refused("and in a transaction", RESTAPIError, "transaction failed:01070277:3", lambda: install(device, nowhere))
        holds("of which nothing was done", device.exist(f"{CERT}/~Common~new.crt") is False)
        refused("what is in use", RESTAPIError, "in use", lambda: device.delete(f"{CERT}/~Common~old.crt"))
        fake.spoil("busy")
        refused("busy", RESTAPIError, "active asynchronous task", lambda: device.load(PROFILE))
        fake.spoil("denied")
        refused("a role", RESTAPIError, "Authorization failed", lambda: device.load(PROFILE))
        fake.spoil("expired")
        refused("an old token", RESTAPIError, "has expired", lambda: device.load(PROFILE))
        fake.spoil("cut-after")
        refused("a line that is cut", requests.ConnectionError, "", lambda: client(fake))
        clients = [client(fake), client(fake)]
        refused("one token too many", RESTAPIError, "maximum active login tokens", lambda: client(fake))
        for one in clients:
            logout(one)
        refused("a token that is gone", RESTAPIError, "does not exist", lambda: clients[0].load(PROFILE))
        whole_again = fake.look()
        holds(f"the material is as before: {whole_again}", not whole_again["unsaved"])


renews()
refuses()
print(f"f5: judged by bigrest on Python {sys.version.split()[0]}")
