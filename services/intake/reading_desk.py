"""What is sealed, as RabbitMQ shows it to those who work on it; who read what is in the log.

How words are opened, stripped and withheld is in `unsealing`, who may learn who denounced in
`identity_desk`.
"""

from typing import Any, Final

from services.intake import domain, queries, unsealing
from services.intake import reading_schemas as schemas
from services.intake.projections import MEDIATIONS
from services.intake.refusals import refuse
from shared import contracts, logs
from shared.access.relations import Matter
from shared.calling import command
from shared.contracts.petitions import Kind
from shared.event_sourcing import Streams
from shared.ledger import Recorded, flatten
from shared.providers import CallProvider, GateProvider, KernelProvider, View
from shared.wire import read

log = logs.get(__name__)

_TEXTS: Final = "intake.texts"

_TURN: Final = "CitizenReceived"

#: Parts with what may be read of each.
_Shown = list[tuple[unsealing.Part, Any]]


class ReadingDesk:
    """The part of the intake service that shows what is sealed."""

    petitions: Streams[domain.Petition]
    mediation_table = View(MEDIATIONS)
    kernel = KernelProvider()
    call = CallProvider()
    gate = GateProvider()

    @command
    def petition(self, payload: dict[str, Any]) -> dict[str, Any]:
        """What a petition says, whom it is about, and who sent it unless it denounces somebody.

        Payload: file, purpose (xu_ly_don, xac_minh, tiep_cong_dan, giai_quyet; goes to the log).
        Answer: file, text (subject, content), people (part -> name, address and what else was
        given; of a denunciation, and until a petition is classified that nobody called anything,
        only r1 …, whom it is about), is_stripped (nothing then tells who sent it; all is withheld
        once a sender was erased). An erased part reads `[đã xóa]`. Refusals: unknown_file.
        """
        asked: schemas.Reading = read(schemas.READ, payload)
        events = self._events(f"petition-{asked.file}") or refuse("unknown_file")
        shown, is_stripped = self._shown(events, self._concealed_of(asked.file))
        shown = [
            (part, words)
            for part, words in shown
            if part.is_of_person or part.event == events[0]  # later texts are not the petition's
        ]
        self._log(shown, asked.purpose, {"file": asked.file})
        told = {part.name: words for part, words in shown}
        text = told.pop("text", {})
        return {"file": asked.file, "text": text, "people": told, "is_stripped": is_stripped}

    @command
    def texts(self, payload: dict[str, Any]) -> dict[str, Any]:
        """All that is sealed about one thing, in the order in which it was recorded.

        Payload: purpose as in `petition`; one of file (its petition, case and mediations),
        reception, task, mediation. Answer: what was asked for by its name, texts (event, type, on,
        part, words), is_stripped as in `petition`. Of a session, turns about files that the caller
        may not read are left out, and with them what was said of the whole; who came to denounce,
        or for what nobody noted, is kept apart like who sent a denunciation. Refusals:
        unknown_file (also of a session, a task and a mediation).
        """
        asked = schemas.reading_all(payload)
        if asked.file is not None:
            shown, is_stripped = self._of_file(asked.file)
        elif asked.reception is not None:
            shown, is_stripped = self._of_reception(asked.reception)
        elif asked.mediation is not None:
            shown, is_stripped = self._of_mediation(asked.mediation)
        else:
            events = self._events(f"task-{asked.task}") or refuse("unknown_file")
            shown, is_stripped = self._shown(events, None)
        self._log(shown, asked.purpose, asked.of)
        texts = [
            {
                "event": part.event.id,
                "type": part.event.type,
                "on": contracts.legal_date(part.event.type, part.event.data).isoformat(),
                "part": part.name,
                "words": words,
            }
            for part, words in shown
        ]
        return asked.of | {"texts": texts, "is_stripped": is_stripped}

    def _of_file(self, file: str) -> tuple[_Shown, bool]:
        domain.received_of(self.petitions.state(file))
        authority = self.call.authority
        self.mediation_table.catch_up(authority)
        mediations = queries.mediations_of(self.mediation_table.rows(), authority, file)
        streams = [f"mediation-{mediation}" for mediation in mediations]
        events = self._events(f"petition-{file}", f"case-{file}", *streams)
        return self._shown(events, self._concealed_of(file))

    def _of_mediation(self, mediation: str) -> tuple[_Shown, bool]:
        events = self._events(f"mediation-{mediation}") or refuse("unknown_file")
        file = events[0].data.get("file")
        if file is not None and not self.gate.may(_TEXTS, file):
            refuse("unknown_file")
        return self._shown(events, None if file is None else self._concealed_of(file))

    def _of_reception(self, reception: str) -> tuple[_Shown, bool]:
        events = self._events(f"reception-{reception}") or refuse("unknown_file")
        turns = [event for event in events if event.type == _TURN]
        theirs = [turn for turn in turns if self._may_read(turn)]
        concealed = {turn.id: self._concealed_of_turn(turn) for turn in theirs}
        those = [people for people in concealed.values() if people is not None]
        of_all = [person for people in those for person in people] if those else None
        readable = theirs if len(theirs) < len(turns) else events
        shown: _Shown = []
        for event in readable:
            parts = unsealing.opened(self.kernel.vault, [event])
            shown += unsealing.shown(parts, concealed.get(event.id, of_all))
        return shown, of_all is not None

    def _may_read(self, turn: Recorded) -> bool:
        """Whether the file that came of it, and what it was about, are the caller's to read."""
        file, matter = turn.data.get("file"), turn.data.get("matter")
        if file is not None and not self.gate.may(_TEXTS, file):
            return False
        about = Matter(authority=self.call.authority, kind=matter or "")
        may: bool = self.gate.policies.permit(self.gate.caller, _TEXTS, about)
        return may

    def _concealed_of_turn(self, turn: Recorded) -> list[Any] | None:
        """As of a petition: what is not known to be something else may be a denunciation."""
        file, matter = turn.data.get("file"), turn.data.get("matter")
        of_file = None if file is None else self._concealed_of(file)
        is_unknown = file is None and matter is None
        if of_file is None and matter != Kind.DENUNCIATION and not is_unknown:
            return None
        return unsealing.senders(unsealing.opened(self.kernel.vault, [turn])) + (of_file or [])

    def _concealed_of(self, file: str) -> list[Any] | None:
        """Who sent it, if nothing may tell that; None: it may be told."""
        if not unsealing.conceals_senders(self.petitions.state(file)):
            return None
        events = self._events(f"petition-{file}")
        return unsealing.senders(unsealing.opened(self.kernel.vault, events))

    def _shown(self, events: list[Recorded], concealed: list[Any] | None) -> tuple[_Shown, bool]:
        parts = unsealing.opened(self.kernel.vault, events)
        return unsealing.shown(parts, concealed), concealed is not None

    def _events(self, *streams: str) -> list[Recorded]:
        return flatten(self.kernel.log.read(self.call.authority, *streams))

    def _log(self, shown: _Shown, purpose: schemas.ReadingPurpose, of: dict[str, str]) -> None:
        log.info(
            "sealed_data_read",
            actor=self.call.actor,
            authority=self.call.authority,
            purpose=purpose.value,
            parts=sorted({part.name for part, _ in shown}),
            **of,
        )
