"""Kubernetes' own client for Python judges kubernetes_tls_secret.py."""

import base64
import sys

import urllib3
from judge import Fake, holds, refused
from kubernetes import client
from kubernetes.client.exceptions import ApiException

SECRETS = {"token": "eyJhbGciOiJSUzI1NiJ9.wort"}
APPLY, MERGE, PATCH = "application/apply-patch+yaml", "application/merge-patch+json", "application/json-patch+json"
METADATA = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"


def api(fake, token=SECRETS["token"]):
    configuration = client.Configuration(host=f"https://127.0.0.1:{fake.port}", api_key={"authorization": f"Bearer {token}"})
    configuration.verify_ssl = False
    configuration.retries = False
    return client.CoreV1Api(client.ApiClient(configuration))


def encoded(text):
    return base64.b64encode(text.encode()).decode()


def body(pair, name="shop", **more):
    data = {"tls.crt": encoded(pair["certificate"]), "tls.key": encoded(pair["key"])}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": "edge", **more},
            "type": "kubernetes.io/tls", "data": data}


def apply(core, document, name="shop", **more):
    return core.patch_namespaced_secret(name, "edge", document, field_manager="judge", _content_type=APPLY, **more)


def metadata(core):
    """The metadata alone, as the API's own controllers ask for it."""
    answer = core.api_client.call_api("GET", f"{core.api_client.configuration.host}/api/v1/namespaces/edge/secrets/shop",
                                      header_params={"Accept": METADATA, **authorization(core)})
    answer.read()
    return core.api_client.deserialize(answer.data.decode(), "object", "application/json")


def authorization(core):
    return {"authorization": core.api_client.configuration.api_key["authorization"]}


def renews():
    verbs = ["get", "patch", "create", "update"]
    with Fake("kubernetes_tls_secret", SECRETS, {"reads-keys": True, "verbs": verbs}) as fake:
        core, new, before = api(fake), fake.authority.pair("ec"), fake.look()
        secret = core.read_namespaced_secret("shop", "edge")
        holds("its type", secret.type == "kubernetes.io/tls" and set(secret.data) == {"tls.crt", "tls.key", "ca.crt"})
        holds("its manager", secret.metadata.managed_fields[0].manager == "kubectl-create")
        shown = metadata(core)
        holds("metadata alone", shown["kind"] == "PartialObjectMetadata" and "data" not in shown)
        refused("the fields of another", ApiException, 'conflict with \\"kubectl-create\\" using v1',
                lambda: apply(core, body(new), force=False))
        tried = apply(core, body(new), force=True, dry_run="All")
        holds("a dry run shows it and keeps the version", tried.data["tls.key"] == encoded(new["key"])
              and tried.metadata.resource_version == secret.metadata.resource_version)
        holds("and nothing is served of it", fake.look()["serving"] == before["serving"])
        core.patch_namespaced_secret("shop", "edge", [{"op": "copy", "from": "/data/tls.key", "path": "/data/previous"}],
                                     _content_type=PATCH)
        done = apply(core, body(new, annotations={"a/b": "c"}), force=True)
        holds("foreign fields stay", done.data["ca.crt"] == secret.data["ca.crt"] and done.metadata.labels == {"team": "shop"}
              and done.data["previous"] == secret.data["tls.key"] and done.metadata.annotations["example.test/kept"] == "yes")
        again = apply(core, body(new, annotations={"a/b": "c"}), force=False)
        holds("the same again is no change", again.metadata.resource_version == done.metadata.resource_version)
        holds("what is not applied any more goes", "a/b" not in apply(core, body(new), force=False).metadata.annotations)
        holds("the new one is served", fake.look()["serving"]["main"] != before["serving"]["main"])
        after = fake.look()
        holds(f"nothing is wrong: {after['violations']}", not after["violations"])
        holds("the neighbours are as before", after["neighbours"] == before["neighbours"])
        changed = core.patch_namespaced_secret("shop", "edge", {"data": {"previous": None}}, _content_type=MERGE)
        holds("a merge patch removes", "previous" not in changed.data)
        whole = core.read_namespaced_secret("shop", "edge")
        whole.metadata.labels["team"] = "another"
        whole.metadata.managed_fields = None
        stale = core.replace_namespaced_secret("shop", "edge", whole)
        holds("a PUT", stale.metadata.labels["team"] == "another")
        refused("a stale PUT", ApiException, "the object has been modified",
                lambda: core.replace_namespaced_secret("shop", "edge", whole))
        fresh = core.create_namespaced_secret("edge", body(new, "fresh"))
        holds("a POST", fresh.metadata.uid and fresh.metadata.managed_fields[0].operation == "Update")
        made, status, _ = core.patch_namespaced_secret_with_http_info(
            "made", "edge", body(new, "made"), field_manager="judge", force=False, _content_type=APPLY)
        holds("an apply creates", status == 201 and made.metadata.managed_fields[0].operation == "Apply")
        refused("one that is there", ApiException, "AlreadyExists", lambda: core.create_namespaced_secret("edge", body(new, "fresh")))


def refuses():
    with Fake("kubernetes_tls_secret", SECRETS, {"reads-keys": True}) as fake:
        core, new = api(fake), fake.authority.pair("ec")
        refused("a wrong token", ApiException, "Unauthorized", lambda: api(fake, "another").read_namespaced_secret("shop", "edge"))
        refused("what is not there", ApiException, 'secrets \\"none\\" not found', lambda: core.read_namespaced_secret("none", "edge"))
        nowhere = {**body(new), "metadata": {"name": "shop"}}
        refused("a namespace that is not there", ApiException, 'namespaces \\"none\\" not found',
                lambda: core.patch_namespaced_secret("shop", "none", nowhere, field_manager="judge", _content_type=APPLY))
        refused("another type", ApiException, "field is immutable", lambda: apply(core, {**body(new), "type": "Opaque"}, force=True))
        half = {**body(new, "half"), "data": {"tls.crt": encoded(new["certificate"])}}
        refused("half a pair", ApiException, "data[tls.key]: Required value", lambda: apply(core, half, "half", force=False))
        refused("a type of patch", ApiException, "UnsupportedMediaType",
                lambda: core.patch_namespaced_secret("shop", "edge", {}, _content_type="application/json"))
        for fault, says in (("busy", "Too many requests"), ("denied", "is forbidden"), ("html-503", "Please wait")):
            fake.spoil(fault)
            refused(fault, ApiException, says, lambda: core.read_namespaced_secret("shop", "edge"))
        fake.spoil("cut-after")
        refused("a line that is cut", (urllib3.exceptions.HTTPError, ApiException), "", lambda: apply(core, body(new), force=True))


def limits():
    for options, says in (({"verbs": ["get", "patch"]}, "cannot create"), ({"hook": "friday"}, "denied the request")):
        with Fake("kubernetes_tls_secret", SECRETS, {"reads-keys": True, "missing": True, **options}) as fake:
            core, new = api(fake), fake.authority.pair("ec")
            refused(says, ApiException, says, lambda: apply(core, body(new), force=False))
    with Fake("kubernetes_tls_secret", SECRETS, {"reads-keys": True, "immutable": True}) as fake:
        core, new = api(fake), fake.authority.pair("ec")
        refused("an immutable Secret", ApiException, "immutable", lambda: apply(core, body(new), force=True))


urllib3.disable_warnings()
renews()
refuses()
limits()
print(f"kubernetes_tls_secret: judged by kubernetes on Python {sys.version.split()[0]}")
