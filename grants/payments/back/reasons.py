"""The codes by which banks say why they did not pay, in words. Source: External Code Sets of ISO 20022 (reasons)."""

from flask_babel import lazy_gettext as _l

CODES = {
    "AC01": _l("The number of the account is wrong."),
    "AC02": _l("The account of the payer is wrong."),
    "AC03": _l("The account of the beneficiary is wrong."),
    "AC04": _l("The account is closed."),
    "AC06": _l("The account is blocked."),
    "AC13": _l("The account is of a kind that takes no such payment."),
    "AC14": _l("The account is of a kind that takes no such payment."),
    "AG01": _l("Such a payment is forbidden on this account."),
    "AG02": _l("The kind of payment is wrong."),
    "AM01": _l("The amount is zero."),
    "AM02": _l("The amount is beyond what is allowed."),
    "AM03": _l("The currency is wrong."),
    "AM04": _l("The account of the payer has too little money."),
    "AM05": _l("The same payment was sent twice."),
    "AM09": _l("The amount is not the one agreed."),
    "AM14": _l("The amount is beyond what is agreed with the bank."),
    "BE01": _l("The name is not the one of the account."),
    "BE04": _l("The address of the beneficiary is missing."),
    "BE05": _l("The bank does not know who pays."),
    "BE06": _l("The bank does not know the beneficiary."),
    "CUST": _l("Called back at the request of the payer."),
    "DT01": _l("The day is wrong."),
    "DUPL": _l("The same payment was sent twice."),
    "ED05": _l("The settlement failed."),
    "FF01": _l("The form of the file is wrong."),
    "FOCR": _l("Given back after it was called back."),
    "MD07": _l("The holder of the account has died."),
    "MS02": _l("The beneficiary refused it without saying why."),
    "MS03": _l("The bank does not say why."),
    "NARR": _l("The bank says it in its own words."),
    "NOAS": _l("The beneficiary did not answer."),
    "RC01": _l("The code of the bank is wrong."),
    "RC04": _l("The code of the beneficiary’s bank is wrong."),
    "RR01": _l("What the law wants to know about the payer is missing."),
    "RR02": _l("What the law wants to know about the payer is missing."),
    "RR03": _l("What the law wants to know about the beneficiary is missing."),
    "RR04": _l("The law forbids it."),
    "TECH": _l("The bank’s systems failed."),
    "TM01": _l("It came after the hour up to which the bank pays."),
}


def in_words(reason: str | None) -> str | None:
    """A reason as people read it: the words of its code, with the code; what the bank wrote itself stays."""
    if not reason:
        return None
    code, _space, rest = reason.partition(" ")
    if code.upper() not in CODES:
        return reason
    return " ".join(filter(None, (str(CODES[code.upper()]), f"({code.upper()})", rest)))
