"""Services whose callers come with a bearer token that somebody else issued: one more room for `device.py`."""

import hashlib

from device import Device


class Cloud(Device):
    """A device without a login. A subclass's `issue` is where the host gets its tokens, in the clear on loopback, as `auth.endpoint` allows; no
    fault strikes there, for nothing of a deployment happens there."""

    has = ("busy", "denied", "expired")

    def __init__(self, options, secrets, pairs):
        super().__init__(options, secrets, pairs)
        self.tokens, self.over = [], 0

    def issue(self, request):
        """The answer to who asks for a token."""
        raise NotImplementedError

    def token(self):
        """A new one; the same run of the test gives the same ones."""
        made = hashlib.sha256(f"{type(self).__name__} {len(self.tokens)}".encode()).hexdigest()
        self.tokens.append(made)
        return made

    def bearer(self, request):
        """Whether a live token comes with the request; a token in its path is a violation."""
        scheme, _, token = request.header("Authorization").partition(" ")
        if any(one in request.target for one in self.tokens):
            self.violation("a token in the URL")
        return scheme == "Bearer" and token in self.tokens[self.over:]

    def expire(self):
        super().expire()
        self.over = len(self.tokens)

    def secret_tokens(self):
        return self.tokens
