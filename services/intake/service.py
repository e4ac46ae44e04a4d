"""The intake service as RabbitMQ sees it: one short method for each way in.

Rules are in `domain`, shapes in `schemas`, what other systems may write in `agencies`. Those about
citizen reception and mediation are in `reception_desk`, reading what is sealed in `reading_desk`,
who denounced in `identity_desk`, erasing in `erasing_desk`.
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
    domain,
    erasing_desk,
    identity_desk,
    links,
    outcomes,
    proxies,
    queries,
    reading_desk,
    reception_desk,  # as a module: nameko runs every class with ways in that it finds here
    registration_schemas,
    rejections,
    schemas,
    similarity,
    withdrawals,
)
from services.intake.projections import PETITIONS
from shared import contracts, logs
from shared.calling import command, rpc
from shared.errors import Refused
from shared.event_sourcing import Call, Streams, derived_id, file_number
from shared.ledger import Recorded, flatten
from shared.listening import RawMessage, inbox, listen
from shared.providers import CrewProvider, Stream, StreamMaker, View
from shared.queues import ANSWERS, REJECTED, replies_queue
from shared.wire import read

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


class IntakeService(
    reception_desk.ReceptionDesk,
    reading_desk.ReadingDesk,
    identity_desk.IdentityDesk,
    erasing_desk.ErasingDesk,
):
    """Takes petitions in and says what becomes of each (tiếp nhận, phân loại, xử lý đơn).

    Every command answers with the file number, the version of the petition's stream and the
    position in the ward's ledger; those on citizen reception and mediation with `reception` or
    `mediation` in place of `file`. Refusal codes are listed in `refusals.REFUSALS`.
    """

    name = "intake"

    petitions = Stream("petition", initial=domain.Petition(), evolve=domain.evolve)
    petitions_for = StreamMaker("petition", initial=domain.Petition(), evolve=domain.evolve)
    petition_table = View(PETITIONS)
    crew = CrewProvider()
    publisher = PublisherProvider()

    @command
    def register_petition(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Take a petition in under a new file number (tiếp nhận đơn).

        Payload: channel, received_on, petitioners ([] = anonymous), subject, content;
        optional claimed_kind, claimed_field, respondents, people, is_signed, is_remote, originals,
        neighbourhood, repeats, proxies (who acts for a petitioner, as in `record_authorisation`),
        transferred_by (the authority that handed it over, never a person), first_received_on (by
        that authority).
        Answer: {file, version, position}. Refusals: command_repeated.
        """
        said: registration_schemas.OwnRegistration = read(registration_schemas.REGISTER, payload)
        file = file_number("petition", self.call.authority, self.call.commit_id)
        command = registration_schemas.own_registration(said, file=file)
        streams: Streams[domain.Petition] = self.petitions
        return streams.begin(command.file, domain.register_petition, command)

    @command
    def import_backlog(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Take in what was there before this system (hồ sơ tồn đọng), with its old dates.

        Payload: batch (a name of the caller's), petitions (1 to 200 as for register_petition,
        channel ton_dong). Answer: {files} in the same order. All are checked before the first is
        stored. The same batch sent again finishes what was left undone and stores nothing twice;
        a petition is known by its place in the batch. Refusals: command_repeated.
        """
        said = registration_schemas.backlog(payload)
        calls = [
            replace(
                self.call,
                commit_id=derived_id("backlog", self.call.authority, said.batch, f"{number}"),
                digest=self.kernel.vault.digest(row),
            )
            for number, row in enumerate(payload["petitions"])
        ]
        commands = [
            registration_schemas.own_registration(
                petition,
                file=file_number("petition", call.authority, call.commit_id),
                path=f"petitions.{number}.",
            )
            for number, (petition, call) in enumerate(zip(said.petitions, calls, strict=True))
        ]
        answers = [
            self.petitions_for(call).begin(each.file, domain.register_petition, each)
            for each, call in zip(commands, calls, strict=True)
        ]
        return {"files": [answer["file"] for answer in answers]}

    @command
    def classify(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Judge kind, field, competence and conditions (phân loại đơn); may be corrected until the
        petition is handled.

        Payload: file, classified_on, kind, field, is_competent, meets_conditions; optional flags,
        needs_longer_check, is_disciplinary and is_dismissal (complaint about a disciplinary
        decision), about_rules (recommendation or feedback about administrative rules, NĐ 20/2008:
        forwarded within 5 working days if not ours), is_second (khiếu nại lần hai), is_verifiable
        (denunciation that names the violator, has evidence and can be checked), has_appointment
        (of a group's representatives), respondent (whom it is about), respondent_officers (ids of
        those kept away from the file; those named before, unless told). Refusals: unknown_file,
        already_handled, date_before_receipt, longer_check_only_denunciation,
        verifiable_only_denunciation, disciplinary_only_complaint, second_only_complaint,
        rules_only_recommendation, second_level_is_province, province_is_competent.
        """
        classification = read(schemas.CLASSIFY, payload)
        return self._transact(domain.classify_petition, classification)

    @command
    def accept(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Take the petition up for settlement (thụ lý).

        Payload: file, accepted_on. Refusals: unknown_file, not_classified, already_handled,
        date_before_receipt, date_before_classification, not_competent, conditions_not_met,
        anonymous_complaint, anonymous_denunciation, denouncer_not_individual, not_signed,
        representatives_missing, too_many_representatives, appointment_missing, withdrawn,
        authorisation_missing, authorisation_not_certified, several_authorised.
        """
        return self._transact(outcomes.accept_petition, read(schemas.ACCEPT, payload))

    @command
    def record_authorisation(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Note who acts for petitioners from now on (ủy quyền khiếu nại, Mẫu 02), instead of whom
        they had named; before acceptance or after.

        Payload: file, recorded_on, proxies: people with acts_for (p1 unless given), capacity,
        document_on (the day of the paper), attestation, content (its number if each is given
        another one; 0: all). Refusals: unknown_file, unknown_party, date_before_receipt,
        heir_by_succession, already_handled, authorisation_missing, authorisation_not_certified,
        several_authorised.
        """
        return self._transact(proxies.record_authorisation, schemas.authorisation(payload))

    @command
    def record_succession(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Note that a complainant died and the heirs go on (thừa kế quyền khiếu nại).

        They go on under the same ref (p1 …), whatever comes. Payload: file, succeeded_on, of,
        died_on, heirs: people with document_on (the day of the paper that proves the inheritance).
        Refusals: unknown_file, unknown_party, date_before_receipt, succession_only_complaint,
        already_handled, already_succeeded, date_before_death, inheritance_not_proven.
        """
        return self._transact(proxies.record_succession, schemas.succession(payload))

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
    def record_check_result(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Note what a check came to (kết quả thanh tra, kiểm tra); with it the file ends.

        Payload: file, reported_on, result, findings (sealed); referred_to (the authority), if the
        result is `chuyen_co_quan_khac`. Refusals: unknown_file, check_not_ordered,
        check_already_reported, date_before_check, referral_not_named.
        """
        return self._transact(outcomes.record_check_result, schemas.check_result(payload))

    @command
    def file_away(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Keep the petition without handling it (lưu đơn).

        Payload: file, filed_on, ground (a code of `outcomes.FilingGround`; `da_huong_dan_tra_loi`
        if it is linked to an earlier file of the same content that was guided or answered).
        Refusals: unknown_file, not_classified, already_handled, date_before_receipt,
        date_before_classification, conditions_met, check_is_due, not_withdrawn,
        not_answered_before.
        """
        said: schemas.Filing = read(schemas.FILE_AWAY, payload)
        filing = schemas.filing(said, self._answered(said))
        return self._transact(outcomes.file_away_petition, filing)

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
        asker = self.call.actor
        same_people = [
            other.file
            for other in register.of(register.files_of_people(asked.file))
            if similarity.may_compare_people(new, other, asker)
        ]
        near = register.near(new, same_people)
        readable = [file for file in near if self.gate.may("intake.suggest_duplicates", file)]
        others = {other.file: other for other in register.of(readable)}
        found = similarity.best(new, others.values(), same_people, asked.limit, asker)
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
        unknown_file, linked_to_itself, other_came_later, already_linked,
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

    @timer(interval=CATCH_UP_S)
    def keep_tables(self) -> None:
        """Fold what is new of this instance's wards: a question finds little left to fold."""
        news = self.kernel.news.take()
        self.petition_table.catch_up_all(news, self.crew.has)
        self.reception_table.catch_up_all(news, self.crew.has)
        self.mediation_table.catch_up_all(news, self.crew.has)

    @rpc
    def health(self) -> dict[str, Any]:
        """Whether the service answers and reaches its database: {service, database, tables}."""
        self.kernel.client.admin.command("ping")
        tables = (self.petition_table, self.reception_table, self.mediation_table)
        return {
            "service": self.name,
            "database": "ok",
            "tables": [table.standing() for table in tables],
        }

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

    @listen(
        intake=[name for name in agencies.STATUSES if contracts.OWNER[name] == "intake"],
        assignment=[name for name in agencies.STATUSES if contracts.OWNER[name] == "assignment"],
    )
    def when_petition_moves_on_then_tell_its_sender(self, event: Recorded) -> None:
        """Whoever sent the petition over the broker hears what becomes of it, and nothing else."""
        petition = flatten(self.kernel.log.read(event.authority, f"petition-{event.file}"))
        received = contracts.load(petition[0].type, petition[0].data)
        if received.source is not None:
            answer = agencies.status_changed(event, received.source)
            self._answer(received.source.agency, answer)

    def seal_for_parking(self, raw: bytes) -> bytes:
        return bytes(self.kernel.vault.seal_bytes(_PARKED, raw))

    def digest_for_parking(self, told: str) -> str:
        digest: str = self.kernel.vault.digest(told)
        return digest

    def open_parked(self, sealed: bytes) -> bytes:
        opened = self.kernel.vault.open_bytes(_PARKED, sealed)
        if not isinstance(opened, bytes):
            raise LookupError("this parked message was erased")
        return opened

    def _transact(self, decide: Any, said: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.petitions.transact(said.file, decide, said)
        return answer

    def _answered(self, said: schemas.Filing) -> dict[str, date]:
        """Of the files with the same content: when each was guided or answered, if it was."""
        if said.ground is not outcomes.FilingGround.ANSWERED_BEFORE:
            return {}
        found = {
            file: outcomes.answered_on(self.petitions.state(file), self._concluded_on(file))
            for file in outcomes.same_content(self.petitions.state(said.file))
            if self.gate.may("intake.file_away", file)  # else the answer would tell of it
        }
        return {file: day for file, day in found.items() if day is not None}

    def _concluded_on(self, file: str) -> date | None:
        """When assignment recorded the decision or conclusion on this file, if it did."""
        case = flatten(self.kernel.log.read(self.call.authority, f"case-{file}"))
        decided = [event for event in case if event.type == "DecisionIssued"]
        return date.fromisoformat(decided[-1].data["decided_on"]) if decided else None

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
                command = letter.command
                return petitions.begin(command.file, domain.register_petition, command)
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
