"""How documents write days, numbers and places: in French, whatever the language of who issues them."""

from babel.dates import format_date
from num2words import num2words


def day(value, pattern="d MMMM y"):
    """Return « 1er avril 2026 »: the first of the month is an ordinal in French."""
    written = format_date(value, pattern, locale="fr")
    return f"1er{written[1:]}" if pattern.startswith("d ") and value.day == 1 else written


def printed_day(value, pattern="d MMMM y"):
    """As `day`, for a line of text: it never ends after the number."""
    return day(value, pattern).replace(" ", "\u00a0", 1)


def capital(value):
    """Return the text with its first letter large and the rest as it was."""
    return value[:1].upper() + value[1:]


def letters(value):
    """Return a whole number in French words: « neuf »."""
    return num2words(value, lang="fr")


def coordinates(place):
    """Return « 14,01528° N, 4,24361° O » for a place with latitude and longitude in degrees."""

    def half(value, positive, negative):
        number = f"{abs(value):.5f}".replace(".", ",")
        return f"{number}°\u00a0{positive if value >= 0 else negative}"

    return f"{half(place['latitude'], 'N', 'S')}, {half(place['longitude'], 'E', 'O')}"
