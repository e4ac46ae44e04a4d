"""Directive tasks (giao nhiệm vụ): who does what by when, done or not; stream `task-<id>`. Pure."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import assert_never

from services.assignment.case import not_before, require_consistent
from services.assignment.refusals import refuse
from shared.contracts.cases import Figures, TaskDone, TaskEvent, TaskSet, TaskTopic
from shared.directory import Directory
from shared.personal import Personal


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """A task, as far as it has come."""

    set: TaskSet | None = None
    done: TaskDone | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SetTask:
    """Give a unit something to do by a day (giao nhiệm vụ)."""

    task: str
    set_on: date
    due_on: date
    topic: TaskTopic
    unit: str
    directory: Directory
    officer: str | None = None
    personal: Personal = field(default_factory=Personal.nothing)  # text: what is to be done


@dataclass(frozen=True, kw_only=True, slots=True)
class FinishTask:
    """Report a task as done, with the figures for form 06/QLKNTC (hoàn thành nhiệm vụ)."""

    task: str
    done_on: date
    events: int = 0
    people: int = 0
    units: int = 0
    new_documents: int = 0
    amended_documents: int = 0
    repealed_documents: int = 0
    figures: Figures | None = None
    personal: Personal = field(default_factory=Personal.nothing)  # text: result


def set_task(command: SetTask, task: Task) -> list[TaskEvent]:
    """Set the task; its number comes from the request, so setting it again changes nothing.

    Raises: Refused: unknown_unit, officer_not_in_unit, due_before_start.
    """
    if task.set is not None:
        return []
    unit = command.directory.unit(command.unit)
    if unit is None:
        refuse("unknown_unit")
    if command.officer is not None and not unit.has(command.officer):
        refuse("officer_not_in_unit")
    if command.due_on < command.set_on:
        refuse("due_before_start")
    return [
        TaskSet(
            set_on=command.set_on,
            due_on=command.due_on,
            topic=command.topic,
            unit=command.unit,
            officer=command.officer,
            personal=command.personal,
        )
    ]


def finish_task(command: FinishTask, task: Task) -> list[TaskEvent]:
    """Record that the task was done, in time or not.

    Raises: Refused: unknown_task, task_done, date_before_previous_step, figures_inconsistent.
    """
    if task.set is None:
        refuse("unknown_task")
    if task.done is not None:
        refuse("task_done")
    not_before(command.done_on, task.set.set_on)
    require_consistent(command.figures)
    return [
        TaskDone(
            done_on=command.done_on,
            events=command.events,
            people=command.people,
            units=command.units,
            new_documents=command.new_documents,
            amended_documents=command.amended_documents,
            repealed_documents=command.repealed_documents,
            figures=command.figures,
            personal=command.personal,
        )
    ]


def evolve(task: Task, event: TaskEvent) -> Task:
    """The task after `event`."""
    match event:
        case TaskSet():
            return replace(task, set=event)
        case TaskDone():
            return replace(task, done=event)
        case _:
            assert_never(event)
