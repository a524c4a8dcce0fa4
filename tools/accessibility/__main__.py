"""Check every page: ``make accessibility``, or a part with ARGS="--language ru --only services:".

Everything happens on a throw-away site in a temporary folder. Exit code 1 when something was found.
"""

import argparse
import sys

from tools.screenshots import throw_away

LANGUAGES = {"en": "en", "uz": "uz-Latn", "uz-cyrl": "uz-Cyrl", "ru": "ru"}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make accessibility", description=__doc__)
    parser.add_argument("--language", action="append", choices=LANGUAGES, help="instead of all four")
    parser.add_argument("--only", action="append", help="pages whose name begins so: accounts:people")
    parser.add_argument("--each", type=int, default=2, help="at most so many states of one route (2)")
    parser.add_argument(
        "--every-role", action="store_true", help="also pages that look to a second role as to the first"
    )
    parser.add_argument(
        "--words", action="store_true", help="only what words can change, without axe, colours and keyboard"
    )
    return parser.parse_args()


def main() -> int:
    given = arguments()
    with throw_away.settings():
        from tools.accessibility import walking

        return walking.walk(
            languages={code: LANGUAGES[code] for code in given.language or LANGUAGES},
            only=tuple(given.only or [""]),
            each=given.each,
            every_role=given.every_role,
            words=given.words,
        )


if __name__ == "__main__":
    sys.exit(main())
