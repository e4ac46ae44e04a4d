"""One JSON object a line on standard output, with service, correlation and causation in each.

Personal data has no way in: what is logged are ids, counts and stable codes, and of an exception
only its type and place, since its text may hold what somebody sent.
"""

import logging
import sys
import traceback
from typing import Any

import structlog

from shared.errors import HoleInLog, LogUnavailable, Malformed, Refused

_SPEAKING = (Refused, LogUnavailable, HoleInLog)  # whose text is known to hold no value


def configure(service: str, level: int = logging.INFO) -> None:
    """Send structlog's and every library's lines through one JSON formatter; call once."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _without_values,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.addFilter(_without_exception_text)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    structlog.contextvars.bind_contextvars(service=service)
    root = logging.getLogger()
    root.handlers, root.level = [handler], level
    for noisy in ("amqp", "pika", "kombu"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _told(error: BaseException) -> str:
    """What may be logged of an exception."""
    if isinstance(error, Malformed):  # a field's name was chosen by the sender; its code was not
        codes = {message.split(":")[0] for told in error.errors.values() for message in told}
        return f"Malformed: {', '.join(sorted(codes))}"
    return str(error) if isinstance(error, _SPEAKING) else type(error).__name__


def _without_exception_text(record: logging.LogRecord) -> bool:
    """Libraries format exceptions into their lines: put `_told` in the place of the text."""
    if isinstance(record.args, tuple):
        record.args = tuple(
            _told(value) if isinstance(value, BaseException) else value for value in record.args
        )
    return True


def _without_values(_logger: Any, _method: str, event: Any) -> Any:
    """Put the type and place of an exception in the place of its text."""
    told = event.pop("exc_info", None)
    if told is True:
        told = sys.exc_info()
    if isinstance(told, BaseException):
        told = (type(told), told, told.__traceback__)
    if isinstance(told, tuple) and told[0] is not None:
        event["exception"] = told[0].__name__
        event["told"] = _told(told[1])
        event["at"] = [
            f"{frame.filename}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(told[2])[-4:]
        ]
    return event


def get(name: str) -> Any:
    """The logger of a module."""
    return structlog.get_logger(name)
