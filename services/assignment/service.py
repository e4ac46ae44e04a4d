"""The assignment service as RabbitMQ sees it: one short method for each way in."""

from typing import Any

from services.assignment import domain, policies, schemas
from services.assignment.directory import Directories
from services.assignment.projections import LOADS
from services.assignment.queries import open_loads
from services.assignment.routing import SENTENCES, suggest
from shared import contracts
from shared.event_sourcing import Call, Streams
from shared.ledger import Recorded
from shared.listening import listen
from shared.projecting import Projector
from shared.providers import CallProvider, Kernel, KernelProvider, Stream, View, command, rpc
from shared.wire import read

DIRECTORIES = Directories.from_environment()


class AssignmentService:
    """Opens a case for each accepted petition, gives it to someone, and records how it ends."""

    name = "assignment"

    kernel: Kernel = KernelProvider()
    call: Call = CallProvider()
    cases: Streams[domain.Case] = Stream("case", initial=domain.Case(), evolve=domain.evolve)
    loads: Projector = View(LOADS)

    @command
    def suggest_assignee(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Whom to give a case to, and why; nothing is recorded.

        Payload: `file`. Answer: `unit`, `unit_name`, `officer`, `reasons` (`code` as `assign` takes
        it, and `text`), `candidates` (`unit`, `officer`, `title`, `open`: the best first).
        Refused: `unknown_file`, `case_not_open`.
        """
        file = read(schemas.OF_FILE, payload).file
        opened = domain.require_open(self.cases.state(file))
        self.loads.catch_up(self.call.authority)
        suggestion = suggest(
            DIRECTORIES.of(self.call.authority),
            opened.kind,
            opened.field,
            open_loads(self.loads.rows(), self.call.authority, without=file),
        )
        return {
            "file": file,
            "unit": suggestion.unit.id,
            "unit_name": suggestion.unit.name,
            "officer": suggestion.officer,
            "reasons": [
                {"code": reason.value, "text": SENTENCES[reason]} for reason in suggestion.reasons
            ],
            "candidates": [
                {
                    "unit": candidate.unit,
                    "officer": candidate.officer,
                    "title": candidate.title,
                    "open": candidate.open,
                }
                for candidate in suggestion.candidates
            ],
        }

    @command
    def assign(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Give a case to a unit and an officer (giao giải quyết), or to others than before.

        Payload: `file`, `assigned_on`, `unit`, `officer`, `reasons` (codes). Answer: `file`,
        `version`, `position`. Refused: `unknown_file`, `case_not_open`, `already_decided`,
        `unknown_unit`, `officer_not_in_unit`, `date_before_opening`, `date_before_assignment`.
        """
        asked = read(schemas.ASSIGN, payload)
        directory = DIRECTORIES.of(self.call.authority)
        command = asked.command(assigned_by=self.call.actor, directory=directory)
        return self.cases.transact(command.file, domain.assign_case, command)

    @command
    def issue_decision(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Record the settlement decision, the conclusion or the answer; `conclusion` is sealed.

        Payload: `file`, `decided_on`, `number` (số, ký hiệu), `outcome` (`dung`, `dung_mot_phan`,
        `sai`, `da_tra_loi`), `conclusion`. Answer: `file`, `version`, `position`. Refused:
        `unknown_file`, `case_not_open`, `already_decided`, `not_assigned`, `outcome_not_for_kind`,
        `date_before_opening`, `date_before_assignment`.
        """
        command = read(schemas.ISSUE_DECISION, payload).command(decided_by=self.call.actor)
        return self.cases.transact(command.file, domain.issue_decision, command)

    @command
    def close(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Close a decided case (kết thúc, lưu hồ sơ).

        Payload: `file`, `closed_on`, `ground` (`da_giai_quyet`, `da_tra_loi`). Answer: `file`,
        `version`, `position`. Refused: `unknown_file`, `case_not_open`, `not_decided`,
        `ground_not_for_kind`, `date_before_decision`.
        """
        command = read(schemas.CLOSE, payload)
        return self.cases.transact(command.file, domain.close_case, command)

    @rpc
    def health(self) -> dict[str, Any]:
        """Whether ledger and tables answer."""
        return {"service": self.name, "authorities": len(self.kernel.log.authorities())}

    @listen(intake=("PetitionAccepted",))
    def when_petition_accepted_then_open_case(self, event: Recorded) -> None:
        """Open the case of the petition."""
        accepted = contracts.load(event.type, event.data)
        command = policies.when_petition_accepted_then_open_case(event.file, accepted)
        self.cases.transact(command.file, domain.open_case, command)
