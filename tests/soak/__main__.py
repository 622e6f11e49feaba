"""Compare trieroute with Werkzeug for some minutes: ``python -m tests.soak --minutes 30``.

The time is spent in rounds. A round draws its examples from the seed and its own number, so that
it is the same wherever it runs. With ``--state FILE`` a run writes down after each round how far it
has come, and the next run with that file goes on from there; ``--minutes 0`` only prints the counts
of it. The exit status is 1 as soon as something differs: the example is printed, made as small as
possible, and the command that runs its round again.
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from collections import Counter
from pathlib import Path

from .progress import Progress
from .rounds import run_round


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=1, help="begin no round after that time")
    parser.add_argument("--seed", type=int, default=1, help="another number, other examples")
    parser.add_argument("--state", type=Path, help="file that a later run goes on from")
    parser.add_argument("--round", type=int, help="run this round alone")
    given = parser.parse_args()
    progress = Progress(given.seed)
    if given.round is not None:
        progress.rounds = given.round
    elif given.state is not None and given.state.exists():
        progress = Progress.read(given.state)
        if progress.seed != given.seed:
            parser.error(f"{given.state} is of --seed {progress.seed}")
    end = time.monotonic() + 60 * given.minutes
    while given.round is not None or time.monotonic() < end:
        started = time.monotonic()
        counts: Counter[str] = Counter()
        try:
            run_round(progress.seed, progress.rounds, counts)
        except Exception:
            traceback.print_exc()
            print(
                f"Round {progress.rounds} fails; to run it again:"
                f" python -m tests.soak --seed {progress.seed} --round {progress.rounds}",
                file=sys.stderr,
            )
            return 1
        progress.add(counts, time.monotonic() - started)
        if given.round is not None:
            break
        if given.state is not None:
            progress.write(given.state)
    print(progress.report())
    return 0


if __name__ == "__main__":
    sys.exit(main())
