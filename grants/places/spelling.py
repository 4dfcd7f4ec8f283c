"""How two spellings of a place, a person or a group are compared.

Lists are typed by hand on phones and old computers: accents come and go ("Segou", "SÉGOU"), the rank of the place is
written or not ("Commune rurale de Konna", "C.R. Konna"), and apostrophes, hyphens and spaces trade places ("N'Tillit",
"N Tillit", "Tin-Aouker"). `fold` keeps the words, `key` is what stands in an index.
"""

import re
import unicodedata

# Letters of the Malian alphabets that Unicode does not take apart into a base letter and a mark.
_LETTERS = str.maketrans(
    {"ɛ": "e", "ɔ": "o", "ɲ": "ny", "ŋ": "n", "ɓ": "b", "ɗ": "d", "ƴ": "y", "ɣ": "gh", "œ": "oe", "æ": "ae", "ß": "ss"}
)
_NOT_WORD = re.compile(r"[^a-z0-9]+")
_RANK = re.compile(
    r"^(?:(?:la|le|l) )?"
    r"(?:commune(?: (?:rurale|urbaine))?|c ?r|c ?u|cercle|region|district|arrondissement|arr|village|vge|ville|quartier|fraction)"
    r"(?: (?:de la|du|de|des|d))? (?=\w)"
)


def fold(text: str) -> str:
    """The words of a text in lower case, without accents and punctuation: "N’Tillit" → "n tillit"."""
    decomposed = unicodedata.normalize("NFKD", str(text).casefold().translate(_LETTERS))
    bare = "".join(mark for mark in decomposed if not unicodedata.combining(mark))
    return _NOT_WORD.sub(" ", bare.translate(_LETTERS)).strip()


def without_rank(folded: str) -> str:
    """A folded place name without the words that say what kind of place it is: "commune de mopti" → "mopti".

    Names that are nothing but such a word ("commune 4") lose it too: the caller compares both forms.
    """
    return _RANK.sub("", folded, count=1)


def key(text: str) -> str:
    """What makes two spellings of a place the same: folded, without its rank and without spaces."""
    return without_rank(fold(text)).replace(" ", "")
