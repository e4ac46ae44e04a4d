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
    """A rule said no. `code` is stable and documented; `reason` is a Vietnamese sentence."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(code, reason)
        self.code, self.reason = code, reason

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
