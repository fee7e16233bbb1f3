"""Jobs of a PAN-OS device: one at a time, PEND, ACT, FIN, a step on with each request that comes."""

# Steps to the end of a job that is not slow.
STEPS = 2


class Jobs:
    def __init__(self, failing):
        # Number -> kind, steps so far, result; and what the one at work does at its end.
        self.all, self.apply, self.failing = {}, None, failing

    def busy(self):
        return self.apply is not None

    def forget(self):
        self.all, self.apply = {}, None

    def add(self, kind, apply):
        number = str(len(self.all) + 4)
        self.all[number], self.apply = [kind, 0, "PEND"], apply
        return number

    def step(self, slow):
        """`slow`: how many steps more than usual it takes."""
        if not self.busy():
            return
        job = list(self.all.values())[-1]
        job[1] += 1
        if job[1] >= STEPS + slow:
            job[2] = "FAIL" if self.failing else "OK"
            if not self.failing:
                self.apply()
            self.failing, self.apply = max(0, self.failing - 1), None

    def shown(self, number):
        kind, steps, result = self.all[number]
        status = "FIN" if result != "PEND" else "ACT" if steps else "PEND"
        details = "<details/>"
        if result == "OK":
            details = "<details><line>Configuration committed successfully</line></details>"
        if result == "FAIL":
            details = "<details><line>shop is invalid</line><line>Commit failed</line></details>"
        # A push has a result of each firewall, too.
        devices = f"<devices><entry><devicename>fw-1</devicename><result>{result}</result></entry></devices>" if kind == "CommitAll" else ""
        return (f"<job><tenq/><tdeq/><id>{number}</id><user/><type>{kind}</type><status>{status}</status><queued>NO</queued>"
                f"<stoppable>no</stoppable>{devices}<result>{result}</result><tfin/><description/><positionInQ>0</positionInQ>"
                f"<progress>{min(99, steps * 50)}</progress>{details}<warnings/></job>")
