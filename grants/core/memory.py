"""How a process that serves looks after its memory."""

import gc

# A page makes some ten thousand objects, nearly all of them gone with it: looking for cycles after each 700 is work for nothing.
LOOK_AFTER = 10_000


def settle() -> None:
    """Set what was loaded so far aside from the search for garbage: the program, its routes, models and texts, which stay.

    Without it each thorough search walks through all of that, a quarter of a million objects: a page in thirty then takes
    a fifth of a second longer (measured by `benchmarks/inbox.py`). To be called once all is loaded.
    """
    gc.freeze()
    gc.set_threshold(LOOK_AFTER, 10, 10)
