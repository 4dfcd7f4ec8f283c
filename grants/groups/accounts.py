"""Account and paper numbers, checked by their own control digits: IBAN and RIB of the UEMOA, mobile wallets, NINA.

The RIB key is computed here because the library for IBANs checks the IBAN alone: a slip in the RIB made into a new IBAN
would pass.
"""

import re

import phonenumbers
from flask_babel import gettext as _
from phonenumbers import PhoneNumberType

_RIB = re.compile(r"[A-Z][A-Z0-9]\d{3}\d{17}\d{2}")
_NINA = re.compile(r"\d{14}[A-Z]")
# A, J → 1; B, K, S → 2; … I, R, Z → 9, as in French RIBs.
_LETTERS = {letter: str(i % 9 + 1) for i, letter in enumerate("ABCDEFGHIJKLMNOPQR")} | {
    letter: str(i + 2) for i, letter in enumerate("STUVWXYZ")
}
MALI = 223


def rib_key(first22: str) -> str:
    """The two control digits of a UEMOA RIB from its bank (5), branch (5) and account (12) signs."""
    number = "".join(_LETTERS.get(sign, sign) for sign in first22) + "00"
    return f"{97 - int(number) % 97:02d}"


def iban_of(rib: str) -> str:
    """The Malian IBAN of a RIB of 24 signs (ISO 13616: check digits by mod 97)."""
    number = "".join(str(int(sign, 36)) for sign in rib + "ML00")
    return f"ML{98 - int(number) % 97:02d}{rib}"


def read_bank(text: str) -> str:
    """The IBAN (28 signs) of a bank account typed as RIB or IBAN, with whatever stands between the signs.

    Raises ValueError in the person's words: wrong shape, or control digits that do not fit.
    """
    bare = re.sub(r"[^A-Z0-9]", "", re.sub(r"\b(?:RIB|IBAN|N[°ºO]|COMPTE)\b", " ", text.upper()))
    rib = bare[4:] if len(bare) == 28 else bare
    if not _RIB.fullmatch(rib) or (len(bare) == 28 and not bare.startswith("ML")):
        raise ValueError(_("“%(text)s”: a RIB has 24 signs, an IBAN 28, beginning with ML.", text=text))
    if rib_key(rib[:22]) != rib[22:] or (len(bare) == 28 and bare != iban_of(rib)):
        raise ValueError(_("“%(text)s” holds a slip: its control digits do not fit.", text=text))
    return iban_of(rib)


def read_wallet(text: str) -> str:
    """The number of a mobile wallet as E.164. Raises ValueError unless it is a mobile number of Mali."""
    plain = "+" + text.strip()[2:] if text.strip().startswith("00") else text
    try:
        number = phonenumbers.parse(plain, "ML")
    except phonenumbers.NumberParseException:
        number = None
    if (
        number is None
        or number.country_code != MALI
        or phonenumbers.number_type(number) not in (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
    ):
        raise ValueError(_("“%(text)s” is not a mobile number of Mali: write it such as 66 71 23 45.", text=text))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def show_number(kind: str, number: str) -> str:
    """An account number as people read it: the IBAN in groups of four, the wallet as a telephone number."""
    if kind == "bank":
        return "\u00a0".join(number[i : i + 4] for i in range(0, len(number), 4))
    parsed = phonenumbers.parse(number, "ML")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL).replace(" ", "\u00a0")


def looks_like_nina(text: str) -> bool:
    """Whether a text has the shape of a NINA: 14 digits and a letter. Its control letter is not published."""
    return bool(_NINA.fullmatch("".join(text.split()).upper()))
