"""The intake service as RabbitMQ sees it: one short method for each way in.

Rules are in `domain`, shapes in `schemas`, what other systems may write in `agencies`.
"""

from dataclasses import replace
from datetime import date
from typing import Any

import orjson
from nameko.amqp.publish import Publisher, UndeliverableMessage
from nameko.constants import AMQP_SSL_CONFIG_KEY, LOGIN_METHOD_CONFIG_KEY
from nameko.extensions import DependencyProvider
from nameko.timer import timer

from services.intake import (
    agencies,
    chair_days,
    domain,
    links,
    mediations,
    outcomes,
    queries,
    receptions,
    rejections,
    schemas,
    similarity,
    withdrawals,
)
from services.intake.projections import PETITIONS, RECEPTIONS
from shared import logs
from shared.contracts.receptions import Host
from shared.errors import Refused
from shared.event_sourcing import Call, Streams, derived_id, file_number
from shared.ledger import flatten
from shared.listening import RawMessage, inbox
from shared.providers import CallProvider, KernelProvider, Stream, StreamMaker, View, command, rpc
from shared.queues import ANSWERS, REJECTED, replies_queue
from shared.wire import read
from shared.working_days import Calendar

#: The national one; an authority's own changes to it are kept by deadlines.
CALENDAR = Calendar.load()
CATCH_UP_S = 60  # seconds between two looks at the ledger, so that no question waits for all of it

log = logs.get(__name__)

CONFIRM_S = 5.0  # for the broker to take an answer
_PARKED = "agencies/parked/intake.inbox"  # subject under which parked messages are sealed


class PublisherProvider(DependencyProvider):
    """Injects a publisher that returns when the broker has taken a message into a queue."""

    def setup(self) -> None:
        config = self.container.config
        self.publisher = Publisher(
            config["AMQP_URI"],
            mandatory=True,
            ssl=config.get(AMQP_SSL_CONFIG_KEY),
            login_method=config.get(LOGIN_METHOD_CONFIG_KEY),
            confirm_timeout=CONFIRM_S,
        )

    def get_dependency(self, worker_ctx: Any) -> Publisher:
        return self.publisher


class IntakeService:
    """Takes petitions in and says what becomes of each (tiếp nhận, phân loại, xử lý đơn).

    Every command answers with the file number, the version of the petition's stream and the
    position in the ward's ledger; those on citizen reception and mediation with `reception` or
    `mediation` in place of `file`. Refusal codes are listed in `refusals.REFUSALS`.
    """

    name = "intake"

    petitions = Stream("petition", initial=domain.Petition(), evolve=domain.evolve)
    petitions_for = StreamMaker("petition", initial=domain.Petition(), evolve=domain.evolve)
    sessions = Stream("reception", initial=receptions.Reception(), evolve=receptions.evolve)
    mediated = Stream("mediation", initial=mediations.Mediation(), evolve=mediations.evolve)
    petition_table = View(PETITIONS)
    reception_table = View(RECEPTIONS)
    kernel = KernelProvider()
    call = CallProvider()
    publisher = PublisherProvider()

    @command
    def register_petition(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Take a petition in under a new file number (tiếp nhận đơn).

        Payload: channel, received_on, petitioners ([] = anonymous), subject, content;
        optional claimed_kind, claimed_field, respondents, people, is_signed, is_remote, originals,
        neighbourhood, repeats. Answer: {file, version, position}. Refusals: command_repeated.
        """
        said: schemas.OwnRegistration = read(schemas.REGISTER, payload)
        return self._register(self.petitions, _command(said, self.call))

    @command
    def import_backlog(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Take in what was there before this system (hồ sơ tồn đọng), with its old dates.

        Payload: batch (a name of the caller's), petitions (1 to 200 as for register_petition,
        channel ton_dong). Answer: {files} in the same order. All are checked before the first is
        stored. The same batch sent again finishes what was left undone and stores nothing twice;
        a petition is known by its place in the batch. Refusals: command_repeated.
        """
        said = schemas.backlog(payload)
        calls = [
            replace(
                self.call,
                commit_id=derived_id("backlog", self.call.authority, said.batch, f"{number}"),
                digest=self.kernel.vault.digest(row),
            )
            for number, row in enumerate(payload["petitions"])
        ]
        commands = [
            _command(petition, call, path=f"petitions.{number}.")
            for number, (petition, call) in enumerate(zip(said.petitions, calls, strict=True))
        ]
        answers = [
            self._register(self.petitions_for(call), each)
            for each, call in zip(commands, calls, strict=True)
        ]
        return {"files": [answer["file"] for answer in answers]}

    @command
    def classify(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Judge kind, field, competence and conditions (phân loại đơn); may be corrected until the
        petition is handled.

        Payload: file, classified_on, kind, field, is_competent, meets_conditions; optional flags,
        needs_longer_check, is_disciplinary and is_dismissal (complaint about a disciplinary
        decision), is_second (khiếu nại lần hai), is_verifiable (denunciation that names the
        violator, has evidence and can be checked), has_appointment (of a group's
        representatives), respondent (whom it is about). Refusals: unknown_file, already_handled,
        date_before_receipt, longer_check_only_denunciation, verifiable_only_denunciation,
        disciplinary_only_complaint, second_only_complaint, second_level_is_province,
        province_is_competent.
        """
        classification = read(schemas.CLASSIFY, payload)
        return self._transact(domain.classify_petition, classification)

    @command
    def accept(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Take the petition up for settlement (thụ lý).

        Payload: file, accepted_on. Refusals: unknown_file, not_classified, already_handled,
        date_before_receipt, date_before_classification, not_competent, conditions_not_met,
        anonymous_complaint, anonymous_denunciation, denouncer_not_individual, not_signed,
        representatives_missing, too_many_representatives, appointment_missing, withdrawn.
        """
        return self._transact(outcomes.accept_petition, read(schemas.ACCEPT, payload))

    @command
    def refuse(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Do not take the petition up (không thụ lý).

        Payload: file, refused_on, ground (a code of `outcomes.RefusalGround`), reasons. Refusals:
        unknown_file, not_classified, already_handled, date_before_receipt,
        date_before_classification, not_competent, ground_not_for_kind.
        """
        return self._transact(outcomes.refuse_acceptance, schemas.refusal(payload))

    @command
    def guide(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Tell the petitioner whom to turn to (hướng dẫn).

        Payload: file, guided_on, competent_authority, guidance; optional to_split (mixed content:
        write a petition for each part, hướng dẫn tách đơn). Refusals: unknown_file,
        not_classified, already_handled, date_before_receipt, date_before_classification,
        is_competent, conditions_not_met, denunciation_is_forwarded, recommendation_is_forwarded.
        """
        return self._transact(outcomes.guide_petitioner, schemas.guidance(payload))

    @command
    def forward(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Send the petition to the competent authority (chuyển đơn), or for another purpose.

        Payload: file, forwarded_on, competent_authority; optional purpose: dung_tham_quyen (the
        default), hoa_giai (land dispute), to_giac_toi_pham (signs of a crime: at once, classified
        or not), thanh_tra_kiem_tra (Đ.25 LTC). Refusals: unknown_file, not_classified,
        already_handled, date_before_receipt, date_before_classification, is_competent,
        conditions_not_met, complaint_is_guided, mediation_only_land, check_only_denunciation,
        not_verifiable, denunciation_is_regular.
        """
        return self._transact(outcomes.forward_petition, read(schemas.FORWARD, payload))

    @command
    def order_check(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Have information checked that is no lawful denunciation but names the violator, has
        evidence and can be verified (thanh tra, kiểm tra, Đ.25.2 LTC); it is not filed away.

        Payload: file, ordered_on, unit. Refusals: unknown_file, not_classified, already_handled,
        date_before_receipt, date_before_classification, not_competent, check_only_denunciation,
        not_verifiable, denunciation_is_regular.
        """
        return self._transact(outcomes.order_check, read(schemas.ORDER_CHECK, payload))

    @command
    def file_away(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Keep the petition without handling it (lưu đơn).

        Payload: file, filed_on, ground (a code of `outcomes.FilingGround`). Refusals:
        unknown_file, not_classified, already_handled, date_before_receipt,
        date_before_classification, conditions_met, check_is_due, not_withdrawn.
        """
        return self._transact(outcomes.file_away_petition, read(schemas.FILE_AWAY, payload))

    @command
    def withdraw(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Take a petition back, whole or in part (rút đơn), before or after it was accepted.

        Payload: file, withdrawn_on, is_whole, form (don, bien_ban), by (p1, p2 … of those who
        withdraw; the others' petition stands); optional is_signed, signs_of_violation (a
        denunciation is settled all the same), under_pressure, content (what is withdrawn, if a
        part; sealed). Refusals: unknown_file, unknown_party, date_before_receipt,
        withdrawal_not_signed, record_not_yet_lawful, part_not_yet_lawful, part_not_named,
        already_concluded, nothing_to_withdraw.
        """
        said: schemas.Withdrawal = read(schemas.WITHDRAW, payload)
        withdrawal = schemas.withdrawal(said, self._concluded_on(said.file))
        return self._transact(withdrawals.withdraw_petition, withdrawal)

    @command
    def return_originals(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Give original papers back (trả lại giấy tờ, tài liệu gốc).

        Payload: file, returned_on, count. Refusals: unknown_file, date_before_receipt,
        originals_not_held.
        """
        said = read(schemas.RETURN_ORIGINALS, payload)
        return self._transact(withdrawals.return_originals, said)

    @command
    def suggest_duplicates(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Petitions that this one may belong to, the likest first; nothing is recorded.

        Payload: file; optional limit (1 to 50, 10 unless given). Answer: file, compared (how many
        were looked at), candidates: file, received_on, kind, field, score (0 to 100), relation
        (don_trung, don_lap, lien_quan: what it would be), reasons (`code` as `link` takes it, and
        `text`). Refusals: unknown_file.
        """
        asked: schemas.Question = read(schemas.SUGGEST, payload)
        authority = self.call.authority
        domain.received_of(self.petitions.state(asked.file))
        self.petition_table.catch_up(authority)
        rows = self.petition_table.rows()
        register = queries.Register(rows, self.kernel.log, self.kernel.vault, authority)
        [new] = register.of([asked.file])
        same_people = register.files_of_people(asked.file)
        others = {other.file: other for other in register.of(register.near(new, same_people))}
        found = similarity.best(new, others.values(), same_people, asked.limit)
        return {
            "file": asked.file,
            "compared": len(others),
            "candidates": [_candidate(match, others[match.file]) for match in found],
        }

    @command
    def link(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Say that a petition belongs to an earlier one (ghép đơn); nothing is merged.

        Payload: file, to (the earlier file), relation (don_trung, don_lap, lien_quan); optional
        linked_on (today unless given), score and reasons as they were suggested. Refusals:
        unknown_file, linked_to_itself, unknown_other_file, other_came_later, already_linked,
        date_before_receipt.
        """
        said: schemas.Link = read(schemas.LINK, payload)
        other = self.petitions.state(said.to)
        linking = schemas.link(said, other, self.kernel.clock.today())
        return self._transact(links.link_petition, linking)

    @command
    def unlink(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Take a link away that was a mistake (bỏ ghép).

        Payload: file, to; optional unlinked_on (today unless given). Refusals: unknown_file,
        not_linked, date_before_receipt.
        """
        said = schemas.unlink(payload, self.kernel.clock.today())
        return self._transact(links.unlink_petition, said)

    @command
    def schedule_reception(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Put a session on the schedule and post it (niêm yết lịch tiếp công dân).

        Payload: posted_on, held_on, kind (thuong_xuyen, dinh_ky, dot_xuat); optional mode
        (truc_tiep, truc_tuyen), host (chu_tich, uy_quyen, can_bo). Answer: {reception, version,
        position}. Refusals: online_not_yet_lawful, chair_cannot_delegate, posted_after_session,
        posted_too_late, online_notice_too_late, outside_calendar, already_scheduled.
        """
        said = schemas.scheduling(payload, self._new("reception"), CALENDAR)
        return self._receive(receptions.schedule_reception, said)

    @command
    def postpone_reception(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Hold a session on a later day (hoãn tiếp công dân) and tell so.

        Payload: reception, posted_on, held_on. Refusals: unknown_reception, session_under_way,
        not_postponed.
        """
        return self._receive(receptions.postpone_reception, read(schemas.POSTPONE, payload))

    @command
    def record_reception(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Enter somebody in the reception book (vào sổ tiếp công dân).

        Payload: received_on, person (as a petitioner of `register_petition`), content; optional
        reception (a session on the schedule, whose kind, mode and host it has), kind, mode, host,
        people, representatives, matter, file (the petition that came of it). Answer: {reception,
        turn, version, position}. Refusals: unknown_reception, not_scheduled, not_on_session_day,
        unknown_file, online_not_yet_lawful, chair_cannot_delegate, representatives_missing,
        too_many_representatives.
        """
        said: schemas.Turn = read(schemas.TURN, payload)
        known = self._is_known(said.file)
        entry = schemas.turn(said, self.call.authority, is_petition_known=known)
        answer = self._receive(receptions.record_reception, entry)
        # As it was given the first time, should this be a repetition.
        done = self.kernel.log.find(self.call.authority, self.call.commit_id)
        return answer | {"turn": done.proposal.events[0].data["turn"]}

    @command
    def refuse_reception(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Do not receive somebody, and say why on the spot (từ chối tiếp).

        Payload: refused_on, ground (a code of `receptions.RefusalToReceive`), reasons; optional
        person. Answer: {reception, version, position}. Refusals: ground_not_in_force.
        """
        said = schemas.turned_away(payload, self._new("reception"))
        return self._receive(receptions.refuse_reception, said)

    @command
    def send_refusal_notice(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Tell in writing why somebody was not received (thông báo từ chối tiếp công dân).

        Payload: reception (as `refuse_reception` answered), sent_on. Refusals: unknown_reception,
        not_refused, notice_not_needed, date_before_refusal, notice_already_sent.
        """
        said = read(schemas.REFUSAL_NOTICE, payload)
        return self._receive(receptions.send_refusal_notice, said)

    @command
    def conclude_reception(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Send what a session came to to the units (thông báo kết luận việc tiếp công dân).

        Payload: reception, concluded_on, number, conclusion; optional units. Also proves a session
        to which nobody came. Refusals: unknown_reception, already_concluded_session,
        date_before_session.
        """
        return self._receive(receptions.conclude_reception, schemas.conclusion(payload))

    @command
    def notify_result(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Tell who was received what became of it (thông báo kết quả, Đ.28.1 LTCD).

        Payload: reception, turn, notified_on. Refusals: unknown_reception, unknown_turn,
        result_already_notified, date_before_session.
        """
        return self._receive(receptions.notify_result, read(schemas.NOTIFY, payload))

    @command
    def chair_reception_days(self, payload: dict[str, Any]) -> dict[str, Any]:
        """The days on which the chair received in person, against the law: 1 a week until 30 June
        2026, 2 a month from then on; periodic sessions in person that were held.

        Payload: from, to (at most five years). Answer: from, to, required, held, missing,
        periods: unit (week, month), from, to, required (0 for a part of a week or month), days,
        missing, is_over, source; other: sessions by the chair that do not count, with day, kind
        and mode.
        """
        asked = schemas.chair_days(payload)
        authority = self.call.authority
        self.reception_table.catch_up(authority)
        rows = self.reception_table.rows()
        held = queries.sessions(rows, authority, asked.since, asked.until)
        periods = chair_days.chair_days(held, asked.since, asked.until)
        today = self.kernel.clock.today()
        return {
            "from": asked.since.isoformat(),
            "to": asked.until.isoformat(),
            "required": sum(period.required for period in periods),
            "held": sum(len(period.days) for period in periods),
            "missing": sum(period.missing for period in periods if period.last < today),
            "periods": [_period(period, today) for period in periods],
            "other": [_other(session) for session in held if _is_other(session)],
        }

    @command
    def record_mediation(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Keep the record of a mediation in a neighbourhood (biên bản hòa giải).

        Payload: held_on, neighbourhood, outcome (hoa_giai_thanh, hoa_giai_khong_thanh), minutes;
        optional file. Answer: {mediation, version, position}. Refusals: unknown_file.
        """
        said: schemas.Minutes = read(schemas.MEDIATION, payload)
        known = self._is_known(said.file)
        record = schemas.mediation(said, self._new("mediation"), is_petition_known=known)
        answer = self.mediated.transact(record.mediation, mediations.record_mediation, record)
        return _named("mediation", answer)

    @timer(interval=CATCH_UP_S)
    def keep_tables(self) -> None:
        """Fold what is new, so that a question finds little left to fold."""
        self.petition_table.catch_up_all()
        self.reception_table.catch_up_all()

    @rpc
    def health(self) -> dict[str, Any]:
        """Whether the service answers and reaches its database: {service, database}."""
        self.kernel.client.admin.command("ping")
        return {"service": self.name, "database": "ok"}

    @inbox()
    def when_agency_writes_then_record_and_answer(self, message: RawMessage) -> None:
        """Exchange `agencies`: CloudEvents of other systems; see the README for the contract."""
        try:
            letter, content = agencies.understand(message, self.kernel.clock.today())
            answer = self._record(letter, content)
        except agencies.Unfit as unfit:
            self._reject(message, unfit)
        else:
            now = self.kernel.clock.now()
            self._answer(letter.agency, agencies.acknowledgement(letter, answer, now))

    def seal_for_parking(self, raw: bytes) -> bytes:
        return bytes(self.kernel.vault.seal_bytes(_PARKED, raw))

    def open_parked(self, sealed: bytes) -> bytes:
        opened = self.kernel.vault.open_bytes(_PARKED, sealed)
        if not isinstance(opened, bytes):
            raise LookupError("this parked message was erased")
        return opened

    def _transact(self, decide: Any, said: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.petitions.transact(said.file, decide, said)
        return answer

    def _receive(self, decide: Any, said: Any) -> dict[str, Any]:
        return _named("reception", self.sessions.transact(said.reception, decide, said))

    def _new(self, category: str) -> str:
        """The number of a new stream: the same for the same request."""
        return file_number(category, self.call.authority, self.call.commit_id)

    def _is_known(self, file: str | None) -> bool:
        return file is None or self.petitions.state(file).received is not None

    def _concluded_on(self, file: str) -> date | None:
        """When assignment recorded the decision or conclusion on this file, if it did."""
        case = flatten(self.kernel.log.read(self.call.authority, f"case-{file}"))
        decided = [event for event in case if event.type == "DecisionIssued"]
        return date.fromisoformat(decided[-1].data["decided_on"]) if decided else None

    def _register(
        self, petitions: Streams[domain.Petition], said: domain.RegisterPetition
    ) -> dict[str, Any]:
        answer = petitions.transact(said.file, domain.register_petition, said)
        # After the append, so that nobody is remembered for a file that is not there. A crash in
        # between is made good by the same request, which the broker delivers again.
        for part, id_number in schemas.id_numbers(said).items():
            self.kernel.vault.remember_person(petitions.call.authority, said.file, part, id_number)
        return answer

    def _record(self, letter: agencies.Letter, content: dict[str, Any]) -> dict[str, Any]:
        """Append what the letter says; raises Unfit where a rule refuses it."""
        call = Call(
            authority=letter.authority,
            actor=letter.actor,
            correlation=letter.commit_id,
            commit_id=letter.commit_id,
            digest=self.kernel.vault.digest(content),
        )
        petitions: Streams[domain.Petition] = self.petitions_for(call)
        try:
            if isinstance(letter.command, domain.RegisterPetition):
                return self._register(petitions, letter.command)
            return petitions.transact(
                letter.command.file, domain.record_outside_decision, letter.command
            )
        except Refused as refusal:
            raise agencies.refused(letter, refusal) from None

    def _reject(self, message: RawMessage, unfit: agencies.Unfit) -> None:
        """Keep the message, tell those who watch, tell its sender: in this order."""
        kernel, now = self.kernel, self.kernel.clock.now()
        agency = agencies.agency_of(message)
        reference = rejections.reference_of(message, kernel.vault)
        rejections.keep(kernel.client, kernel.vault, message, unfit, reference, now)
        log.warning(
            "message_rejected",
            agency=agency,
            reference=reference,
            codes=[reason.code for reason in unfit.reasons],
        )
        notice = {
            "reference": reference,
            "agency": agency,
            "reasons": agencies.told(unfit.reasons),
        }
        self.publisher.publish(
            orjson.dumps(notice),
            exchange=REJECTED,
            routing_key=agency or rejections.UNKNOWN,
            message_id=reference,
            content_type="application/json",
            content_encoding="utf-8",
            mandatory=False,
        )
        if agency:
            self._answer(agency, agencies.rejection(unfit, reference, now))

    def _answer(self, agency: str, cloud_event: bytes) -> None:
        try:
            self.publisher.publish(
                cloud_event,
                exchange=ANSWERS,
                routing_key=replies_queue(agency),
                content_type="application/cloudevents+json",
                content_encoding="utf-8",
            )
        except UndeliverableMessage:
            # The fact is in the ledger all the same, and sending it again would not help.
            log.error("reply_queue_missing", agency=agency)


def _command(said: schemas.OwnRegistration, call: Call, path: str = "") -> domain.RegisterPetition:
    return schemas.registration(
        said,
        file=file_number("petition", call.authority, call.commit_id),
        channel=said.channel,
        received_on=said.received_on,
        path=path,
    )


def _named(category: str, answer: dict[str, Any]) -> dict[str, Any]:
    """The answer with the stream's number under its own name."""
    return {category: answer["file"]} | {name: answer[name] for name in ("version", "position")}


def _candidate(match: similarity.Match, other: similarity.Likeness) -> dict[str, Any]:
    return {
        "file": match.file,
        "received_on": other.received_on.isoformat(),
        "kind": other.kind and other.kind.value,
        "field": other.field and other.field.value,
        "score": match.score,
        "relation": match.relation.value,
        "reasons": [
            {"code": reason.value, "text": similarity.SENTENCES[reason]} for reason in match.reasons
        ],
    }


def _period(period: chair_days.Period, today: date) -> dict[str, Any]:
    return {
        "unit": period.unit,
        "from": period.first.isoformat(),
        "to": period.last.isoformat(),
        "required": period.required,
        "days": [day.isoformat() for day in period.days],
        "missing": period.missing,
        "is_over": period.last < today,
        "source": period.source,
    }


def _is_other(session: chair_days.Session) -> bool:
    return session.host is Host.CHAIR and not session.counts


def _other(session: chair_days.Session) -> dict[str, Any]:
    return {
        "day": session.held_on.isoformat(),
        "kind": session.kind.value,
        "mode": session.mode.value,
    }
