"""pan-python, on which the vendor's own libraries stand, judges paloalto.py. It imports nothing: that is done by requests, as the
vendor's Ansible collection does."""

import ssl
import sys
import xml.etree.ElementTree as ElementTree
from http.client import IncompleteRead

import requests
from judge import Fake, holds, refused
from pan.xapi import PanXapi, PanXapiError

requests.packages.urllib3.disable_warnings()

SECRETS = {"api-key": "LUFRPT1key==", "password": "Wort&<geheim>"}
PROFILE = "/ssl-tls-service-profile/entry[@name='shop']/certificate"
PARTIAL = "<commit><partial><admin><member>lastmile</member></admin></partial></commit>"
PUSH = "<commit-all><template-stack><name>edges</name></template-stack></commit-all>"
FIREWALL = "/config/shared"
PANORAMA = "/config/devices/entry[@name='localhost.localdomain']/template/entry[@name='edge']/config/shared"


def client(fake, **more):
    trusting = ssl._create_unverified_context()
    return PanXapi(hostname="127.0.0.1", port=str(fake.port), ssl_context=trusting, **(more or {"api_key": SECRETS["api-key"]}))


def load(fake, name, pair, category="keypair", passphrase="dummy", **more):
    """The status and the text of the answer to an import."""
    content = {"keypair": pair["certificate"] + pair["key"], "certificate": pair["certificate"], "private-key": pair["key"]}[category]
    answer = requests.post(f"https://127.0.0.1:{fake.port}/api/", headers={"X-PAN-KEY": SECRETS["api-key"]}, verify=False,
                           params={"type": "import", "category": category, "certificate-name": name, "format": "pem", **more},
                           data={"passphrase": passphrase} if passphrase else {}, files={"file": ("pair.pem", content)})
    root = ElementTree.fromstring(answer.text)
    return root.get("status"), "".join(root.itertext())


def bind(device, scope, name):
    device.edit(xpath=scope + PROFILE, element=f"<certificate>{name}</certificate>")


def renews(scope, options, location):
    with Fake("paloalto", SECRETS, options) as fake:
        new, device, before = fake.authority.pair("ec"), client(fake), fake.look()
        device.show(xpath=scope + PROFILE)
        holds("it serves the old one", device.element_result.findtext("certificate") == "old")
        imported = load(fake, "shop-20260101-00000001", new, **location)
        holds(f"imported: {imported}", imported == ("success", "Successfully imported shop-20260101-00000001 into candidate configuration"))
        bind(device, scope, "shop-20260101-00000001")
        device.get(xpath=scope + "/certificate/entry[@name='shop-20260101-00000001']")
        holds("it shows its certificate", new["leaf"].strip() in device.element_result.findtext("entry/public-key"))
        device.get(xpath=scope + "/certificate")
        holds("and all names", "neighbour" in [entry.get("name") for entry in device.element_result.findall("certificate/entry")])
        holds("the candidate is not served", fake.look()["serving"] == before["serving"] and fake.look()["unsaved"])
        device.delete(xpath=scope + "/certificate/entry[@name='shop-20240101-00000000']")
        device.commit(cmd=PARTIAL, action="partial", sync=True, interval=0)
        if options:
            holds("and not before a push", fake.look()["serving"] == before["serving"])
            device.commit(cmd=PUSH, action="all", sync=True, interval=0)
        after = fake.look()
        holds("the new one is served, with its chain", len(after["serving"]["main"]) == 2)
        holds("and no other", after["serving"]["main"] != before["serving"]["main"])
        device.commit(cmd=PARTIAL, action="partial", sync=True, interval=0)
        holds("there was nothing left to commit", "no changes" in device.xml_document)
        fake.ask("reboot", device=0)
        end = fake.look()
        holds("what was committed stays", end["serving"] == after["serving"])
        holds(f"nothing is wrong or left: {end}", not (end["violations"] or end["leftovers"] or end["unsaved"]))
        holds("the neighbours are as before", end["neighbours"] == before["neighbours"])


def refuses():
    with Fake("paloalto", SECRETS, {"failing": 1}) as fake:
        device, new, other = client(fake), fake.authority.pair("ec"), fake.authority.pair("ec")
        by_password = client(fake, api_username="lastmile", api_password=SECRETS["password"])
        by_password.keygen()
        holds("a key is made", by_password.api_key == SECRETS["api-key"])
        refused("a wrong password", PanXapiError, "403", lambda: client(fake, api_username="lastmile", api_password="x").keygen())
        refused("a wrong key", PanXapiError, "403", lambda: client(fake, api_key="another").show(xpath=FIREWALL + PROFILE))
        nowhere = FIREWALL + "/certificate/entry[@name='none']"
        refused("what does not run", PanXapiError, "No such node", lambda: device.show(xpath=nowhere))
        device.get(xpath=nowhere)
        holds("code 7 is a success to it", (device.status, device.status_code) == ("success", "7"))
        refused("a name that is not there", PanXapiError, "not a valid reference", lambda: bind(device, FIREWALL, "none"))
        in_use = FIREWALL + "/certificate/entry[@name='old']"
        refused("what is in use", PanXapiError, "references", lambda: device.delete(xpath=in_use))
        load(fake, "shop-20260101-00000001", new)
        bind(device, FIREWALL, "shop-20260101-00000001")
        device.commit(cmd=PARTIAL, action="partial")
        refused("a second commit", PanXapiError, "in progress", lambda: device.commit(cmd=PARTIAL, action="partial"))
        device.op("<show><jobs><id>4</id></jobs></show>")
        holds("a job that fails says why in lines", len(device.element_result.findall("job/details/line")) == 2)
        holds("and its result", device.element_result.findtext("job/result") == "FAIL")
        for fault, says in (("busy", "in progress"), ("denied", "Unauthorized"), ("standby", "denied"), ("failed-200", "invalid"),
                            ("truncated", ""), ("html-200", "")):
            fake.spoil(fault)
            refused(fault, (PanXapiError, IncompleteRead), says, lambda: device.show(xpath=FIREWALL + PROFILE))
        holds(f"none of it was wrong: {fake.look()}", not fake.look()["violations"])
        for name, more, says in (("x", {"passphrase": ""}, "passphrase"), ("*.example", {}, "is invalid"), ("x" * 64, {}, "at most 63")):
            status, text = load(fake, name, new, **more)
            holds(f"an import of {name}: {status} {text}", status == "error" and says in text)
        load(fake, "two", new, category="certificate")
        load(fake, "two", other, category="private-key")
        bind(device, FIREWALL, "two")
        device.commit(cmd=PARTIAL, action="partial", sync=True, interval=0)
        holds("a pair that does not fit is committed, and serves nobody", fake.look()["serving"]["main"] == [])


def locks():
    with Fake("paloalto", SECRETS, {"locks": {"commit": "alice"}}) as fake:
        device = client(fake)
        device.op("<show><config-locks><vsys>all</vsys></config-locks></show>")
        holds("no lock", device.element_result.find("config-locks/entry") is None)
        device.op("show commit-locks", cmd_xml=True)
        holds("alice's", device.element_result.find("commit-locks/entry").get("name") == "alice")


renews(FIREWALL, {}, {})
renews(PANORAMA, {"panorama": True}, {"target-tpl": "edge"})
refuses()
locks()
print(f"paloalto: judged by pan-python on Python {sys.version.split()[0]}")
