"""Cloudflare's own client for Python judges cloudflare_custom_certificate.py."""

import sys

import cloudflare
import httpx
from judge import Fake, holds, refused

NAME, SECRETS = "cloudflare_custom_certificate", {"token": "Sn3lZJTBX6kkg7OdcBUAxOO963GEIyGQqnFTOFYY"}
ZONE = "023e105f4ecef8ad9ca31a8372d0c353"


def client(fake, token=SECRETS["token"]):
    return cloudflare.Cloudflare(api_token=token, base_url=f"https://127.0.0.1:{fake.port}/client/v4", max_retries=0,
                                 http_client=httpx.Client(verify=False)).custom_certificates


def listed(certificates):
    return {one.id: one for one in certificates.list(zone_id=ZONE, per_page=5)}


def material(pair):
    return {"zone_id": ZONE, "certificate": pair["certificate"], "private_key": pair["key"], "bundle_method": "force"}


def renews():
    with Fake(NAME, SECRETS, {"initializing": 2}) as fake:
        certificates, new, before = client(fake), fake.authority.pair("ec"), fake.look()
        holds("two certificates", set(listed(certificates)) == {"old", "neighbour"})
        holds("its hosts", listed(certificates)["old"].hosts == ["example.test"])
        made = certificates.edit("old", **material(new))
        holds("another id, and it takes its time", made.id != "old" and made.status == "initializing")
        holds("the old one is served so far", fake.look()["serving"] == before["serving"])
        holds("and listed", set(listed(certificates)) == {"old", "neighbour", made.id})
        there = certificates.get(made.id, zone_id=ZONE)
        holds("until the new one is active", there.status == "active" and there.expires_on.tzinfo is not None)
        holds("then it is gone", set(listed(certificates)) == {"neighbour", made.id})
        after = fake.look()
        holds("the new one is served, with its chain", len(after["serving"]["main"]) == 2
              and after["serving"]["main"] != before["serving"]["main"])
        holds(f"nothing is wrong: {after['violations']}", not after["violations"])
        holds("the neighbours are as before", after["neighbours"] == before["neighbours"])


def uploads():
    with Fake(NAME, SECRETS, {"missing": True}) as fake:
        certificates, new = client(fake), fake.authority.pair("ec")
        made = certificates.create(**material(new), type="sni_custom")
        holds("active at once", made.status == "active" and made.bundle_method == "force")
        refused("the same again", cloudflare.BadRequestError, "1220", lambda: certificates.create(**material(new), type="sni_custom"))
        another = fake.authority.pair("ec")
        refused("one more of this signature", cloudflare.BadRequestError, "1228",
                lambda: certificates.create(**material(another), type="sni_custom"))
        certificates.create(**material(fake.authority.pair("rsa")), type="sni_custom")
        after = fake.look()
        holds(f"nothing is wrong: {after['violations']}", not after["violations"])


def refuses():
    with Fake(NAME, SECRETS, {"quota": 2}) as fake:
        certificates, new, other = client(fake), fake.authority.pair("ec"), fake.authority.pair("rsa")
        refused("a wrong token", cloudflare.PermissionDeniedError, "10000", lambda: listed(client(fake, "another")))
        refused("an id that is none", cloudflare.BadRequestError, "1002", lambda: certificates.edit("none", **material(new)))
        refused("a pair that is none", cloudflare.BadRequestError, "2200",
                lambda: certificates.edit("old", **{**material(new), "private_key": other["key"]}))
        refused("the quota", cloudflare.BadRequestError, "1212", lambda: certificates.create(**material(other), type="sni_custom"))
        for fault, error in (("busy", cloudflare.RateLimitError), ("denied", cloudflare.PermissionDeniedError),
                             ("html-503", cloudflare.InternalServerError), ("cut-after", cloudflare.APIConnectionError)):
            fake.spoil(fault)
            refused(fault, error, "", lambda: listed(certificates))


renews()
uploads()
refuses()
print(f"{NAME}: judged by cloudflare on Python {sys.version.split()[0]}")
