"""What can go wrong with a request, whatever the device: each fault is decided before the device sees the request."""

from request import Answer, html

# Name -> what the outside sees. The device decides whether `busy`, `denied`, `expired`, `failed-200` and `standby` exist.
NAMES = {
    "status": "500 with a text, and nothing was done",
    "failed-200": "the device's own failure inside 200, and nothing was done",
    "html-200": "a page with 200, and nothing was done",
    "html-503": "a page with 503, and nothing was done",
    "echo": "500 whose body repeats the request, and nothing was done",
    "truncated": "it was done; the answer ends in the middle of its body",
    "half": "it was done; the answer is half of itself, with a length that says so",
    "cut-before": "the line is cut, and nothing was done",
    "cut-after": "it was done; the line is cut before the answer",
    "busy": "the device's own `busy`, some times, and nothing was done",
    "denied": "the device's own `your role may not`, and nothing was done",
    "expired": "the session ends just before this request",
    "slow": "from here on each job of the device takes some looks more",
    "standby": "the device's own `not on this node`, and nothing was done",
    "hold-before": "no answer, and nothing was done, until the client is gone",
    "hold-after": "it was done; no answer until the client is gone",
}
# Those that a device has or has not; all but `expired` and `slow` are answers, which its `own_faults` gives.
OWN = ("failed-200", "busy", "denied", "standby", "expired", "slow")
# How many looks more.
SLOW = 3
CUT, HOLD = object(), object()
# Those that do what was asked and lose the answer.
LOSING = ("truncated", "half", "cut-after", "hold-after")


class Fault:
    """Spoils the `at`-th request from now, and the `times - 1` after it."""

    def __init__(self, what, at, times=1):
        if what not in NAMES:
            raise ValueError(f"no fault {what!r}")
        self.what, self.at, self.times, self.seen, self.struck = what, at, times, 0, []

    def strikes(self):
        """Called once for each request."""
        self.seen += 1
        return self.at <= self.seen < self.at + self.times


def instead(fault, device, request):
    """What comes instead of asking the device; None where the device is asked."""
    if fault.what == "expired":
        device.expire()
        return None
    if fault.what == "slow":
        device.slow = SLOW
        return None
    if fault.what in OWN:
        return device.own_faults()[fault.what]
    match fault.what:
        case "status":
            return Answer(500, b"Internal error", "text/plain")
        case "html-200":
            return html(200)
        case "html-503":
            return html(503)
        case "echo":
            return Answer(500, b"cannot handle: " + request.raw(), "text/plain")
        case "cut-before":
            return CUT
        case "hold-before":
            return HOLD
    return None


def behind(fault, answer):
    """What is left of the device's answer on its way; `truncated` is the line's own affair."""
    match fault.what:
        case "cut-after":
            return CUT
        case "hold-after":
            return HOLD
        case "half":
            return Answer(answer.status, answer.body[: len(answer.body) // 2], headers=answer.headers)
    return answer
