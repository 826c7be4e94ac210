"""Money in Decimal: price base, inflation, exchange rates, and norm x price."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from legation.errors import InvalidError
from legation.values import value


@value
class Prices:
    """What turns an amount of one year and currency into another.

    currency, year: the money and the prices the case counts in
    index: consumer prices by year (any base); rates: units of `currency` for one unit of another, by
    currency code; growth: assumed yearly rise of prices after the last year of the index
    """

    currency: str
    year: int
    index: tuple[tuple[int, Decimal], ...] = ()
    rates: tuple[tuple[str, Decimal], ...] = ()
    growth: Decimal = Decimal(0)
    source: str = ""

    def level(self, year: int) -> Decimal:
        """Return the price level of a year; after the index ends it grows as assumed, before it starts it stays."""
        table = dict(self.index)
        if not table:
            return (1 + self.growth) ** max(0, year - self.year)
        first, last = min(table), max(table)
        if year > last:
            return table[last] * (1 + self.growth) ** (year - last)
        return table.get(year, table[first])

    def inflate(self, amount: Decimal, start: int, end: int) -> Decimal:
        """Return an amount of prices of one year in prices of another."""
        return amount * self.level(end) / self.level(start)

    def convert(self, amount: Decimal, currency: str) -> Decimal:
        """Return an amount of another currency in the case's currency; raise where no rate is stated."""
        if currency in ("", self.currency):
            return amount
        rate = dict(self.rates).get(currency)
        if rate is None:
            hint = f"Add {currency} to [prices.rates] in case.toml: units of {self.currency} for one {currency}."
            raise InvalidError(f"No exchange rate from {currency} to {self.currency} is stated.", hint=hint)
        return amount * rate


def to_unit(amount: Decimal, unit: Decimal) -> Decimal:
    """Round an amount to whole units, halves away from zero."""
    return (amount / unit).quantize(Decimal(1), rounding=ROUND_HALF_UP) * unit
