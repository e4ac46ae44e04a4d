"""Erasing personal data, as RabbitMQ sees it; rules are in `erasures`, shapes in `erasing_schemas`.

Tasks belong to assignment, which may delete no key: that one is erased stands in a stream of ours
beside the task's. Letters that could not be taken are erased by whoever operates the system
(`rejections`).
"""

from datetime import date
from typing import Any, Final

from services.intake import domain, erasing_schemas, erasures, identities, mediations, receptions
from services.intake.refusals import refuse
from shared.calling import command
from shared.event_sourcing import Streams
from shared.ledger import Recorded, flatten
from shared.providers import CallProvider, GateProvider, KernelProvider, Stream
from shared.vault import key_of

#: Streams of a file in which something is sealed under its keys.
_SEALING: Final = ("petition", "case", "identity")


class ErasingDesk:
    """The part of the intake service that erases people's data (xóa dữ liệu cá nhân)."""

    petitions: Streams[domain.Petition]
    identity = Stream("identity", initial=identities.Identity(), evolve=identities.evolve)
    sessions = Stream("reception", initial=receptions.Reception(), evolve=receptions.evolve)
    mediated = Stream("mediation", initial=mediations.Mediation(), evolve=mediations.evolve)
    task_erasures = Stream("task_erasure", initial=frozenset(), evolve=erasures.evolve_of_task)
    kernel = KernelProvider()
    call = CallProvider()
    gate = GateProvider()

    @command
    def erase_person(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Make a person's data, or the words of a petition, a turn of reception, a session, a
        refusal to receive, a mediation or a task unreadable for ever (xóa dữ liệu cá nhân).

        Payload: erased_on, part (p1, r1, a1 … or text), ground (het_thoi_han_luu_tru,
        theo_quyet_dinh, theo_luat), document (what orders it); one of file, reception (a session or
        a refusal), mediation, task; of a session turns, without which it is what was said of the
        whole. Of a file go with a sender the reasons why somebody asked who denounced; of a task
        its text is what it says and what it came to. Answer: {file or reception or mediation or
        task, version, position}. Refusals: unknown_file (also of a task), unknown_reception,
        unknown_mediation, unknown_turn, unknown_part, turns_share_keys, file_still_open,
        task_still_open, date_before_receipt, erased_before_event.
        """
        asked = erasing_schemas.erasing(payload)
        if asked.reception is not None:
            return self._erase_received(asked, asked.reception)
        if asked.mediation is not None:
            return self._erase_mediated(asked, asked.mediation)
        if asked.task is not None:
            return self._erase_task(asked, asked.task)
        assert asked.file is not None
        return self._erase_in_file(asked, asked.file)

    def _erase_in_file(self, asked: erasing_schemas.Erasing, file: str) -> dict[str, Any]:
        streams = [f"{category}-{file}" for category in _SEALING]
        said = erasures.ErasePerson(
            file=file,
            erased_on=asked.erased_on,
            part=asked.part,
            ground=asked.ground,
            document=asked.document,
            closed_on=self._closed_on(file),
            has_reasons=bool(self.identity.state(file).requests),
            sealed_since=erasures.sealed_since(self._recorded(*streams)),
        )
        answer: dict[str, Any] = self.petitions.transact(file, erasures.erase_person, said)
        # A crash in between is made good by the same request, which the broker delivers again.
        gone = erasures.doomed(self._recorded(*streams))
        for part in erasures.parts_of(said, self.petitions.state(file)):
            self.kernel.vault.erase(self.call.authority, file, part, of=gone)
        return answer

    def _erase_received(self, asked: erasing_schemas.Erasing, reception: str) -> dict[str, Any]:
        events = self._recorded(f"reception-{reception}")
        files = {
            event.data["turn"]: event.data["file"] for event in events if event.data.get("file")
        }
        said = erasures.EraseReceived(
            reception=reception,
            erased_on=asked.erased_on,
            part=asked.part,
            ground=asked.ground,
            document=asked.document,
            turns=asked.turns,
            sealed=self._sealed(events, {turn for turn in files if self._is_kept(files[turn])}),
            has_open_file=any(self._is_open(files[turn]) for turn in asked.turns if turn in files),
        )
        answer: dict[str, Any] = self.sessions.transact(reception, erasures.erase_received, said)
        self._destroy(f"reception-{reception}")
        return {"reception": answer.pop("file")} | answer

    def _erase_mediated(self, asked: erasing_schemas.Erasing, mediation: str) -> dict[str, Any]:
        events = self._recorded(f"mediation-{mediation}")
        file = next((event.data["file"] for event in events if event.data.get("file")), None)
        if file is not None and self._is_kept(file):
            refuse("unknown_mediation")
        said = erasures.EraseMediated(
            mediation=mediation,
            erased_on=asked.erased_on,
            part=asked.part,
            ground=asked.ground,
            document=asked.document,
            sealed=self._sealed(events, set()),
            has_open_file=file is not None and self._is_open(file),
        )
        answer: dict[str, Any] = self.mediated.transact(mediation, erasures.erase_mediated, said)
        self._destroy(f"mediation-{mediation}")
        return {"mediation": answer.pop("file")} | answer

    def _erase_task(self, asked: erasing_schemas.Erasing, task: str) -> dict[str, Any]:
        events = self._recorded(f"task-{task}") or refuse("unknown_file")
        done = [event for event in events if event.type == "TaskDone"]
        said = erasures.EraseTask(
            task=task,
            erased_on=asked.erased_on,
            part=asked.part,
            ground=asked.ground,
            document=asked.document,
            sealed=self._sealed(events, set()),
            done_on=date.fromisoformat(done[-1].data["done_on"]) if done else None,
        )
        answer: dict[str, Any] = self.task_erasures.transact(task, erasures.erase_task, said)
        self._destroy(f"task-{task}", f"task_erasure-{task}")
        return {"task": answer.pop("file")} | answer

    def _sealed(
        self, events: list[Recorded], kept_back: set[int]
    ) -> tuple[erasures.SealedPart, ...]:
        """What is there to be erased, less what shares a key with a turn that is kept back: who may
        not know of a file does not destroy what was said about it. That of the whole may be too.
        """
        found = [
            erasures.SealedPart(turn=turn, part=part, key=key_of(box))
            for event in events
            for turn, part, box in erasures.boxes_of(event)
        ]
        if not kept_back:
            return tuple(found)
        theirs = {each.key for each in found if each.turn is None or each.turn in kept_back}
        return tuple(each for each in found if each.key not in theirs)

    def _destroy(self, *streams: str) -> None:
        """Whatever the ledger says is erased; so a crash before it is made good by the next one."""
        self.kernel.vault.erase_sealed(erasures.doomed(self._recorded(*streams)))

    def _is_kept(self, file: str) -> bool:
        return not self.gate.may("intake.erase_person", file)

    def _is_open(self, file: str) -> bool:
        return erasures.is_open(self.petitions.state(file), self._closed_on(file))

    def _closed_on(self, file: str) -> date | None:
        case = self._recorded(f"case-{file}")
        closed = [event for event in case if event.type == "CaseClosed"]
        return date.fromisoformat(closed[-1].data["closed_on"]) if closed else None

    def _recorded(self, *streams: str) -> list[Recorded]:
        return flatten(self.kernel.log.read(self.call.authority, *streams))
