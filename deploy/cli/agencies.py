"""What other systems need: to be let in, and to publish."""

import json
from collections.abc import Mapping
from typing import IO, Any

import click

from deploy.cli.frame import NO, Caller, asking, main, progress_bar
from deploy.errors import BadInput, Unreachable


@main.command()
@click.argument("name")
@asking
def agency(caller: Caller, name: str) -> None:
    """Let another system in at the running stack's broker, under NAME such as `tinh`.

    Prints the file that holds its AMQP address: with a password, or with --tls the names of its
    certificate's files, which it needs too. Run again, it changes nothing.
    """
    from deploy.stack import Stack

    login = Stack().add_agency(name)
    caller.show({"agency": name, "login": str(login)}, lambda: str(login))


@main.command()
@click.argument("file", type=click.File("rb"))
@click.option("--agency", default="portal", show_default=True, help="In whose name to publish.")
@click.option(
    "--wait",
    "wait_s",
    type=click.FloatRange(0, 600),
    default=10.0,
    show_default=True,
    help="Seconds to wait for the answers; 0 does not wait.",
)
@asking
def publish(caller: Caller, file: IO[bytes], agency: str, wait_s: float) -> None:
    """Send the CloudEvents of FILE (one object, or a list) to the agencies exchange.

    Waits for the answer to each: its file number, or the reasons why it was rejected (exit 1).
    """
    events = _cloud_events(file)
    from deploy.client import Agency

    with Agency(agency) as publisher, progress_bar() as progress:
        task = progress.add_task("waiting for answers", total=len(events), visible=wait_s > 0)
        for event in events:
            publisher.publish(event)
        ids = [event["id"] for event in events]
        answers = publisher.answers(ids, wait_s, lambda answer: progress.advance(task))
    told = [
        {"id": id, "status": "unanswered"}
        if id not in answers
        else {
            "id": id,
            "status": "acknowledged" if answers[id].is_accepted else "rejected",
            **answers[id].data,
        }
        for id in dict.fromkeys(ids)
    ]
    caller.show({"events": told}, lambda: "\n".join(map(_answer_line, told)))
    if any(each["status"] == "rejected" for each in told):
        raise SystemExit(NO)
    if wait_s and len(answers) < len(told):
        raise Unreachable(f"no answer within {wait_s:g} s: see `donthu status`")


def _answer_line(told: Mapping[str, Any]) -> str:
    match told["status"]:
        case "acknowledged":
            return f"{told['id']}: mã hồ sơ {told['file']}, vị trí {told['position']} trong sổ"
        case "rejected":
            reasons = [
                f"  {reason['field']}: {reason['message']} ({reason['code']})"
                for reason in told["reasons"]
            ]
            return "\n".join(
                (f"{told['id']}: bị từ chối, số tra cứu {told['reference']}", *reasons)
            )
        case _:
            return f"{told['id']}: đã gửi, chưa có trả lời"


def _cloud_events(file: IO[bytes]) -> list[dict[str, Any]]:
    try:
        read = json.loads(file.read().decode())
    except ValueError as error:
        raise BadInput(f"{file.name} is not JSON in UTF-8: {error}") from None
    events = read if isinstance(read, list) else [read]
    for number, event in enumerate(events, start=1):
        for name in ("id", "type"):
            if not isinstance(event, dict) or not isinstance(event.get(name), str):
                raise BadInput(f"{file.name}: event {number} is no CloudEvent: it needs a {name}")
    if not events:
        raise BadInput(f"{file.name} holds no event")
    return events
