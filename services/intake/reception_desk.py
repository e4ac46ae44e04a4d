"""Citizen reception and mediation as RabbitMQ sees them: the ways in that are about no petition.

Rules are in `receptions`, `chair_days` and `mediations`, shapes in `reception_schemas`.
"""

from datetime import date
from typing import Any

from services.intake import domain, mediations, queries, receptions
from services.intake import reception_schemas as schemas
from services.intake.projections import RECEPTIONS
from services.intake.refusals import refuse
from shared import chair_days
from shared.calling import command
from shared.contracts.receptions import Host
from shared.event_sourcing import Streams, file_number
from shared.providers import CallProvider, GateProvider, KernelProvider, Stream, View
from shared.wire import read


class ReceptionDesk:
    """The part of the intake service that receives citizens (tiếp công dân)."""

    petitions: Streams[domain.Petition]
    sessions = Stream("reception", initial=receptions.Reception(), evolve=receptions.evolve)
    mediated = Stream("mediation", initial=mediations.Mediation(), evolve=mediations.evolve)
    reception_table = View(RECEPTIONS)
    kernel = KernelProvider()
    call = CallProvider()
    gate = GateProvider()

    @command
    def schedule_reception(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Put a session on the schedule and post it (niêm yết lịch tiếp công dân).

        Payload: posted_on, held_on, kind (thuong_xuyen, dinh_ky, dot_xuat); optional mode
        (truc_tiep, truc_tuyen), host (chu_tich, uy_quyen, can_bo). Answer: {reception, version,
        position}. Refusals: online_not_yet_lawful, chair_cannot_delegate, posted_after_session,
        posted_too_late, online_notice_too_late, outside_calendar, already_scheduled.
        """
        calendar = self.kernel.calendars.of(self.call.authority)
        said = schemas.scheduling(payload, self._new("reception"), calendar.now)
        return self._receive(receptions.schedule_reception, said)

    @command
    def postpone_reception(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Hold a session on a later day (hoãn tiếp công dân) and tell so.

        Payload: reception, posted_on, held_on. Refusals: unknown_reception, session_under_way,
        not_postponed.
        """
        return self._receive(receptions.postpone_reception, read(schemas.POSTPONE, payload))

    @command
    def record_online_test(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Note a test of the connection before an online session (kiểm tra kết nối).

        Due one working day before the session; one that failed does not count. Payload: reception,
        tested_on, result; optional done (what was done; sealed). Answer: {reception, version,
        position}. Refusals: unknown_reception, test_only_online, tested_after_session.
        """
        test = schemas.online_test(payload)
        return self._receive(receptions.record_online_test, test)

    @command
    def record_reception(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Enter somebody in the reception book (vào sổ tiếp công dân).

        Payload: received_on, person (as a petitioner of `register_petition`), content; optional
        reception (a session on the schedule, whose kind, mode and host it has), kind, mode, host,
        people, representatives, matter, file (the petition that came of it); of who comes for
        somebody else: represented, capacity, document_on (the day of the paper that proves it).
        Answer: {reception, turn, version, position}. Refusals: unknown_reception, not_scheduled,
        not_on_session_day, unknown_file, online_not_yet_lawful, chair_cannot_delegate,
        representatives_missing, too_many_representatives, authority_not_proven.
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
        said = read(schemas.NOTIFY, payload)
        for turn in self.sessions.state(said.reception).turns:
            if turn.turn == said.turn and turn.file and self.gate.is_kept_from(turn.file):
                refuse("unknown_turn")
        return self._receive(receptions.notify_result, said)

    @command
    def chair_reception_days(self, payload: dict[str, Any]) -> dict[str, Any]:
        """The days on which the chair received in person, against the law: 1 a week until 30 June
        2026, 2 a month from then on; periodic sessions in person that were held.

        Payload: from, to (at most five years). Answer: from, to, required, held, missing,
        periods: unit (week, month), from, to, required (0 for a part of a week or month), days,
        missing, is_over, rule, source; other: sessions by the chair that do not count, with day,
        kind and mode.
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

    def _receive(self, decide: Any, said: Any) -> dict[str, Any]:
        return _named("reception", self.sessions.transact(said.reception, decide, said))

    def _new(self, category: str) -> str:
        """The number of a new stream: the same for the same request."""
        return file_number(category, self.call.authority, self.call.commit_id)

    def _is_known(self, file: str | None) -> bool:
        return file is None or self.petitions.state(file).received is not None


def _named(category: str, answer: dict[str, Any]) -> dict[str, Any]:
    """The answer with the stream's number under its own name."""
    return {category: answer["file"]} | {name: answer[name] for name in ("version", "position")}


def _period(period: chair_days.Period, today: date) -> dict[str, Any]:
    return {
        "unit": period.unit,
        "from": period.first.isoformat(),
        "to": period.last.isoformat(),
        "required": period.required,
        "days": [day.isoformat() for day in period.days],
        "missing": period.missing,
        "is_over": period.last < today,
        "rule": period.rule,
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
