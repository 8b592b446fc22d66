"""Money, hours and minutes as text. Money is decimal, time is in whole minutes, nothing is a float. Pure."""

from decimal import ROUND_HALF_UP, Decimal

MINUTES_OF_HOUR = 60
MINUTES_OF_DAY = 8 * MINUTES_OF_HOUR  # of work
CENT = Decimal("0.01")


def short(number: Decimal) -> str:
    """Without needless zeros: `4`, `1.5`, `0`."""
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"-0", ""} else text


def money(amount: Decimal) -> str:
    """With two places at least: `12.50`, `0.125`."""
    whole, _, places = short(amount).partition(".")
    return f"{whole}.{places:0<2}"


def hours(minutes: int) -> Decimal:
    """Minutes as hours, to the hundredth: 90 are 1.50."""
    return (Decimal(minutes) / MINUTES_OF_HOUR).quantize(CENT, ROUND_HALF_UP)


def whole_minutes(amount: Decimal, unit: int = MINUTES_OF_HOUR) -> int:
    """The minutes of so many hours, or of another unit of as many minutes, to the nearest."""
    return int((amount * unit).quantize(Decimal(1), ROUND_HALF_UP))


def worth(minutes: int, rate: Decimal) -> Decimal:
    """What so many minutes cost at a rate an hour, to the cent."""
    return (Decimal(minutes) * rate / MINUTES_OF_HOUR).quantize(CENT, ROUND_HALF_UP)
