"""The ways in which a request can fail that are not bugs; each crosses the wire as itself.

`Malformed` is the caller's mistake, `Refused` the rule's answer, `Conflict` a lost race. Whatever
else is raised is a bug or an outage: it is retried, then parked and alarmed. No message here
carries a value that somebody sent, since it could be a name.
"""


class Malformed(Exception):
    """The payload has the wrong shape.

    `errors` maps the path of a field (`petitioners.0.name`) to what is wrong with it, each message
    as `code: sentence`, where the code is stable and the sentence is Vietnamese and says the mend.
    """

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__(errors)
        self.errors = errors

    def __str__(self) -> str:
        return "; ".join(f"{field}: {' '.join(told)}" for field, told in self.errors.items())


class Refused(Exception):
    """A rule said no. `code` is stable and documented; `reason` is a Vietnamese sentence.

    `retry_after_s`: the same will be allowed in so many seconds; None where waiting does not help.
    """

    def __init__(self, code: str, reason: str, retry_after_s: float | str | None = None) -> None:
        waiting = None if retry_after_s is None else float(retry_after_s)  # nameko sends it as text
        super().__init__(code, reason, *(() if waiting is None else (waiting,)))
        self.code, self.reason, self.retry_after_s = code, reason, waiting

    def __str__(self) -> str:
        return f"{self.code}: {self.reason}"


class Conflict(Exception):
    """Somebody else changed the same thing first: read again and decide again."""


class CommandRepeated(Exception):
    """An idempotency key came back with another content; nothing was stored."""


class LogUnavailable(Exception):
    """The log did not answer. What was sent may have landed: repeat it with the same key."""


class HoleInLog(Exception):
    """A position is missing, which cannot happen in a healthy log: stop and raise the alarm."""
