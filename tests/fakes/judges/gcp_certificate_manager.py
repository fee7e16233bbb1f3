"""Google's own client judges gcp_certificate_manager.py: `judges/gcp_certificate_manager.py`, with the packages of requirements.txt."""

import json
import sys
import types

import httplib2
from cryptography.hazmat.primitives import serialization
from google.auth.credentials import Credentials
from google.oauth2 import service_account
from google_auth_httplib2 import AuthorizedHttp
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError
from judge import Fake, holds, key, refused

PARENT = "projects/edge/locations/global"
SHOP = f"{PARENT}/certificates/shop"
FORM = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
ACCOUNT = {"type": "service_account", "project_id": "edge", "private_key_id": "1", "token_uri": "https://oauth2.googleapis.com/token",
           "client_email": "lastmile@edge.iam.gserviceaccount.com", "private_key": key("rsa").private_bytes(*FORM).decode()}
SECRETS = {"google": json.dumps(ACCOUNT)}


class Issuer:
    """Google's address for tokens is the fake's."""

    def __init__(self, fake):
        self.address = f"http://127.0.0.1:{fake.listeners['issuer']}/token"

    def __call__(self, url, method="GET", body=None, headers=None, **_):
        holds("where tokens are issued", url == ACCOUNT["token_uri"])
        answer, body = httplib2.Http().request(self.address, method, body=body, headers=headers)
        return types.SimpleNamespace(status=answer.status, headers=answer, data=body)


class Stale(Credentials):
    def refresh(self, request):
        self.token = "over"


def client(fake, credentials=None):
    if credentials is None:
        credentials = service_account.Credentials.from_service_account_info(
            ACCOUNT, scopes=["https://www.googleapis.com/auth/cloud-platform"])
        credentials.refresh(Issuer(fake))
    else:
        credentials.refresh(None)
    http = AuthorizedHttp(credentials, http=httplib2.Http(disable_ssl_certificate_validation=True), max_refresh_attempts=0)
    service = build("certificatemanager", "v1", http=http, static_discovery=True, cache_discovery=False,
                    client_options={"api_endpoint": f"https://127.0.0.1:{fake.port}"})
    return service.projects().locations()


def pair(material):
    return {"selfManaged": {"pemCertificate": material["certificate"], "pemPrivateKey": material["key"]}}


def finished(locations, operation):
    """As Google's own samples wait."""
    for _ in range(10):
        if operation.get("done"):
            return operation
        operation = locations.operations().get(name=operation["name"]).execute(num_retries=0)
    sys.exit("an operation without an end")


def renews():
    with Fake("gcp_certificate_manager", SECRETS) as fake:
        locations, new, before = client(fake), fake.authority.pair("ec"), fake.look()
        certificates = locations.certificates()
        begun = certificates.patch(name=SHOP, updateMask="self_managed", body=pair(new)).execute()
        holds("it has begun", "done" not in begun and begun["metadata"]["verb"] == "update")
        holds("and the old one is served", fake.look()["serving"] == before["serving"])
        ended = finished(locations, begun)
        holds("it has ended well", ended["response"]["name"] == SHOP and "error" not in ended)
        shown = certificates.get(name=SHOP).execute()
        holds("the certificate is shown", shown["pemCertificate"].replace("\r\n", "\n").strip() == new["certificate"].strip())
        holds("the key is not", "PRIVATE" not in json.dumps(shown))
        after = fake.look()
        holds("it is served with its chain", len(after["serving"]["main"]) == 2 and after["serving"] != before["serving"])
        holds("the neighbours are as before", after["neighbours"] == before["neighbours"])
        body = {"scope": "DEFAULT", "labels": {"a": "b"}, "description": "another", **pair(new)}
        finished(locations, certificates.create(parent=PARENT, certificateId="more", body=body).execute())
        listed = certificates.list(parent=PARENT).execute()["certificates"]
        holds("three of them", len(listed) == 3)
        after = fake.look()
        holds(f"nothing is wrong: {after['violations']}", not after["violations"] and not after["unsaved"])


def refuses():
    with Fake("gcp_certificate_manager", SECRETS) as fake:
        certificates, new, other = client(fake).certificates(), fake.authority.pair("ec"), fake.authority.pair("ec")
        get = certificates.get(name=SHOP)
        patch = lambda material: certificates.patch(name=SHOP, updateMask="self_managed", body=pair(material))  # noqa: E731
        stale = client(fake, Stale()).certificates().get(name=SHOP)
        refused("a stale token", HttpError, "invalid authentication credentials", stale.execute)
        refused("what is not there", HttpError, "was not found", certificates.get(name=f"{PARENT}/certificates/none").execute)
        refused("what is there already", HttpError, "already exists",
                certificates.create(parent=PARENT, certificateId="shop", body=pair(new)).execute)
        refused("another key", HttpError, "do not match", patch({**new, "key": other["key"]}).execute)
        refused("no mask", HttpError, "update mask", certificates.patch(name=SHOP, body=pair(new)).execute)
        unknown = {"selfManaged": {**pair(new)["selfManaged"], "certificatePem": ""}}
        refused("an unknown member", HttpError, "Cannot find field",
                certificates.patch(name=SHOP, updateMask="self_managed", body=unknown).execute)
        for fault, says in (("busy", "Quota exceeded"), ("denied", "Permission")):
            fake.spoil(fault)
            refused(fault, HttpError, says, get.execute)
        # The client's own library asks once more.
        fake.ask("fault", device=0, what="cut-before", at=1, times=9)
        refused("a line that is cut", Exception, "", get.execute)
    with Fake("gcp_certificate_manager", SECRETS, {"late": True, "managed": True}) as fake:
        locations, new, other = client(fake), fake.authority.pair("ec"), fake.authority.pair("ec")
        refused("a managed one", HttpError, "paths not permitted to be updated: managed",
                locations.certificates().patch(name=SHOP, updateMask="self_managed", body=pair(new)).execute)
        begun = locations.certificates().create(parent=PARENT, certificateId="late", body=pair({**new, "key": other["key"]})).execute()
        ended = finished(locations, begun)
        holds("a failure behind 200", ended["error"]["code"] == 3 and "response" not in ended)


renews()
refuses()
print(f"gcp_certificate_manager: judged by google-api-python-client on Python {sys.version.split()[0]}")
