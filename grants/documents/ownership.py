"""Who may see the files of a thing: each slice says it for its own kind of thing."""

from collections.abc import Callable

# kind → callable(person, subject_id) -> bool. A kind without an entry shows its files to nobody.
owner_access: dict[str, Callable] = {}


def shows_files(kind: str) -> Callable:
    """Register `f(person, subject_id) -> bool` that says whether a person sees the files of a subject.

    It must also answer False for what does not exist. Example: `@shows_files("group")`.
    """

    def register(answer: Callable) -> Callable:
        owner_access[kind] = answer
        return answer

    return register
