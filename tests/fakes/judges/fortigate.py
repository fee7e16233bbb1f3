"""fortigate-api, a client for FortiGates, judges fortigate.py: what comes back for what it sends."""

import base64
import sys

import requests
from fortigate_api import FortiGate
from judge import Fake, holds, refused

requests.packages.urllib3.disable_warnings()
SECRETS = {"token": "Gq5r0m9bkhh8kt6nzm4s7Q"}
LOCAL, IMPORT = "/api/v2/cmdb/vpn.certificate/local", "/api/v2/monitor/vpn-certificate/local/import"
VIP, PROFILE, GLOBAL = (f"/api/v2/cmdb/{path}" for path in ("firewall/vip/shop", "firewall/ssl-ssh-profile/inbound", "system/global"))
NEW = "shop-20260101-00000001"


def client(fake, token=SECRETS["token"]):
    device = FortiGate(host="127.0.0.1", port=fake.port, token=token)
    device.login()
    return device


def encoded(text):
    return base64.b64encode(text.encode()).decode()


def load(device, name, pair, encode=encoded):
    return device.post(IMPORT, {"type": "regular", "certname": name, "scope": "vdom", "password": "",
                                "file_content": encode(pair["leaf"]), "key_file_content": encode(pair["key"])})


def says(what, answer, status, code=None):
    body = answer.json()
    holds(f"{what}: {answer.status_code} {body}", (answer.status_code, body.get("error")) == (status, code))


def download(device, name):
    return device.get(f"/api/v2/monitor/system/certificate/download?mkey={name}&type=local-cer&scope=vdom")


def usage(device, name):
    return device.get_result(f"/api/v2/monitor/system/object/usage?q_path=vpn.certificate&q_name=local&mkey={name}")["currently_using"]


def renews():
    with Fake("fortigate", SECRETS, {"bare": True}) as fake:
        new, device, before = fake.authority.pair("ec"), client(fake), fake.look()
        says("an import", load(device, NEW, new), 200)
        holds("the leaf is shown", download(device, NEW).text == new["leaf"])
        holds("and nothing uses it", usage(device, NEW) == [])
        says("a binding", device.put(VIP, {"ssl-certificate": [{"name": NEW}]}), 200)
        served = fake.look()["serving"]
        holds("the chain lacks what the CA store lacks", len(served["main"]) == 1)
        body = {"import_method": "file", "scope": "vdom", "file_content": encoded(new["chain"])}
        says("an intermediate", device.post("/api/v2/monitor/vpn-certificate/ca/import", body), 200)
        holds("it was taken for the chain", len(fake.look()["serving"]["main"]) == 2)
        elements = device.get_results(PROFILE)[0]["server-cert"]
        holds("a list of two", [one["name"] for one in elements] == ["neighbour", "old"])
        says("a list", device.put(PROFILE, {"server-cert": [elements[0], {"name": NEW}]}), 200)
        says("a name", device.put("/api/v2/cmdb/vpn.ssl/settings", {"servercert": NEW}), 200)
        holds("three users", len(usage(device, NEW)) == 3)
        says("a deletion", device.delete(f"{LOCAL}/shop-20240101-00000000"), 200)
        fake.ask("reboot", device=0)
        after = fake.look()
        holds("it stays", after["serving"]["main"] == after["serving"]["vpn"] != before["serving"]["main"])
        holds(f"nothing is wrong or left: {after}", not (after["violations"] or after["leftovers"] or after["unsaved"]))
        holds("the neighbours are as before", after["neighbours"] == before["neighbours"])


def refuses():
    with Fake("fortigate", SECRETS, {"hidden": True, "scalar": True}) as fake:
        device, new = client(fake), fake.authority.pair("ec")
        load(device, NEW, new)
        says("the same again", load(device, NEW, new), 500, -23)
        says("no PUT makes anything", device.put("/api/v2/cmdb/firewall/vip/none", {"ssl-certificate": "old"}), 404)
        says("a name that is not there", device.put(VIP, {"ssl-certificate": "none"}), 500, -3)
        says("a certificate that is not there", download(device, "none"), 404)
        says("one that cannot be deleted twice", device.delete(f"{LOCAL}/none"), 404)
        holds("certificates do not show themselves", "certificate" not in device.get_results(LOCAL)[0])
        holds(f"none of it was wrong: {fake.look()}", not fake.look()["violations"])
        says("a file that is not in base64", load(device, "two", new, encode=str), 500, -145)
        holds("in use is in use", device.delete(f"{LOCAL}/old").status_code == 500)
        fake.spoil("denied")
        holds("a profile", device.get(VIP).status_code == 403)
        fake.spoil("cut-after")
        refused("a line that is cut", requests.ConnectionError, "", lambda: device.get(VIP))


def manages():
    """The certificate of the management changes under the client."""
    with Fake("fortigate", SECRETS) as fake:
        device = client(fake)
        first = device.get_result(GLOBAL)["admin-server-cert"]
        holds("the device's own", first["q_origin_key"] == "Fortinet_Factory")
        says("another", device.put(GLOBAL, {"admin-server-cert": {"q_origin_key": "old"}}), 200)
        holds("it is not in the list of users", all(one["path"] != "system" for one in usage(device, "old")))
        shown = client(fake).get_result(GLOBAL)
        holds("and it is shown", shown["admin-server-cert"]["q_origin_key"] == "old")


def locks_out():
    with Fake("fortigate", SECRETS) as fake:
        for status in (401, 401, 401, 429):
            refused("a wrong token", requests.HTTPError, str(status), lambda: client(fake, "another"))
        refused("the right one, too late", requests.HTTPError, "429", lambda: client(fake))


renews()
refuses()
manages()
locks_out()
print(f"fortigate: judged by fortigate-api on Python {sys.version.split()[0]}")
