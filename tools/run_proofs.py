"""Run the proofs (tests/proofs) for real: hundreds of rounds of each, on PostgreSQL, and show what was seen.

The same tests run in `make test` with two rounds each, so that they never rot.
"""

import os
import subprocess
import sys
from contextlib import ExitStack

from tools import catalogues, postgres
from tools.run_tests import PROJECT

ROUNDS = "200"


def main() -> int:
    """Run them with the given pytest arguments; return 0 only if all of them held."""
    catalogues.compile_all()
    with ExitStack() as stack:
        url = os.environ.get("TEST_DATABASE_URL") or stack.enter_context(postgres.throw_away())
        if not url:
            print("There is no PostgreSQL here. Install it with:  apt install postgresql")
            return 1
        rounds = os.environ.get("HAMROH_PROOF_ROUNDS", ROUNDS)
        environment = os.environ | {"HAMROH_DATABASE_URL": url, "HAMROH_PROOF_ROUNDS": rounds}
        print(f"{rounds} rounds of each proof; this takes a while.", flush=True)
        command = [sys.executable, "-m", "pytest", "-m", "proof", "-n", "2", "-v", "-rP", "-o", "timeout=0"]
        return subprocess.run([*command, *sys.argv[1:]], cwd=PROJECT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
