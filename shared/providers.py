"""What nameko injects into a service.

This file, `calling.py` and `listening.py` are the kernel's only ones that know nameko; another
framework would replace these three and the four `service.py`.
"""

from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import eventlet
from nameko.extensions import DependencyProvider, SharedExtension
from pymongo.errors import PyMongoError

from shared import logs
from shared.access.gate import Gate
from shared.access.permissions import policies
from shared.access.tokens import Caller, Tokens
from shared.calendars import Calendars
from shared.clock import SystemClock
from shared.crew import BEAT_S, Crew
from shared.event_sourcing import Call, Streams
from shared.mongo_log import MongoLog, connect
from shared.news import News
from shared.projecting import Projector
from shared.projection import Projection
from shared.rates import Rates
from shared.settings import Settings, caller_rate
from shared.vault import Vault
from shared.working_days import Calendar

ALIVE_S = 5.0  # between two touches of the file that says that we live

log = logs.get(__name__)


class Kernel(SharedExtension):
    """Database, ledger, vault and working calendars of one running service."""

    def setup(self) -> None:
        logs.configure(self.container.service_name)
        settings = Settings.from_environment()
        self.amqp_uri, self.instance = settings.amqp_uri, settings.instance
        self.client = connect(settings.mongo_uri)
        self.log = MongoLog(self.client)
        self.vault = Vault(self.client, settings.keys)
        self.clock = SystemClock()
        self.tokens = Tokens.from_environment()
        self.rates = Rates(caller_rate())
        self.calendars = Calendars(self.log, Calendar.load())
        self.news = News(self.client)  # for the service's one timer
        self._alive = settings.alive
        self._projectors: dict[str, Projector] = {}

    def start(self) -> None:
        if self._alive:
            tell = partial(_tell_alive, self._alive)
            self.container.spawn_managed_thread(tell, identifier="alive")

    def projector(self, projection: Projection) -> Projector:
        if projection.table not in self._projectors:
            database = f"donthu_{self.container.service_name}"
            self._projectors[projection.table] = Projector(
                self.client, database, self.log, projection
            )
        return self._projectors[projection.table]


def _tell_alive(file: Path) -> None:
    """For who watches the process: a loop that is stuck touches no file."""
    while True:
        file.touch()
        eventlet.sleep(ALIVE_S)


class KernelProvider(DependencyProvider):
    """Injects the kernel: `self.kernel.log`, `.vault`, `.calendars`, `.clock`, `.client`."""

    kernel = Kernel()

    def get_dependency(self, worker_ctx: Any) -> Kernel:
        return self.kernel


class CrewProvider(DependencyProvider):
    """Injects which wards are this instance's, among all that run of its service."""

    kernel = Kernel()

    @cached_property
    def crew(self) -> Crew:
        database = f"donthu_{self.container.service_name}"
        return Crew(self.kernel.client, database, self.kernel.instance)

    def start(self) -> None:
        self.crew.beat()
        self.container.spawn_managed_thread(self._beat, identifier="crew")

    def stop(self) -> None:
        try:
            self.crew.leave()
        except PyMongoError as fault:  # they will miss us soon enough
            log.warning("crew_not_left", exc_info=fault)

    def get_dependency(self, worker_ctx: Any) -> Crew:
        return self.crew

    def _beat(self) -> None:
        while True:
            eventlet.sleep(BEAT_S)
            try:
                self.crew.beat()
            except PyMongoError as fault:
                log.warning("crew_not_heard", exc_info=fault)


class CallProvider(DependencyProvider):
    """Injects on whose behalf the method runs; None in a timer."""

    def get_dependency(self, worker_ctx: Any) -> Call | None:
        return _call(worker_ctx)


class GateProvider(DependencyProvider):
    """Injects what the caller may do; None in a timer."""

    kernel = Kernel()

    def get_dependency(self, worker_ctx: Any) -> Gate | None:
        caller: Caller | None = worker_ctx.data.get("caller")
        call = _call(worker_ctx)
        if caller is None or call is None:
            return None
        return Gate(
            caller=caller,
            authority=call.authority,
            log=self.kernel.log,
            policies=policies(),
            seen=worker_ctx.data["seen"],
        )


class Stream(DependencyProvider):
    """Injects all streams of one category; see `shared.event_sourcing.Streams`.

    `initial` and `evolve` are those of the service's `domain`. In a timer, which has no caller, it
    is None.
    """

    kernel = Kernel()

    def __init__(self, category: str, *, initial: Any, evolve: Any) -> None:
        super().__init__()
        self.category, self.initial, self.evolve = category, initial, evolve

    def get_dependency(self, worker_ctx: Any) -> Any:
        call = _call(worker_ctx)
        if call is None:
            return None
        return replace(self.for_call(call), seen=worker_ctx.data.get("seen", {}))

    def for_call(self, call: Call) -> Streams[Any]:
        return Streams(
            category=self.category,
            initial=self.initial,
            evolve=self.evolve,
            log=self.kernel.log,
            vault=self.kernel.vault,
            clock=self.kernel.clock,
            call=call,
        )


class StreamMaker(Stream):
    """Injects a function that gives the streams for a `Call` which the service makes itself."""

    def get_dependency(self, worker_ctx: Any) -> Any:
        return self.for_call


class View(DependencyProvider):
    """Injects a table that follows the ledger; see `shared.projecting.Projector`."""

    kernel = Kernel()

    def __init__(self, projection: Projection) -> None:
        super().__init__()
        self.projection = projection

    def start(self) -> None:
        projector = self.kernel.projector(self.projection)
        standing = projector.standing()
        if standing["is_outdated"]:
            log.warning("table_outdated", **standing)  # it answers until the new one is there
            self.container.spawn_managed_thread(projector.rebuild, identifier="rebuild")

    def get_dependency(self, worker_ctx: Any) -> Projector:
        return self.kernel.projector(self.projection)


def _call(worker_ctx: Any) -> Call | None:
    told = worker_ctx.data.get("call")
    return None if told is None else Call(**told)
