"""How long a definition takes to be read and proved, and how that grows with its size.

    .venv/bin/python benchmarks/workflow_proof.py

Definitions of 10, 100 and 1 000 steps with 5 actions each, many loops, promises in number with the
steps, people apart and two people a role. The goal: 1 000 steps proved in less than 2 seconds, and
ten times the steps in about ten times the time.
"""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from grants.workflow import Known, check, load  # (the project is not installed as a package)

GOAL = 2.0
_WORDS = 'label = { fr = "x", en = "x" }'


def large(steps: int) -> str:
    """A sound definition: every step leads on, to the end and back to three earlier ones."""
    text = [
        '[workflow]\nname = "large"\nversion = 1\nsubject = "large"\nstart = "s0"\ntitle = { fr = "Grand", en = "Large" }'
    ]
    text.append('[ends.done]\npublic = { fr = "Fin", en = "End" }')
    for n in range(steps):
        text.append(f'[steps.s{n}]\n{_WORDS}\nowner = "r"\nwithin = "1 d"')
        targets = [
            f"s{n + 1}" if n + 1 < steps else "done",
            f"s{n // 2}",
            f"s{n * 7 % (n + 1)}",
            f"s{n - n % 10}",
            "done",
        ]
        for m, to in enumerate(targets):
            apart = [f"a{other}" for other in range(5) if other != m]
            text.append(f'[steps.s{n}.actions.a{m}]\n{_WORDS}\nto = "{to}"\nby = ["r", "q"]\napart_from = {apart}')
    # Each step is reached only through the one before it.
    text += [f'[[promises]]\nnever = "step:s{n}"\nwithout = ["step:s{n - 1}", "action:a0"]' for n in range(1, steps)]
    text.append('[[promises]]\napart = ["a0", "a1", "a2", "a3", "a4"]')
    return "\n".join(text)


def measured(steps: int) -> tuple[float, float, int]:
    """Seconds to read, seconds to prove (the better of three), and how many faults were found."""
    source = large(steps)
    begun = time.perf_counter()
    definition = load(source)
    read = time.perf_counter() - begun
    known = Known(roles={"r", "q"}, holders={"r": range(3), "q": range(3, 6)})
    proofs = []
    for _time in range(3):
        begun = time.perf_counter()
        faults = check(definition, known)
        proofs.append(time.perf_counter() - begun)
    return read, min(proofs), len(faults)


def main() -> int:
    """Print the times and ratios; exit 1 when the goal is missed or a sound definition is refused."""
    before, found = None, 0
    out = sys.stdout.write
    out(f"{'steps':>6} {'actions':>8} {'promises':>9} {'read':>9} {'proved':>9}  ratio\n")
    for steps in (10, 100, 1000):
        read, proved, faults = measured(steps)
        found += faults
        ratio = f"×{proved / before:.1f}" if before else ""
        out(f"{steps:>6} {steps * 5:>8} {steps:>9} {read:>8.3f}s {proved:>8.3f}s  {ratio}\n")
        before = proved
    out(f"goal: {GOAL:.0f} s for 1 000 steps; {'met' if before < GOAL and not found else 'MISSED'}\n")
    return 0 if before < GOAL and not found else 1


if __name__ == "__main__":
    sys.exit(main())
