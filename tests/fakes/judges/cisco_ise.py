"""ciscoisesdk, Cisco's own client, judges cisco_ise.py: `judges/cisco_ise.py`, with the packages of requirements.txt."""

import sys
import warnings

from ciscoisesdk import IdentityServicesEngineAPI
from ciscoisesdk.exceptions import ApiError, ciscoisesdkException
from cryptography.hazmat.primitives import serialization
from judge import Fake, holds, refused

warnings.simplefilter("ignore")
SECRETS = {"password": "Wort&<geheim>"}
ROLES = ("admin", "eap", "radius", "pxgrid", "ims", "saml", "portal")
LEAVE = {name: True for name in ("allow_replacement_of_portal_group_tag", "allow_portal_tag_transfer_for_same_subject",
                                 "allow_role_transfer_for_same_subject")}


def client(fake, password=SECRETS["password"]):
    here = f"https://127.0.0.1:{fake.port}"
    ise = IdentityServicesEngineAPI("lastmile", password, base_url=here, uses_api_gateway=True, verify=False, version="3.1_Patch_1",
                                    uses_csrf_token=False, wait_on_rate_limit=False)
    return ise.certificates


def roles(*wanted):
    return {role: role in wanted for role in ROLES}


def locked(key):
    """Under a passphrase, as ISE insists."""
    read = serialization.load_pem_private_key(key.encode(), None)
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"passphrase"))
    return read.private_bytes(*form).decode()


def trust(ise, pem, name="issuer"):
    return ise.import_trust_certificate(
        data=pem, name=name, description="x", allow_basic_constraint_cafalse=False, allow_out_of_date_cert=False,
        allow_sha1_certificates=False, trust_for_ise_auth=True, trust_for_client_auth=False, trust_for_cisco_services_auth=False,
        trust_for_certificate_based_admin_auth=False, validate_certificate_extensions=False)


def bring(ise, pair, *wanted, name="new", **more):
    return ise.import_system_certificate(
        name=name, data=pair["leaf"], private_key_data=locked(pair["key"]), password="passphrase", allow_extended_validity=True,
        allow_out_of_date_cert=False, allow_sha1_certificates=False, allow_replacement_of_certificates=True,
        allow_wild_card_certificates=False, validate_certificate_extensions=False, **LEAVE, **roles(*wanted), **more)


def listed(ise):
    return {one.friendlyName: one for page in ise.get_system_certificates_generator("ise-1", size=100) for one in page.response.response}


def renews():
    with Fake("cisco_ise", SECRETS) as fake:
        new, ise = fake.authority.pair("ec"), client(fake)
        before = fake.look()
        holds("what is there", listed(ise)["Old"].usedBy == "EAP Authentication, Portal")
        refused("an issuer that nobody trusts", ApiError, "path validation", lambda: bring(ise, new, "eap"))
        holds("it is trusted", trust(ise, new["chain"]).response.response.status == "success")
        made = bring(ise, new, "eap", "portal", portal_group_tag="Shop").response.response.id
        served = fake.look()
        holds("the new one is served, with its chain", len(served["serving"]["main"]) == 2
              and served["serving"]["main"][0] != before["serving"]["main"][0] and served["serving"]["eap"] == served["serving"]["main"])
        now = listed(ise)
        holds("the roles have moved", (now["Old"].usedBy, now["new"].usedBy) == ("Not in use", "EAP Authentication, Portal"))
        holds("its fingerprint is shown", now["new"].sha256Fingerprint == served["serving"]["main"][0])
        refused("what is in use", ApiError, "in use", lambda: ise.delete_system_certificate_by_id("ise-1", made))
        ise.update_system_certificate("ise-1", now["Old"].id, portal_group_tag="Shop", **LEAVE, **roles("eap", "portal"))
        holds("the old one is back", fake.look()["serving"] == before["serving"])
        ise.delete_system_certificate_by_id("ise-1", made)
        trusted = [one for page in ise.get_trusted_certificates_generator(size=100) for one in page.response.response]
        ise.delete_trusted_certificate_by_id(next(one.id for one in trusted if one.friendlyName == "issuer"))
        after = fake.look()
        holds(f"nothing is wrong or left: {after}", not (after["violations"] or after["leftovers"] or after["unsaved"]))
        holds("the neighbours are as before", after["neighbours"] == before["neighbours"])


def refuses():
    with Fake("cisco_ise", SECRETS, {"trusted": True}) as fake:
        new, other, ise = fake.authority.pair("ec"), fake.authority.pair("rsa"), client(fake)
        refused("a wrong password", ApiError, "Unauthorized", lambda: client(fake, "another").get_system_certificates("ise-1"))
        refused("another node", ApiError, "No node ise-9", lambda: ise.get_system_certificates("ise-9"))
        refused("an issuer twice", ApiError, "trusted already", lambda: trust(ise, new["chain"]))
        apostrophe = fake.authority.sign("Let's Encrypt", fake.authority.key, "root", fake.authority.root_key, True)
        pem = apostrophe.public_bytes(serialization.Encoding.PEM).decode()
        refused("an apostrophe", ApiError, "Security Check Failed", lambda: trust(ise, pem, "apostrophe"))
        bring(ise, new, "eap")
        refused("a name twice", ApiError, "exists", lambda: bring(ise, other, "eap"))
        refused("a key twice", ApiError, "public key", lambda: bring(ise, new, "eap", name="again"))
        fake.spoil("busy")
        refused("busy", ApiError, "Too many requests", lambda: ise.get_system_certificates("ise-1"))
        # It asks again once by itself.
        fake.ask("fault", device=0, what="denied", at=1, times=2)
        refused("a role", ApiError, "Access denied", lambda: ise.get_system_certificates("ise-1"))
        # And again, some times.
        fake.ask("fault", device=0, what="cut-after", at=1, times=9)
        refused("a line that is cut", ciscoisesdkException, "Socket error", lambda: ise.get_system_certificates("ise-1"))
        fake.ask("mend", device=0)
        holds("no violation so far", not fake.look()["violations"])


def restarts():
    with Fake("cisco_ise", SECRETS, {"trusted": True, "restart": 9}) as fake:
        ise = client(fake)
        bring(ise, fake.authority.pair("ec"), "admin")
        refused("a node that restarts", ciscoisesdkException, "Socket error", lambda: listed(ise))
        for _ in range(9):
            try:
                holds("it is back, with another certificate", listed(ise)["new"].usedBy == "Admin")
                return
            except ciscoisesdkException:
                pass
        holds("it is back", False)


renews()
refuses()
restarts()
print(f"cisco-ise: judged by ciscoisesdk on Python {sys.version.split()[0]}")
