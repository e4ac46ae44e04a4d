"""How often somebody may ask: a token bucket for each caller. No I/O, no clock of its own."""

import math
from collections import OrderedDict
from dataclasses import dataclass

KNOWN = 10_000  # callers remembered; one that was forgotten begins with a full bucket


@dataclass(frozen=True, kw_only=True, slots=True)
class Rate:
    """So many in a second for long, and so many at once."""

    per_s: float
    burst: int

    def __post_init__(self) -> None:
        if not (math.isfinite(self.per_s) and self.per_s > 0 and self.burst >= 1):
            raise ValueError("a rate is above 0 and finite, its burst 1 or more")

    @classmethod
    def parse(cls, text: str) -> "Rate":
        """`20/100`: 20 in a second, 100 at once.

        Raises: ValueError: it is written otherwise.
        """
        per_s, slash, burst = text.partition("/")
        if not slash:
            raise ValueError(f"{text!r} is no rate: write PER_SECOND/BURST, such as 20/100")
        return cls(per_s=float(per_s), burst=int(burst))


class Rates:
    """The buckets of all callers of one process. Not for several threads at once."""

    def __init__(self, rate: Rate, known: int = KNOWN) -> None:
        self._rate, self._known = rate, known
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # tokens, as of when

    def wait_s(self, caller: str, now: float) -> float:
        """Take one token: 0.0 if there was one, else in how many seconds there will be.

        `now` in seconds, of any clock that never goes back; nothing is taken where one must wait.
        """
        rate = self._rate
        tokens, since = self._buckets.pop(caller, (float(rate.burst), now))
        tokens = min(float(rate.burst), tokens + max(0.0, now - since) * rate.per_s)
        wait_s = 0.0 if tokens >= 1.0 else (1.0 - tokens) / rate.per_s
        self._buckets[caller] = (tokens if wait_s else tokens - 1.0, now)
        if len(self._buckets) > self._known:
            self._buckets.popitem(last=False)  # who has been silent for longest
        return wait_s
