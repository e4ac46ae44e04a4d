"""The assignment service as RabbitMQ sees it: one short method for each way in."""

import os
from typing import Any

from services.assignment import (
    asking,
    complaints,
    delivery,
    denunciations,
    dialogues,
    domain,
    planning,
    policies,
    schemas,
    settling,
    tasks,
)
from services.assignment.case import Case, evolve, require_open, voluntary_transfers
from services.assignment.law import MAX_TRANSFERS
from services.assignment.petition import Petition, petition_of
from services.assignment.projections import LOADS
from services.assignment.queries import open_loads
from services.assignment.refusals import refuse
from services.assignment.routing import SENTENCES, suggest
from shared import contracts
from shared.access.gate import Gate
from shared.calling import command, rpc
from shared.directory import Directories, Directory
from shared.event_sourcing import Call, Streams, file_number
from shared.ledger import Recorded, flatten
from shared.listening import listen
from shared.projecting import Projector
from shared.providers import CallProvider, GateProvider, Kernel, KernelProvider, Stream, View
from shared.wire import read

DIRECTORIES = Directories.from_environment()
TRANSFERS = int(os.environ.get("DONTHU_MAX_TRANSFERS", MAX_TRANSFERS))


class AssignmentService:
    """Takes each accepted petition from the opening of its case to the archive; keeps the tasks.

    Unless it says otherwise, a command answers `file`, `version`, `position`, and can be refused as
    `unknown_file` (also for a moment after acceptance: try again) and `case_not_open`.
    """

    name = "assignment"

    kernel: Kernel = KernelProvider()
    call: Call = CallProvider()
    gate: Gate = GateProvider()
    cases: Streams[Case] = Stream("case", initial=Case(), evolve=evolve)
    task_streams: Streams[tasks.Task] = Stream("task", initial=tasks.Task(), evolve=tasks.evolve)
    loads: Projector = View(LOADS)

    # -- who deals with it

    @command
    def suggest_assignee(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Whom to give a case to, and why; nothing is recorded. Recused officers are left out.

        Payload: `file`. Answer: `unit`, `unit_name`, `officer`, `reasons` (`code` as `assign` takes
        it, and `text`), `candidates` (`unit`, `officer`, `title`, `open`: the best first),
        `transfers` so far (`on`, `from_officer`, `to_officer`, `days_held`, `is_forced`: by a
        conflict of interest), `days_in_transfers`, `transfers_left`. Refused:
        `nobody_without_conflict`.
        """
        file = read(schemas.OF_FILE, payload).file
        case = self.cases.state(file)
        opened = require_open(case)
        self.loads.catch_up(self.call.authority)
        suggestion = suggest(
            self._directory(),
            opened.kind,
            opened.field,
            open_loads(self.loads.rows(), self.call.authority, without=file),
            case.recused,
        )
        if suggestion is None:
            refuse("nobody_without_conflict")
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
            "transfers": [
                {
                    "on": transfer.on.isoformat(),
                    "from_officer": transfer.from_officer,
                    "to_officer": transfer.to_officer,
                    "days_held": transfer.days_held,
                    "is_forced": transfer.is_forced,
                }
                for transfer in case.transfers
            ],
            "days_in_transfers": sum(transfer.days_held for transfer in case.transfers),
            "transfers_left": max(0, TRANSFERS - voluntary_transfers(case)),
        }

    @command
    def assign(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Give a case to a unit and an officer (giao giải quyết), or to others than before.

        Payload: `file`, `assigned_on`, `unit`, `officer`, `reasons` (codes). Refused:
        `case_terminated`, `already_decided`, `unknown_unit`, `officer_not_in_unit`,
        `conflict_of_interest`, `too_many_transfers` (`DONTHU_MAX_TRANSFERS`, 3 unless set),
        `date_before_opening`, `date_before_assignment`.
        """
        command = read(schemas.ASSIGN, payload).command(
            assigned_by=self.call.actor, directory=self._directory(), max_transfers=TRANSFERS
        )
        return self.cases.transact(command.file, domain.assign_case, command)

    @command
    def recuse(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Keep an officer with a conflict of interest away from the case.

        They can no longer get it, verify or decide; if they have it, somebody else must get it, and
        what they verified no longer counts. Payload: `file`, `recused_on`, `officer`, `ground`.
        Refused: `unknown_officer`, `date_before_opening`.
        """
        command = read(schemas.RECUSE, payload).command(directory=self._directory())
        return self.cases.transact(command.file, domain.recuse_officer, command)

    # -- from acceptance to decision

    @command
    def notify_acceptance(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Record who was told of the acceptance (thông báo thụ lý).

        A denunciation has two notices: `nguoi_to_cao` and `nguoi_bi_to_cao`, together or one by
        one. Payload: `file`, `notified_on`, `recipients`. Refused: `recipients_missing`,
        `recipient_not_for_kind`, `date_before_opening`.
        """
        command = read(schemas.NOTIFY_ACCEPTANCE, payload)
        return self.cases.transact(command.file, settling.notify_acceptance, command)

    @command
    def report_verification(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Record the verifier's report (báo cáo kết quả xác minh); `findings` is sealed.

        Payload: `file`, `reported_on`, `officer` (who verified), `findings`,
        `differs_from_request` (complaint: the complainant asks for something else, so a dialogue is
        compulsory). Refused: `case_terminated`, `already_decided`, `not_assigned`,
        `unknown_officer`, `conflict_of_interest`, `date_before_opening`, `date_before_assignment`.
        """
        command = read(schemas.REPORT_VERIFICATION, payload).command(
            reported_by=self.call.actor, directory=self._directory()
        )
        return self.cases.transact(command.file, settling.report_verification, command)

    @command
    def request_documents(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Record that somebody was asked for information and documents (yêu cầu cung cấp).

        Of a complaint they have seven days. Payload: `file`, `requested_on`, `asked` (a role).
        Refused: `case_terminated`, `already_decided`, `step_not_for_kind`,
        `recipient_not_for_kind`, `date_before_opening`.
        """
        command = read(schemas.REQUEST_DOCUMENTS, payload)
        return self.cases.transact(command.file, asking.request_documents, command)

    @command
    def record_documents(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Record that they handed them over: the answer to the oldest request to that role.

        Payload: `file`, `supplied_on`, `asked`. Refused: `documents_not_requested`,
        `date_before_previous_step`.
        """
        command = read(schemas.RECORD_DOCUMENTS, payload)
        return self.cases.transact(command.file, asking.record_documents, command)

    @command
    def order_expertise(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Record that expert opinion was asked for (trưng cầu giám định).

        Payload: `file`, `ordered_on`, `number`. Refused: `case_terminated`, `already_decided`,
        `step_not_for_kind`, `expertise_pending`, `date_before_opening`.
        """
        command = read(schemas.ORDER_EXPERTISE, payload)
        return self.cases.transact(command.file, asking.order_expertise, command)

    @command
    def receive_expertise(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Record that the expert's result came in.

        Payload: `file`, `received_on`. Refused: `expertise_not_ordered`,
        `date_before_previous_step`.
        """
        command = read(schemas.RECEIVE_EXPERTISE, payload)
        return self.cases.transact(command.file, asking.receive_expertise, command)

    @command
    def announce_dialogue(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Record the notice of a dialogue (thông báo đối thoại) or of a new day for it.

        For whatever kind; only about a complaint the notice is bound to five days. Payload: `file`,
        `announced_on`, `held_on` (may lie ahead). Refused: `case_terminated`, `already_decided`,
        `date_before_opening`, `date_before_previous_step`, `dialogue_notice_too_short`.
        """
        command = read(schemas.ANNOUNCE_DIALOGUE, payload)
        return self.cases.transact(command.file, dialogues.announce_dialogue, command)

    @command
    def hold_dialogue(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Record the dialogue (đối thoại); `minutes` is sealed and says why somebody was absent.

        Payload: `file`, `held_on`, `minutes`, `complainant_attended` (or who else sent the
        petition), `led_by_chair`. Refused: `case_terminated`, `already_decided`,
        `dialogue_not_announced`.
        """
        command = read(schemas.HOLD_DIALOGUE, payload).command()
        return self.cases.transact(command.file, dialogues.hold_dialogue, command)

    @command
    def declare_complex(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Put on record why the case is complex (vụ việc phức tạp); criteria add up.

        Payload: `file`, `declared_on`, `criteria`, `number`. Refused: `case_terminated`,
        `already_decided`, `step_not_for_kind`, `criteria_missing`, `date_before_opening`.
        """
        command = read(schemas.DECLARE_COMPLEX, payload)
        return self.cases.transact(command.file, settling.declare_complex, command)

    @command
    def extend(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Extend the limit of a denunciation by decision (gia hạn), at most twice.

        Payload: `file`, `extended_on`, `number`. Refused: `only_for_denunciations`,
        `case_terminated`, `already_decided`, `no_more_extensions`, `not_complex_enough`,
        `date_before_opening`, `date_before_previous_step`.
        """
        command = read(schemas.EXTEND, payload)
        return self.cases.transact(command.file, denunciations.extend_case, command)

    @command
    def suspend(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Suspend settlement (tạm đình chỉ); the time is not counted.

        Payload: `file`, `suspended_on`, `ground`, `number`. Refused: `case_terminated`,
        `already_decided`, `case_suspended`, `suspension_not_in_law`, `ground_not_for_kind`,
        `date_before_opening`, `date_before_previous_step`.
        """
        command = read(schemas.SUSPEND, payload)
        return self.cases.transact(command.file, settling.suspend_case, command)

    @command
    def continue_case(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Go on with a suspended case (tiếp tục giải quyết).

        Payload: `file`, `continued_on`, `number`. Refused: `case_terminated`, `not_suspended`,
        `date_before_previous_step`.
        """
        command = read(schemas.CONTINUE_CASE, payload)
        return self.cases.transact(command.file, settling.continue_case, command)

    @command
    def terminate(self, payload: dict[str, Any]) -> dict[str, Any]:
        """End settlement without a decision on the matter (đình chỉ giải quyết).

        Payload: `file`, `terminated_on`, `ground`, `number`. Ground `rut_toan_bo` needs everybody's
        whole withdrawal on record in the petition. Refused: `case_terminated`, `already_decided`,
        `ground_not_for_kind`, `not_withdrawn_whole`, `withdrawal_does_not_end_it`,
        `heirs_go_on`, `date_before_opening`, `date_before_previous_step`.
        """
        asked = read(schemas.TERMINATE, payload)
        command = asked.command(petition=self._petition(asked.file))
        return self.cases.transact(command.file, settling.terminate_case, command)

    # -- decision and what follows

    @command
    def issue_decision(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Record the settlement decision, the conclusion or the answer; its texts are sealed.

        Payload: `file`, `decided_on`, `number` (số, ký hiệu), `outcome` (`dung`, `dung_mot_phan`,
        `sai`, `da_tra_loi`), `conclusion`, `legal_grounds`, `responsibility`, `measures`,
        `calls_for` (figures of the reports: money and land to recover or give back in đồng and m²,
        people to handle, cases for the investigators). Refused: `case_terminated`,
        `already_decided`, `not_assigned`, `conflict_of_interest`, `case_suspended`,
        `outcome_not_for_kind`, `date_before_opening`, `date_before_assignment`, `not_verified`,
        `dialogue_due`, `dialogue_not_led_by_chair`, `date_before_previous_step`,
        `figures_inconsistent`.
        """
        command = read(schemas.ISSUE_DECISION, payload).command(decided_by=self.call.actor)
        return self.cases.transact(command.file, domain.issue_decision, command)

    @command
    def send_order(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Record that a decision to suspend, go on or terminate was sent, named by its number.

        Payload: `file`, `sent_on`, `number`, `recipients`. Refused: `unknown_order`,
        `date_before_order`, `recipient_not_for_kind`.
        """
        command = read(schemas.SEND_ORDER, payload)
        return self.cases.transact(command.file, delivery.send_order, command)

    @command
    def send_decision(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Record to whom the decision, conclusion or answer went (gửi quyết định, kết luận).

        Payload: `file`, `sent_on`, `recipients`. Refused: `not_decided`, `date_before_decision`,
        `recipient_not_for_kind`, `recipients_missing`.
        """
        command = read(schemas.SEND_DECISION, payload)
        return self.cases.transact(command.file, delivery.send_decision, command)

    @command
    def record_receipt(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Record when a party received the decision; the window for a second complaint runs.

        Payload: `file`, `received_on`, `ref` (`p1` …). Refused: `not_decided`,
        `date_before_decision`, `already_received`.
        """
        command = read(schemas.RECORD_RECEIPT, payload)
        return self.cases.transact(command.file, delivery.record_receipt, command)

    @command
    def publish_decision(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Record that the decision or conclusion was made public (công khai).

        Payload: `file`, `published_on`, `forms`. Refused: `not_decided`, `date_before_decision`,
        `publication_form_missing`.
        """
        command = read(schemas.PUBLISH_DECISION, payload)
        return self.cases.transact(command.file, delivery.publish_decision, command)

    @command
    def handle_conclusion(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Record what was done about the conclusion of a denunciation (xử lý kết luận).

        Payload: `file`, `handled_on`, `measure`, `results` (figures as in `calls_for`, of this
        measure alone), `is_complete` (nothing is left to carry out). Refused:
        `only_for_denunciations`, `not_decided`, `date_before_decision`, `measure_not_for_outcome`,
        `figures_inconsistent`.
        """
        command = read(schemas.HANDLE_CONCLUSION, payload)
        return self.cases.transact(command.file, denunciations.handle_conclusion, command)

    @command
    def inform_forwarder(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Record that who had handed the petition over was told (báo cho nơi chuyển đơn).

        `send_decision` to `co_quan_chuyen_don` does as well. Payload: `file`, `informed_on`.
        Refused: `not_forwarded`, `date_before_opening`.
        """
        asked = read(schemas.INFORM_FORWARDER, payload)
        command = asked.command(petition=self._petition(asked.file))
        return self.cases.transact(command.file, delivery.inform_forwarder, command)

    @command
    def lodge_second_complaint(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Record that the complainant went to the next level (khiếu nại lần hai).

        Payload: `file`, `lodged_on`, `authority`. Refused: `only_for_complaints`,
        `case_terminated`, `already_lodged`, `date_before_previous_step`, `date_before_decision`,
        `second_complaint_too_early`.
        """
        command = read(schemas.LODGE_SECOND_COMPLAINT, payload)
        return self.cases.transact(command.file, complaints.lodge_second_complaint, command)

    @command
    def record_second_acceptance(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Record that the province took the second complaint up (thụ lý lần hai).

        Its decision comes as the agency's own message. Payload: `file`, `accepted_on`,
        `is_complex`. Refused: `only_for_complaints`, `case_terminated`, `second_not_lodged`,
        `second_already_answered`, `date_before_previous_step`.
        """
        command = read(schemas.RECORD_SECOND_ACCEPTANCE, payload)
        return self.cases.transact(command.file, complaints.record_second_acceptance, command)

    @command
    def record_second_refusal(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Record that the province did not take it up: the first decision takes effect.

        Payload: `file`, `refused_on`. Refused: `only_for_complaints`, `case_terminated`,
        `second_not_lodged`, `second_already_answered`, `date_before_previous_step`.
        """
        command = read(schemas.RECORD_SECOND_REFUSAL, payload)
        return self.cases.transact(command.file, complaints.record_second_refusal, command)

    @command
    def accept_resettlement(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Take a complaint up anew whose first decision was cancelled (thụ lý giải quyết lại).

        Every step before the decision is due again, in full limits. Payload: `file`, `accepted_on`,
        `ground` (`cap_tren_huy`, `tu_huy`), `number`. Refused: `only_for_complaints`,
        `case_terminated`, `not_decided`, `second_not_lodged`, `not_cancelled`,
        `date_before_previous_step`.
        """
        asked = read(schemas.ACCEPT_RESETTLEMENT, payload)
        command = asked.command(petition=self._petition(asked.file))
        return self.cases.transact(command.file, complaints.accept_resettlement, command)

    @command
    def order_enforcement(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Order that a decision in legal effect be carried out (tổ chức thi hành).

        Payload: `file`, `ordered_on`, `unit`, `number`, `due_on` (may lie ahead), `calls_for`
        (figures, where the second decision has others than ours). Refused:
        `only_for_complaints`, `case_terminated`, `not_decided`, `unknown_unit`,
        `second_complaint_pending`, `decision_not_effective`, `already_enforced`,
        `due_before_start`, `figures_inconsistent`.
        """
        asked = read(schemas.ORDER_ENFORCEMENT, payload)
        command = asked.command(directory=self._directory(), petition=self._petition(asked.file))
        return self.cases.transact(command.file, complaints.order_enforcement, command)

    @command
    def record_enforcement(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Record that the decision was carried out, in part or completely.

        Payload: `file`, `enforced_on`, `is_complete`, `results` (figures, since what was recorded
        before). Refused: `only_for_complaints`, `case_terminated`, `enforcement_not_ordered`,
        `already_enforced`, `date_before_previous_step`, `figures_inconsistent`.
        """
        command = read(schemas.RECORD_ENFORCEMENT, payload)
        return self.cases.transact(command.file, complaints.record_enforcement, command)

    @command
    def report_results(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Add to what was done of a decision, also once the file is closed.

        Such as a prosecution, or money that came in late. Payload: `file`, `reported_on`, `results`
        (figures, to be added). Refused: `not_decided`, `date_before_decision`,
        `figures_inconsistent`; never `case_not_open`.
        """
        command = read(schemas.REPORT_RESULTS, payload)
        return self.cases.transact(command.file, delivery.report_results, command)

    @command
    def ask_police(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Record that the ward police were asked to work with us.

        Payload: `file`, `asked_on`, `purpose`; optional `request` (what of them, sealed). Refused:
        `date_before_opening`.
        """
        command = read(schemas.ASK_POLICE, payload).command()
        return self.cases.transact(command.file, asking.ask_police, command)

    @command
    def record_police_answer(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Record the police's answer to the oldest open question.

        Payload: `file`, `answered_on`; optional `answer` (sealed). Refused: `police_not_asked`,
        `date_before_previous_step`.
        """
        command = read(schemas.RECORD_POLICE_ANSWER, payload).command()
        return self.cases.transact(command.file, asking.record_police_answer, command)

    @command
    def plan_settlement(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Plan how an open case is to be finished (kế hoạch giải quyết dứt điểm), or plan it anew.

        The last plan stands; those before it stay in the history. Payload: `file`, `planned_on`,
        `finish_by` (may lie ahead), `steps` (sealed); optional `unit`, `officer` (who sees to it).
        Refused: `unknown_unit`, `officer_not_in_unit`, `unknown_officer`, `conflict_of_interest`,
        `due_before_start`, `date_before_opening`, `date_before_previous_step`.
        """
        command = read(schemas.PLAN_SETTLEMENT, payload).command(
            planned_by=self.call.actor, directory=self._directory()
        )
        return self.cases.transact(command.file, planning.plan_settlement, command)

    @command
    def change_flags(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Say what an open case is to be watched for from now on, such as that it became tense.

        Payload: `file`, `changed_on`, `flags` (the whole new set; an empty list takes all away),
        `reason` (sealed). The set in force again changes nothing. Refused: `date_before_opening`,
        `date_before_previous_step`.
        """
        asked = read(schemas.CHANGE_FLAGS, payload)
        command = asked.command(petition=self._petition(asked.file))
        return self.cases.transact(command.file, planning.change_flags, command)

    @command
    def close(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Close a case in which nothing is left to do (kết thúc, lưu hồ sơ).

        Complaint: decision in legal effect *and* window for a second complaint over, or carried
        out. Denunciation: conclusion handled and published. Recommendation, feedback: answered.
        Payload: `file`, `closed_on`, `ground` (`da_giai_quyet`, `da_tra_loi`, `dinh_chi`). Refused:
        `case_terminated`, `not_terminated`, `not_decided`, `ground_not_for_kind`,
        `date_before_decision`, `date_before_previous_step`, `second_complaint_pending`,
        `enforcement_unfinished`, `decision_not_effective`, `receipt_unknown`,
        `appeal_window_open`, `not_published`, `conclusion_not_handled`.
        """
        asked = read(schemas.CLOSE, payload)
        calendar = self.kernel.calendars.of(self.call.authority).now
        command = asked.command(calendar=calendar, petition=self._petition(asked.file))
        return self.cases.transact(command.file, domain.close_case, command)

    # -- directive tasks

    @command
    def set_task(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Give a unit something to do by a day (giao nhiệm vụ); `instruction` is sealed.

        Payload: `set_on`, `due_on` (may lie ahead), `topic`, `unit`, `officer`, `instruction`.
        Answer: `task` (its number), `version`, `position`. Refused: `unknown_unit`,
        `officer_not_in_unit`, `due_before_start`.
        """
        command = read(schemas.SET_TASK, payload).command(
            task=file_number("task", self.call.authority, self.call.commit_id),
            directory=self._directory(),
        )
        return _of_task(self.task_streams.transact(command.task, tasks.set_task, command))

    @command
    def finish_task(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Record that a task was done (hoàn thành nhiệm vụ); `result` is sealed.

        Payload: `task`, `done_on`, `result`, `events` (sessions, courses, inspections), `people`,
        `units` (inspected), `new_documents`, `amended_documents`, `repealed_documents`, `figures`
        (what an inspection called for, or what a follow-up did). Answer: `task`, `version`,
        `position`. Refused: `unknown_task`, `task_done`, `date_before_previous_step`,
        `figures_inconsistent`.
        """
        command = read(schemas.FINISH_TASK, payload).command()
        return _of_task(self.task_streams.transact(command.task, tasks.finish_task, command))

    @rpc
    def health(self) -> dict[str, Any]:
        """Whether ledger and tables answer, and how each table stands to the code.

        Answer: `service`, `authorities`, `tables` (see reporting).
        """
        return {
            "service": self.name,
            "authorities": len(self.kernel.log.authorities()),
            "tables": [table.standing() for table in (self.loads,)],
        }

    @listen(intake=("PetitionAccepted",))
    def when_petition_accepted_then_open_case(self, event: Recorded) -> None:
        """Open the case of the petition."""
        accepted = contracts.load(event.type, event.data)
        command = policies.when_petition_accepted_then_open_case(event.file, accepted)
        self.cases.transact(command.file, domain.open_case, command)

    def _directory(self) -> Directory:
        return DIRECTORIES.of(self.call.authority)

    def _petition(self, file: str) -> Petition:
        """The petition as the ledger has it now; see petition.py for why it is read and not heard.

        No event takes a withdrawal or the province's decision back, so reading a moment too early
        costs a refusal and a second try, never a wrong yes.
        """
        history = flatten(self.kernel.log.read(self.call.authority, f"petition-{file}"))
        return petition_of(contracts.load(event.type, event.data) for event in history)


def _of_task(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer of a transaction, with the task's number under its own name."""
    return {"task": answer["file"], "version": answer["version"], "position": answer["position"]}
