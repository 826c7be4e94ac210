"""Days in a query: written as 2012-07-29 and in no other way, though libraries would read a number as one."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any

from fastapi import Depends, Query

from legation.errors import Finding, InvalidError, Severity


def _written(description: str, **more: Any) -> Any:  # noqa: ANN401 - a mark for the framework
    return Query(description=description, pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", json_schema_extra=DATE, **more)


DATE: dict[str, Any] = {"format": "date"}


def _own(on: Annotated[str | None, _written("On this day; the case's own where left out.")] = None) -> date | None:
    return _day("on", on) if on else None


def _today(on: Annotated[str | None, _written("On this day; today where left out.")] = None) -> date:
    return _day("on", on) if on else datetime.now(UTC).date()


def _first(first: Annotated[str, _written("A day.", examples=["2011-01-01"])]) -> date:
    return _day("first", first)


def _second(second: Annotated[str, _written("Another day.", examples=["2012-01-01"])]) -> date:
    return _day("second", second)


def _day(name: str, text: str) -> date:
    """Read a day; raise InvalidError for one that no calendar has."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        message = f"{name}: there is no such day"
        remedy = "Correct it and send it again."
        found = Finding("invalid-field", Severity.ERROR, "query", message, remedy, column=name, value=text)
        raise InvalidError(message, (found,)) from error


On = Annotated[date | None, Depends(_own)]
OnToday = Annotated[date, Depends(_today)]
First = Annotated[date, Depends(_first)]
Second = Annotated[date, Depends(_second)]
