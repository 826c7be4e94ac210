"""Cells: what the text in a cell may say, what it then means, and how the same is written back."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Any

from legation.codec import suggest

YEARS = range(1600, 2201)
SERIALS = range(10_000, 80_000)  # day numbers of Excel between 1927 and 2119
MAGNITUDES = range(-330, 308)  # powers of ten that computers count with
ZERO_DAYS = {"1899-12-30", "1899-12-31", "1900-01-00", "1900-01-01"}  # what Excel makes of an empty or zero date
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]")
ERRORS = {"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"}


class CellError(Exception):
    """What a cell says cannot be used: a clause about it, and the remedy."""

    def __init__(self, clause: str, remedy: str) -> None:
        """Keep both."""
        super().__init__(clause)
        self.remedy = remedy


@dataclass(frozen=True)
class Cell:
    """One kind of cell: how its text is read, and how the value is written so that it reads the same."""

    read: Callable[[str], Any]
    write: Callable[[Any], str] = str
    numeric: bool = False


def text_of(number: float | Decimal) -> str:
    """Write a number in full unless it is beyond all measure, and whole numbers without a point."""
    if isinstance(number, Decimal):
        return format(number, "f") if abs(number.adjusted()) < 30 else str(number)
    return str(int(number)) if number == int(number) and abs(number) < 1e15 else repr(number)


def refuse_unusable(text: str) -> None:
    """Raise CellError for formulas and the errors they give, and for what no keyboard types: data are results."""
    if text.startswith("="):
        raise CellError("is a formula", "Put the result itself there: copy, then paste values.")
    if text.strip() in ERRORS:
        raise CellError("is an error of a spreadsheet", "Put the value itself there, or leave the cell empty.")
    if UNPRINTABLE.search(text):
        raise CellError("holds a character that cannot be printed", "Type the text again.")


# Numbers


def _decimal(text: str) -> Decimal:
    text = text.strip()
    if re.fullmatch(r"-?\d{1,3}([ ,'\u00a0\u202f]\d{3})+(\.\d+)?", text):
        plain = re.sub(r"[ ,'\u00a0\u202f]", "", text)
        raise CellError("is a number with separators", f"Write {plain}, or with a decimal point if it is a fraction.")
    if re.fullmatch(r"-?\d+,\d+", text):
        raise CellError("is a number with a decimal comma", f"Write {text.replace(',', '.')}, with a decimal point.")
    if text.endswith("%"):
        raise CellError("is a percentage", "Write it as a fraction: 0.25 for 25 %.")
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = None
    if number is None or "_" in text:
        raise CellError("is not a number", "Write a number such as 1250.5, or leave the cell empty if it is unknown.")
    if not number.is_finite():
        raise CellError("is not a finite number", "Write the number, or leave the cell empty if it is unknown.")
    if number.adjusted() not in MAGNITUDES:
        raise CellError("is too large or too small a number", "Write it in another unit.")
    return number


def _within(low: Decimal | int | None, high: Decimal | int | None, what: str) -> Callable[[str], Decimal]:
    def read(text: str) -> Decimal:
        number = _decimal(text)
        if (low is not None and number < low) or (high is not None and number > high):
            raise CellError(f"is not {what}", f"Write {what}.")
        return number

    return read


def _whole(low: int, what: str) -> Callable[[str], int]:
    def read(text: str) -> int:
        number = _decimal(text)
        if number != int(number) or number < low:
            raise CellError(f"is not {what}", f"Write {what}.")
        return int(number)

    return read


def _float(read: Callable[[str], Decimal]) -> Callable[[str], float]:
    return lambda text: float(read(text))


def _year(text: str) -> int:
    number = _decimal(text)
    if number != int(number) or int(number) not in YEARS:
        raise CellError("is not a year", f"Write a year from {YEARS[0]} to {YEARS[-1]}, such as 2012.")
    return int(number)


# Days


def _day(text: str) -> date:
    """Read YYYY, YYYY-MM or YYYY-MM-DD; a day not stated is the first."""
    text = text.strip()
    if text in ZERO_DAYS:
        raise CellError("is what a spreadsheet makes of no date", "Leave the cell empty if the day is unknown.")
    match = re.fullmatch(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", text)
    try:
        day = date(*(int(part or 1) for part in match.groups())) if match else None
    except ValueError:
        raise CellError("is no day of the calendar", "Write a day that exists, such as 2012-07-29.") from None
    if day is None:
        raise CellError("is not a date", _remedy(text))
    if day.year not in YEARS:
        raise CellError("is not a date of our time", f"Write a year from {YEARS[0]} to {YEARS[-1]}.")
    return day


def _remedy(text: str) -> str:
    number = int(text) if text.isdecimal() else 0
    if number in SERIALS:
        day = date(1899, 12, 30) + timedelta(days=number)
        return f"It looks like the day number of a spreadsheet: write {day.isoformat()}, as text."
    return "Write it as 2012, 2012-07 or 2012-07-29."


def _short(day: date) -> str:
    """Write a first day the short way: we never claim a day that may not have been known."""
    if (day.month, day.day) == (1, 1):
        return f"{day.year:04}"
    return f"{day.year:04}-{day.month:02}" if day.day == 1 else day.isoformat()


# Words


def _boolean(text: str) -> bool:
    found = {"true": True, "false": False}.get(text.strip().lower())
    if found is None:
        raise CellError("is neither true nor false", "Write true or false.")
    return found


def choice(kind: type[Enum], noun: str = "") -> Cell:
    """Make the cell that holds one of an enumeration; noun: what faults call it."""
    said = noun or kind.__name__.lower()
    return Cell(lambda text: kind(_one_of([m.value for m in kind], text, said)), lambda m: str(m.value))


def word(*known: str) -> Cell:
    """Make the cell that holds one of a few words."""
    return Cell(lambda text: _one_of(known, text, "word"))


def _one_of(known: list[str] | tuple[str, ...], text: str, noun: str) -> str:
    text = text.strip()
    if text not in known:
        raise CellError(f"is no {noun} we know{suggest(text, known)}", f"Write one of: {', '.join(known)}.")
    return text


def many(cell: Cell) -> Cell:
    """Make the cell that holds several values of a kind, separated by `|`."""

    def read(text: str) -> tuple[Any, ...]:
        parts = [part.strip() for part in text.split("|")]
        if "" in parts:
            raise CellError("has an empty item in its list", "Put one value between two '|'.")
        return tuple(cell.read(part) for part in parts)

    return Cell(read, lambda items: "|".join(cell.write(item) for item in items))


def _name(text: str) -> str:
    return text.strip()


def _code(text: str) -> str:
    if not re.fullmatch("[A-Z]{3}", text.strip()):
        raise CellError("is no code of a State", "Write three capital letters, as ISO 3166-1 alpha-3 does.")
    return text.strip()


TEXT = Cell(str)
CODE = Cell(_code)
NAME = Cell(_name)
NUMBER = Cell(_float(_decimal), text_of, numeric=True)
LATITUDE = Cell(_float(_within(-90, 90, "a latitude from -90 to 90")), text_of, numeric=True)
LONGITUDE = Cell(_float(_within(-180, 180, "a longitude from -180 to 180")), text_of, numeric=True)
DECIMAL = Cell(_decimal, text_of, numeric=True)
AMOUNT = Cell(_within(0, None, "an amount of 0 or more"), text_of, numeric=True)
SHARE = Cell(_within(0, 1, "a share from 0 to 1"), text_of, numeric=True)
AMOUNT_TEXT = Cell(lambda text: text_of(AMOUNT.read(text)), numeric=True)
COUNT = Cell(_whole(0, "a whole number of 0 or more"), numeric=True)
YEAR = Cell(_year, numeric=True)
DAY = Cell(_day, _short)
BOOLEAN = Cell(_boolean, lambda flag: "true" if flag else "false")
