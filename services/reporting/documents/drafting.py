"""A filled model letter as a document; pure."""

from services.reporting.documents.letters import Filled
from services.reporting.documents.paper import Foot, Head, Paper


def draft(filled: Filled, *, issuer: str | None, place: str | None) -> bytes:
    """The letter as DOCX, for the one who signs to read and complete."""
    letter = filled.letter
    paper = Paper(
        Head(
            issuer=issuer,
            number=filled.number(),
            symbol=letter.symbol,
            place=place,
            dated=filled.dated(),
            title=letter.title,
            subject=letter.subject,
            heading=letter.heading,
            form=letter.form,
        )
    )
    if letter.addressee:
        paper.addressed(filled.pieces(letter.addressee))
    for text in letter.body.strip().splitlines():
        paper.line(filled.pieces(text))
    recipients = [list(filled.pieces(recipient)) for recipient in letter.recipients]
    return paper.signed(Foot(signers=letter.signers, recipients=recipients))
