"""Docker's own client for Python judges docker_swarm.py."""

import sys

import docker
import requests
from docker.errors import APIError, NotFound
from docker.tls import TLSConfig
from docker.types import SecretReference
from judge import Fake, holds, refused

NAME, SECRETS = "docker_swarm", {"token": "Swarm&Wort<geheim>"}
LABELS = {"by": "judge"}


def client(fake, token=SECRETS["token"]):
    made = docker.DockerClient(base_url=f"https://127.0.0.1:{fake.port}", tls=TLSConfig(verify=False), version="1.41")
    made.api.headers["Authorization"] = f"Bearer {token}"
    return made


def exchange(swarm, new):
    """Two secrets, and the service with them in its files; the client sends the whole specification."""
    made = [swarm.secrets.create(name=f"new.{end}", data=new[what].encode(), labels=LABELS)
            for end, what in (("crt", "certificate"), ("key", "key"))]
    service = swarm.services.get("web")
    spec = service.attrs["Spec"]["TaskTemplate"]["ContainerSpec"]
    kept = spec["Secrets"][0]
    spec["Secrets"] = [SecretReference(one.id, name, file, mode=0o440) for one, name, file in
                       zip(made, ("new.crt", "new.key"), ("site.crt", "site.key"))]
    spec["Secrets"].insert(0, kept)
    spec["Secrets"][2]["File"]["UID"] = "101"
    swarm.api.update_service(service.id, service.version, task_template=service.attrs["Spec"]["TaskTemplate"], name="web",
                             labels=service.attrs["Spec"]["Labels"], mode=service.attrs["Spec"]["Mode"],
                             update_config=service.attrs["Spec"]["UpdateConfig"])
    return made


def rolls_out():
    with Fake(NAME, SECRETS, {"steps": 2}) as fake:
        swarm, new, before = client(fake), fake.authority.pair("ec"), fake.look()
        exchange(swarm, new)
        holds("nothing is served of it so far", fake.look()["serving"] == before["serving"])
        states = [swarm.services.get("web").attrs["UpdateStatus"]["State"] for _ in range(2)]
        holds(f"it is rolled out in steps: {states}", states == ["updating", "completed"])
        after = fake.look()
        holds("the new one is served, with its chain", len(after["serving"]["main"]) == 2
              and after["serving"]["main"] != before["serving"]["main"])
        holds("its secrets are found", len(swarm.secrets.list(filters={"label": ["by=judge"]})) == 2)
        swarm.api.remove_secret("tls_old.key")
        holds("a secret that nobody mounts goes", "tls_old.key" not in [one.name for one in swarm.secrets.list()])
        after = fake.look()
        holds(f"nothing is wrong: {after['violations']}", not after["violations"])
        holds("the neighbours are as before", after["neighbours"] == before["neighbours"])


def refuses():
    with Fake(NAME, SECRETS, {"ends": "rollback_completed"}) as fake:
        swarm, before = client(fake), fake.look()
        refused("a wrong token", APIError, "401", lambda: client(fake, "another").secrets.list())
        refused("a service that is not there", NotFound, "service none not found", lambda: swarm.services.get("none"))
        refused("a name that is taken", APIError, "already exists", lambda: swarm.secrets.create(name="settings", data=b"x"))
        refused("a secret in use", APIError, "is in use by", lambda: swarm.api.remove_secret("tls_old.key"))
        exchange(swarm, fake.authority.pair("ec"))
        holds("a rollout that fails is taken back",
              swarm.services.get("web").attrs["UpdateStatus"]["State"] == "rollback_completed"
              and fake.look()["serving"] == before["serving"])
        service = swarm.services.get("web")
        refused("an old version", APIError, "out of sequence", lambda: swarm.api.update_service(
            service.id, 1, task_template=service.attrs["Spec"]["TaskTemplate"], name="web"))
        for fault, says in (("busy", "429"), ("denied", "403"), ("html-503", "503")):
            fake.spoil(fault)
            refused(fault, APIError, says, swarm.secrets.list)
        fake.spoil("cut-after")
        refused("a line that is cut", requests.ConnectionError, "", swarm.secrets.list)


rolls_out()
refuses()
print(f"{NAME}: judged by docker on Python {sys.version.split()[0]}")
