"""Take the pictures: ``make screenshots``, or some of them with ARGS="--language ru --only accounts:".

Everything happens on a throw-away site in a temporary folder. Exit code 1 when something was found.
"""

import argparse
import sys
from pathlib import Path

from tools.screenshots import throw_away

PROJECT = Path(__file__).resolve().parents[2]
LANGUAGES = ("en", "uz", "uz-cyrl", "ru")
SIZES = ("phone", "desktop")
LOOKS = ("light", "dark", "contrast", "forced", "print")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make screenshots", description=__doc__)
    parser.add_argument("--language", action="append", choices=LANGUAGES, help="instead of all four")
    parser.add_argument("--size", action="append", choices=SIZES, help="instead of both")
    parser.add_argument(
        "--pseudo", action="store_true", help="in a language that does not exist: tools/pseudo.py"
    )
    parser.add_argument(
        "--look", choices=LOOKS, default="light", help="by preference or medium: light unless said"
    )
    parser.add_argument(
        "--dark", dest="look", action="store_const", const="dark", help="the same as --look dark"
    )
    parser.add_argument("--only", action="append", help="pages whose name begins so: accounts:people")
    parser.add_argument("--each", type=int, default=4, help="at most so many states of one route (4)")
    parser.add_argument("--to", type=Path, default=PROJECT / "var" / "screenshots", help="folder")
    return parser.parse_args()


def main() -> int:
    given = arguments()
    with throw_away.settings():
        from tools.screenshots import taking

        if given.pseudo:
            from tools import pseudo

            pseudo.install("uz")
        return taking.take_all(
            languages=["uz"] if given.pseudo else given.language or list(LANGUAGES),
            is_pseudo=given.pseudo,
            sizes=given.size or list(SIZES),
            look=given.look,
            only=tuple(given.only or [""]),
            each=given.each,
            folder=given.to.resolve() / ("pseudo" if given.pseudo else ""),
        )


if __name__ == "__main__":
    sys.exit(main())
