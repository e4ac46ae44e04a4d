"""Who denounced, as RabbitMQ sees it: asked for, allowed, seen, protected.

Rules are in `identities`, shapes in `identity_schemas`. Whoever asks and sees is in
the ledger, which does not hold what was seen. What a file says is read at the `reading_desk`.
"""

from dataclasses import replace
from typing import Any, Final
from uuid import uuid4

from services.intake import domain, identities, unsealing
from services.intake import identity_schemas as schemas
from services.intake.refusals import refuse
from shared import logs
from shared.access.gate import number_in
from shared.calling import command
from shared.contracts.petitions import Role
from shared.errors import Refused
from shared.event_sourcing import Streams, file_number
from shared.ledger import Recorded, flatten
from shared.personal import Erased, Personal
from shared.providers import CallProvider, GateProvider, KernelProvider, Stream, StreamMaker
from shared.wire import read

log = logs.get(__name__)

_DIGITS: Final = 12  # of a number of a file or a request

#: Attempts at these are kept in the ledger, granted or not.
ATTEMPTS = (
    "request_identity",
    "approve_identity_release",
    "refuse_identity_release",
    "view_identity",
    "identity_requests",
)


class IdentityDesk:
    """The part of the intake service that guards who denounced."""

    petitions: Streams[domain.Petition]
    identity = Stream("identity", initial=identities.Identity(), evolve=identities.evolve)
    identity_for = StreamMaker("identity", initial=identities.Identity(), evolve=identities.evolve)
    kernel = KernelProvider()
    call = CallProvider()
    gate = GateProvider()

    @command
    def request_identity(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Ask to learn who denounced (đề nghị xem danh tính người tố cáo); somebody else decides.

        Payload: file, purpose (xac_minh_danh_tinh, lam_viec_voi_nguoi_to_cao, thong_bao, bao_ve,
        co_quan_dieu_tra), reason (sealed). Answer: {file, request, version, position}. Refusals:
        unknown_file, identity_not_sealed.
        """
        asked: schemas.Asking = read(schemas.ASK, payload)
        number = file_number("identity", self.call.authority, self.call.commit_id)
        said = identities.RequestIdentity(
            file=asked.file,
            request=number,
            by=self.call.actor,
            requested_on=self.kernel.clock.today(),
            purpose=asked.purpose,
            is_denunciation=self._is_denunciation(asked.file),
            personal=Personal({"reason": {"text": asked.reason}}),
        )
        return self._kept(identities.request_identity, said, None) | {"request": number}

    @command
    def identity_requests(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Who asked to learn who denounced, and why: all requests to whoever may decide on them,
        to anybody else their own.

        Payload: file. Answer: {file, requests, version, position}; requests, the first one first:
        request, by, requested_on, purpose, reason, state (cho_quyet_dinh, dong_y, het_han,
        khong_dong_y). An erased reason reads `[đã xóa]`. Refusals: unknown_file.
        """
        asked: schemas.OfFile = read(schemas.OF_FILE, payload)
        decides = self.gate.may("intake.approve_identity_release", asked.file)
        by, identity = self.call.actor, self.identity.state(asked.file)
        requests = identities.readable(identity, by, decides=decides)
        said = identities.ReadReasons(
            file=asked.file,
            by=by,
            read_on=self.kernel.clock.today(),
            requests=tuple(requests),
        )
        # As with `view_identity`: each look is kept, before anything is opened.
        done = self._kept(identities.read_reasons, said, None, self._streams())
        log.info(
            "identity_requests_read",
            actor=by,
            authority=self.call.authority,
            file=asked.file,
            requests=said.requests,
        )
        reasons, now = self._reasons(asked.file), self.kernel.clock.now()
        told = [
            {
                "request": number,
                "by": request.by,
                "requested_on": request.requested_on.isoformat(),
                "purpose": request.purpose.value,
                "reason": reasons[number],
                "state": request.state(now).value,
            }
            for number, request in requests.items()
        ]
        return done | {"requests": told}

    @command
    def approve_identity_release(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Let whoever asked learn who denounced, for 24 hours.

        Payload: file, request. Answer: {file, version, position}. Refusals: unknown_file,
        unknown_request, own_request, request_decided.
        """
        asked: schemas.OfRequest = read(schemas.OF_REQUEST, payload)
        said = identities.ApproveIdentityRelease(
            file=asked.file,
            request=asked.request,
            by=self.call.actor,
            at=self.kernel.clock.now(),
            approved_on=self.kernel.clock.today(),
        )
        return self._kept(identities.approve_identity_release, said, asked.request)

    @command
    def refuse_identity_release(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Turn a request down.

        Payload: file, request, ground (khong_can_thiet, xung_dot_loi_ich, muc_dich_khong_ro).
        Answer: {file, version, position}. Refusals: unknown_file, unknown_request, own_request,
        request_decided.
        """
        asked: schemas.TurningDown = read(schemas.TURN_DOWN, payload)
        said = identities.RefuseIdentityRelease(
            file=asked.file,
            request=asked.request,
            by=self.call.actor,
            refused_on=self.kernel.clock.today(),
            ground=asked.ground,
        )
        return self._kept(identities.refuse_identity_release, said, asked.request)

    @command
    def view_identity(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Who denounced, for whoever asked and was allowed, until the time is over.

        Payload: file, request. Answer: {file, people, version, position}. Refusals: unknown_file,
        unknown_request, not_your_request, release_not_approved, release_over.
        """
        asked: schemas.OfRequest = read(schemas.OF_REQUEST, payload)
        petition = self.petitions.state(asked.file)
        domain.received_of(petition)
        refs = tuple(self._sender_refs(petition))
        said = identities.ViewIdentity(
            file=asked.file,
            request=asked.request,
            by=self.call.actor,
            at=self.kernel.clock.now(),
            viewed_on=self.kernel.clock.today(),
            parts=refs,
        )
        # Each look is judged and kept by itself: the key of an earlier one opens nothing.
        done = self._kept(identities.view_identity, said, asked.request, self._streams())
        people = self._people(asked.file)  # after it is on record, never before
        return done | {"people": {ref: people[ref] for ref in refs if ref in people}}

    @command
    def record_protection(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Note how the protection of a denouncer stands (bảo vệ người tố cáo).

        Payload: file, recorded_on, measure (bi_mat_thong_tin, vi_tri_cong_tac_viec_lam,
        tinh_mang_suc_khoe_tai_san), status (de_nghi, ap_dung, tu_choi,
        chuyen_co_quan_co_tham_quyen, cham_dut); optional people (protected), text (sealed).
        Answer: {file, version, position}. Refusals: unknown_file, protection_only_denunciation,
        protection_not_requested.
        """
        asked: schemas.Protecting = read(schemas.PROTECT, payload)
        text = Personal({"text": {"content": asked.text}}) if asked.text else Personal.nothing()
        said = identities.RecordProtection(
            file=asked.file,
            recorded_on=asked.recorded_on,
            measure=asked.measure,
            status=asked.status,
            people=asked.people,
            is_denunciation=self._is_denunciation(asked.file),
            personal=text,
        )
        answer: dict[str, Any] = self.identity.transact(
            asked.file, identities.record_protection, said
        )
        return answer

    def when_denied(self, method: str, payload: Any, refusal: Refused) -> None:
        """Keep an attempt that the policies did not let through."""
        said = payload if isinstance(payload, dict) else {}
        file, request = (_number(said.get(name)) for name in ("file", "request"))
        if method in ATTEMPTS and file and self._exists(file):
            self._deny(file, method, refusal.code, request)

    def _kept(
        self,
        decide: Any,
        said: Any,
        request: str | None,
        streams: Streams[identities.Identity] | None = None,
    ) -> dict[str, Any]:
        """Carry it out; what a rule refuses is kept as an attempt."""
        if not self._exists(said.file):
            refuse("unknown_file")
        try:
            answer: dict[str, Any] = (streams or self.identity).transact(said.file, decide, said)
        except Refused as refusal:
            self._deny(said.file, decide.__name__, refusal.code, request)
            raise
        return answer

    def _deny(self, file: str, attempt: str, code: str, request: str | None) -> None:
        said = identities.DenyAccess(
            file=file,
            by=self.call.actor,
            denied_on=self.kernel.clock.today(),
            attempt=attempt,
            code=code,
            request=request,
        )
        self._streams().transact(file, identities.deny_access, said)

    def _streams(self) -> Streams[identities.Identity]:
        """For an attempt that is kept by itself, also under the key of an earlier one."""
        streams: Streams[identities.Identity] = self.identity_for(
            replace(self.call, commit_id=uuid4().hex)
        )
        return streams

    def _exists(self, file: str) -> bool:
        return self.petitions.state(file).received is not None

    def _is_denunciation(self, file: str) -> bool:
        return self.petitions.state(file).was_denunciation

    def _people(self, file: str) -> dict[str, Any]:
        """Who is named in the petition, by part."""
        events = flatten(self.kernel.log.read(self.call.authority, f"petition-{file}"))
        shown = unsealing.shown(unsealing.opened(self.kernel.vault, events), None)
        return {part.name: words for part, words in shown if part.is_of_person}

    def _reasons(self, file: str) -> dict[str, str]:
        """Of each request for who denounced: why."""
        reasons = {}
        event: Recorded
        for event in flatten(self.kernel.log.read(self.call.authority, f"identity-{file}")):
            if event.type == "IdentityRequested":
                told = self.kernel.vault.open(self.call.authority, event.stream, event.sealed)
                reason = told["reason"]
                reasons[event.data["request"]] = (
                    str(reason) if isinstance(reason, Erased) else reason["text"]
                )
        return reasons

    def _sender_refs(self, petition: domain.Petition) -> list[str]:
        parties = domain.received_of(petition).parties
        senders = [party.ref for party in parties if party.role is not Role.RESPONDENT]
        return [*senders, *(proxy.ref for proxy in petition.proxies)]


def _number(said: object) -> str | None:
    """What can be a file or a request; anything else was never checked and is not kept."""
    number = number_in(said)
    return number if number and len(number) == _DIGITS else None
