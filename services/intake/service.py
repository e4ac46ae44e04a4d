"""The intake service as RabbitMQ sees it: one short method for each way in.

Rules are in `domain`, shapes in `schemas`, what other systems may write in `agencies`.
"""

from dataclasses import replace
from typing import Any

import orjson
from nameko.amqp.publish import Publisher, UndeliverableMessage
from nameko.constants import AMQP_SSL_CONFIG_KEY, LOGIN_METHOD_CONFIG_KEY
from nameko.extensions import DependencyProvider

from services.intake import agencies, domain, rejections, schemas
from shared import logs
from shared.errors import Refused
from shared.event_sourcing import Call, Streams, derived_id, file_number
from shared.listening import RawMessage, inbox
from shared.providers import CallProvider, KernelProvider, Stream, StreamMaker, command, rpc
from shared.queues import REJECTED, replies_queue
from shared.wire import read

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
    position in the ward's ledger. Refusal codes are listed in `domain.REFUSALS`.
    """

    name = "intake"

    petitions = Stream("petition", initial=domain.Petition(), evolve=domain.evolve)
    petitions_for = StreamMaker("petition", initial=domain.Petition(), evolve=domain.evolve)
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
        needs_longer_check. Refusals: unknown_file, already_handled, date_before_receipt,
        longer_check_only_denunciation.
        """
        classification = read(schemas.CLASSIFY, payload)
        return self._transact(domain.classify_petition, classification)

    @command
    def accept(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Take the petition up for settlement (thụ lý).

        Payload: file, accepted_on. Refusals: unknown_file, not_classified, already_handled,
        date_before_receipt, date_before_classification, not_competent, conditions_not_met,
        anonymous_complaint, anonymous_denunciation, denouncer_not_individual, not_signed,
        representatives_missing, too_many_representatives.
        """
        return self._transact(domain.accept_petition, read(schemas.ACCEPT, payload))

    @command
    def refuse(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Do not take the petition up (không thụ lý).

        Payload: file, refused_on, ground (a code of `domain.RefusalGround`), reasons. Refusals:
        unknown_file, not_classified, already_handled, date_before_receipt,
        date_before_classification, not_competent, ground_not_for_kind.
        """
        return self._transact(domain.refuse_acceptance, schemas.refusal(payload))

    @command
    def guide(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Tell the petitioner whom to turn to (hướng dẫn).

        Payload: file, guided_on, competent_authority, guidance. Refusals: unknown_file,
        not_classified, already_handled, date_before_receipt, date_before_classification,
        is_competent, conditions_not_met, denunciation_is_forwarded, recommendation_is_forwarded.
        """
        return self._transact(domain.guide_petitioner, schemas.guidance(payload))

    @command
    def forward(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Send the petition to the competent authority (chuyển đơn).

        Payload: file, forwarded_on, competent_authority. Refusals: unknown_file, not_classified,
        already_handled, date_before_receipt, date_before_classification, is_competent,
        conditions_not_met, complaint_is_guided.
        """
        return self._transact(domain.forward_petition, read(schemas.FORWARD, payload))

    @command
    def file_away(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Keep the petition without handling it (lưu đơn).

        Payload: file, filed_on, ground (a code of `domain.FilingGround`). Refusals: unknown_file,
        not_classified, already_handled, date_before_receipt, date_before_classification,
        conditions_met.
        """
        return self._transact(domain.file_away_petition, read(schemas.FILE_AWAY, payload))

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
