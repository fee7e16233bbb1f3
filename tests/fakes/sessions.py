"""Sessions and tokens: a cap, an end, and who left one open. No clock: a session ends when the test says so."""

import hashlib


class Full(Exception):
    """The cap is reached."""


class Session:
    def __init__(self, token, user):
        self.token, self.user, self.live, self.closed, self.excused = token, user, True, False, False


class Sessions:
    def __init__(self, cap, name=""):
        self.cap, self.name, self.all = cap, name, []

    def open(self, user):
        """A new token; the same run of the test hands out the same tokens."""
        if sum(one.live for one in self.all) >= self.cap:
            raise Full
        token = hashlib.sha256(f"{self.name} {user} {len(self.all)}".encode()).hexdigest().upper()[:32]
        self.all.append(Session(token, user))
        return token

    def find(self, token):
        return next((one for one in self.all if one.token == token), None)

    def user(self, token):
        """Whose it is, if it lives."""
        found = self.find(token)
        return found.user if found and found.live else None

    def close(self, token):
        """Whether there was such a session."""
        found = self.find(token)
        if not found or not found.live:
            return False
        found.live, found.closed = False, True
        return True

    def expire(self):
        """All that live now."""
        for one in self.all:
            one.live = False

    def excuse(self):
        """Nobody can be blamed for those that live now: the answer that named or closed them was lost."""
        for one in self.all:
            one.excused = one.excused or one.live

    def left_open(self):
        return sum(one.live and not one.excused for one in self.all)

    def tokens(self):
        return [one.token for one in self.all]
