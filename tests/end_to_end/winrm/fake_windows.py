"""A fake of what the connector's two scripts find on Windows: certificate stores and HTTP.sys records.

It does not run PowerShell. It knows the two scripts by their exact text and does what each is meant to do; that
Windows does the same is unproven here. It opens the PKCS#12 file with openssl and proves that the key fits."""

import base64
import hashlib
import json
import pathlib
import re
import ssl
import subprocess
import tempfile

IIS = "{4dc3e181-e14b-4a21-b022-59fc669b0914}"


class PowerShellError(Exception):
    pass


def openssl(*arguments, data=b""):
    ended = subprocess.run(["openssl", *arguments], input=data, capture_output=True)
    if ended.returncode != 0:
        raise PowerShellError("openssl: " + ended.stderr.decode())
    return ended.stdout, ended.stderr


def certificates(pem):
    return [ssl.PEM_cert_to_DER_cert(one) for one in re.findall(r"-----BEGIN C.*?-----END CERTIFICATE-----", pem, re.S)]


class Certificate:
    def __init__(self, der, key, name=""):
        self.der, self.key, self.name = der, key, name
        self.thumbprint = hashlib.sha1(der).hexdigest()
        self.fingerprint = hashlib.sha256(der).hexdigest()


class Windows:
    """The state of one machine, and what was done to it."""

    def __init__(self, initial, old):
        self.old = old  # Server 2016: reads 3DES and SHA-1 alone
        self.stores = {"My": [], "WebHosting": [], "CA": []}
        self.records = {}
        self.mutations = []
        self.secrets = []  # what must be found nowhere else
        for binding, pem in initial.items():
            held = Certificate(certificates(pathlib.Path(pem).read_text())[0], True)
            self.stores["My"].append(held)
            self.records[binding] = {"hash": held.thumbprint, "app": IIS, "store": "My", "settings": "none"}

    def held(self, thumbprint):
        return next((c for store in self.stores.values() for c in store if c.thumbprint == thumbprint), None)

    def mine(self, job):
        return next((c for c in self.stores[job["store"]] if c.fingerprint == job["fingerprint"]), None)

    def look(self, job):
        mine = self.mine(job)
        bound = []
        for binding in job["bindings"]:
            held = self.held(self.records.get(binding, {}).get("hash"))
            bound.append(held.fingerprint if held else "")
        return {"key": bool(mine and mine.key), "bound": bound}

    def apply(self, job, rest, fault):
        if fault == "lie":
            return {"altered": []}
        if job["import"]:
            self.load(job, rest)
        elif rest:
            raise PowerShellError("bytes behind the parameters")
        mine = self.mine(job)
        if not (mine and mine.key):
            raise PowerShellError("the store does not hold the certificate with its key")
        done, altered = [], []
        for binding in job["bindings"]:
            before = self.records.get(binding)
            if before and before["hash"] == mine.thumbprint:
                continue
            if fault == "netsh " + binding:
                for name, record in done:  # what the script's `catch` does
                    self.bind(name, record)
                raise PowerShellError(f"netsh http update sslcert {binding}: Zugriff <verweigert> & Ende")
            self.bind(binding, {**(before or {"app": job["app"], "settings": "none"}), "hash": mine.thumbprint,
                                "store": job["store"]})
            done.append((binding, before))
            if before and fault == "forgetful":
                altered.append(binding)
        return {"altered": altered}

    def bind(self, binding, record):
        """`netsh http update`, or add and delete where there was none; never delete and add."""
        verb = "update" if record and binding in self.records else "add" if record else "delete"
        self.mutations.append(f"{verb} {binding}")
        if record:
            self.records[binding] = record
        else:
            del self.records[binding]

    def load(self, job, rest):
        secret, newline, pfx = rest.partition(b"\n")
        if not newline or not re.fullmatch(rb"[A-Za-z0-9_-]{32}", secret):
            raise PowerShellError("no passphrase before the file")
        self.secrets += [secret.decode(), base64.b64encode(pfx).decode()]
        with tempfile.TemporaryDirectory() as room:
            word = pathlib.Path(room, "word")
            word.write_bytes(secret)
            opened, about = openssl("pkcs12", "-nodes", "-info", "-passin", f"file:{word}", data=pfx)
        weak = b"pbeWithSHA1And3-KeyTripleDES-CBC" in about and b"PBES2" not in about and b"MAC: sha1" in about
        if self.old and not weak:
            raise PowerShellError("The specified network password is not correct.")
        if not self.old and weak:
            raise PowerShellError("the ciphers of old, which nobody asked for")
        public = openssl("pkey", "-pubout", data=opened)[0]
        name = re.search(rb"friendlyName: (.*)", opened)
        held = certificates(opened.decode(errors="replace"))
        fits = [der for der in held if openssl("x509", "-inform", "DER", "-noout", "-pubkey", data=der)[0] == public]
        if len(fits) != 1 or hashlib.sha256(fits[0]).hexdigest() != job["fingerprint"]:
            raise PowerShellError("the key in the file does not fit the certificate")
        self.mutations.append("import " + job["store"])
        store = self.stores[job["store"]]
        store[:] = [c for c in store if c.der != fits[0]]
        store.append(Certificate(fits[0], True, name.group(1).decode().strip() if name else ""))
        self.stores["CA"] += [Certificate(der, False) for der in held if der != fits[0]]

    def summary(self):
        held = {name: [[c.fingerprint, c.key, c.name] for c in store] for name, store in self.stores.items()}
        bound = {name: {**record, "fingerprint": self.held(record["hash"]).fingerprint} for name, record in self.records.items()}
        return {"stores": held, "records": bound, "mutations": self.mutations, "secrets": self.secrets}


def run(windows, kind, stdin, fault):
    """What the script writes, and its exit code: stdout, stderr, code."""
    try:
        head, newline, rest = stdin.partition(b"\n")
        job = json.loads(head)
        if not newline or set(job) != {"store", "bindings", "fingerprint", "app", "import"}:
            raise PowerShellError("not the parameters that the scripts take")
        if kind == "look" and (rest or job["import"]):
            raise PowerShellError("to look takes parameters alone")
        answer = windows.look(job) if kind == "look" else windows.apply(job, rest, fault)
        return (json.dumps(answer) + "\r\n").encode(), b"", 0
    except PowerShellError as error:
        text = str(error).replace("&", "&amp;").replace("<", "&lt;")
        clixml = ('#< CLIXML\r\n<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">'
                  '<Obj S="progress" RefId="0"><TN RefId="0"><T>x</T></TN></Obj>'
                  f'<S S="Error">{text}_x000D__x000A_</S><S S="Error">    + CategoryInfo_x000D__x000A_</S></Objs>')
        return b"", clixml.encode(), 1
