"""acos-client, the vendor's own client, judges a10.py: `judges/a10.py`, with the packages of requirements.txt."""

import sys
import warnings

from acos_client import errors
from acos_client.client import Client
from judge import Fake, holds, refused

TEMPLATE = "/slb/template/client-ssl/shop"
SECRETS = {"password": "Wort&<geheim>"}


def client(fake, password=SECRETS["password"]):
    return Client("127.0.0.1", "30", "lastmile", password, port=fake.port, protocol="https", max_retries=0)


def put_files(made, pair, name="new"):
    made.file.ssl_cert.create(file=name, cert=pair["leaf"], certificate_type="pem", action="import")
    made.file.ssl_key.create(file=f"{name}.key", cert=pair["key"], action="import")
    made.file.ssl_cert.create(file=f"{name}-chain", cert=pair["chain"], certificate_type="pem", action="import")


def bound(made, *names):
    """The template with these entries."""
    template = made.slb.template.client_ssl.get("shop")["client-ssl"]
    entries = [{"cert": name, "key": f"{name}.key", "chain-cert": f"{name}-chain"} for name in names]
    return {"client-ssl": {**template, "certificate-list": entries}}


def bind(made, *names):
    made.slb.template.client_ssl._put(TEMPLATE, bound(made, *names))


def renews():
    with Fake("a10", SECRETS) as fake:
        made, new, before = client(fake), fake.authority.pair("ec"), fake.look()
        put_files(made, new)
        holds("nothing is served from a file", fake.look()["serving"] == before["serving"])
        holds("a certificate's file is read", made.file.ssl_cert.get("new") == new["leaf"])
        bind(made, "new", "neighbour")
        served = fake.look()
        holds("the new one is served, with its chain", len(served["serving"]["main"]) == 2)
        holds("and no other", served["serving"]["main"][0] != before["serving"]["main"][0] and served["unsaved"])
        made.session.close()
        fake.ask("reboot", device=0)
        holds("what was not saved is gone", fake.look()["serving"] == before["serving"])
        bind(made, "new", "neighbour")
        made.system.action.write_memory()
        made.session.close()
        fake.ask("reboot", device=0)
        after = fake.look()
        holds("what was saved stays", after["serving"] == served["serving"])
        holds(f"nothing is wrong or left: {after}", not (after["violations"] or after["leftovers"] or after["sessions"]))
        holds("the neighbours are as before", after["neighbours"] == before["neighbours"])


def refuses():
    with Fake("a10", SECRETS) as fake:
        wrong = client(fake, "another")
        refused("a wrong password", errors.AuthenticationFailure, "Authentication failed",
                lambda: wrong.session.authenticate("lastmile", "another"))
        made, new, before = client(fake), fake.authority.pair("ec"), fake.look()
        refused("what is not there", errors.NotFound, "", lambda: made.slb.template.client_ssl.get("none"))
        put_files(made, new)
        again = {"file": "new", "cert": new["leaf"], "certificate_type": "pem", "action": "import"}
        refused("the same name again", errors.Exists, "", lambda: made.file.ssl_cert.update(**again))
        garbage = {**again, "file": "garbage", "cert": new["leaf"][:200]}
        refused("what is no certificate", errors.InvalidParameter, "Parsing failed",
                lambda: made.file.ssl_cert.update(**garbage))
        mixed = bound(made, "new", "neighbour")
        mixed["client-ssl"]["certificate-list"][0]["key"] = "old.key"
        refused("another's key", errors.InvalidParameter, "do not match",
                lambda: made.slb.template.client_ssl._put(TEMPLATE, mixed))
        refused("files that are not there", errors.NotFound, "", lambda: bind(made, "none", "neighbour"))
        bind(made, "new", "neighbour")
        refused("what is in use", errors.InUse, "", lambda: made.file.ssl_key.delete("new.key"))
        bind(made, "old", "neighbour")
        made.file.ssl_cert.delete(private_key="new.key", cert_name="new")
        made.file.ssl_cert.delete(cert_name="new-chain")
        fake.spoil("failed-200")
        refused("a failure within 200", errors.InvalidParameter, "", lambda: made.slb.template.client_ssl.get("shop"))
        fake.spoil("denied")
        refused("a role", errors.AuthenticationFailure, "Forbidden", lambda: made.slb.template.client_ssl.get("shop"))
        fake.spoil("busy")
        holds("busy is waited for", "client-ssl" in made.slb.template.client_ssl.get("shop"))
        fake.spoil("expired")
        holds("a session begins again", "client-ssl" in made.slb.template.client_ssl.get("shop"))
        fake.spoil("cut-after")
        holds("a line that is cut is tried again", "client-ssl" in made.slb.template.client_ssl.get("shop"))
        made.session.close()
        after = fake.look()
        holds("two violations: garbage, and files that are not there", len(after["violations"]) == 2)
        holds("all is as before", after["serving"] == before["serving"] and not (after["leftovers"] or after["sessions"]))


warnings.simplefilter("ignore")
renews()
refuses()
print(f"a10: judged by acos-client on Python {sys.version.split()[0]}")
