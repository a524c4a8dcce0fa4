"""One HTML page with all pictures of a language and a size, and the table at the end of a run."""

from collections import Counter
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

STYLE = """
body { margin: 1rem; font: 14px/1.4 system-ui, sans-serif; background: #888; }
main { display: flex; flex-wrap: wrap; gap: 1rem; align-items: flex-start; }
figure { margin: 0; padding: .5rem; background: #fff; width: WIDTHpx; }
figure.wrong { outline: 4px solid #b00; }
figcaption { overflow-wrap: anywhere; }
figcaption li { color: #b00; }
img { display: block; width: 100%; border: 1px solid #ccc; }
"""


@dataclass
class Shot:
    """One picture and what is wrong on it."""

    language: str
    size: str
    person: str
    name: str
    path: str
    file: Path
    wrong: list[str] = field(default_factory=list)


def write(folder: Path, shots: list[Shot]) -> list[Path]:
    """Write a contact sheet for each language and size among the shots; return the files."""
    written = []
    for language, size in sorted({(shot.language, shot.size) for shot in shots}):
        file = folder / f"{language}-{size}.html"
        mine = [shot for shot in shots if (shot.language, shot.size) == (language, size)]
        file.write_text(_page(f"{language}, {size}", mine, folder, 260 if size == "phone" else 480), "utf-8")
        written.append(file)
    return written


def _page(title: str, shots: list[Shot], folder: Path, width: int) -> str:
    figures = "\n".join(_figure(shot, folder) for shot in shots)
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{STYLE.replace('WIDTH', str(width))}</style><h1>{escape(title)}</h1>\n"
        f"<main>\n{figures}\n</main></html>\n"
    )


def _figure(shot: Shot, folder: Path) -> str:
    picture = escape(shot.file.relative_to(folder).as_posix())
    wrong = "".join(f"<li>{escape(text)}</li>" for text in shot.wrong)
    return (
        f"<figure{' class=wrong' if wrong else ''}><figcaption><b>{escape(shot.name)}</b> "
        f"{escape(shot.person or 'not signed in')} {escape(shot.path)}<ul>{wrong}</ul></figcaption>"
        f'<a href="{picture}"><img src="{picture}" alt="{escape(shot.name)}" loading="lazy"></a></figure>'
    )


def table(shots: list[Shot]) -> str:
    """Return what is wrong, page by page and then by language and size, as text."""
    lines = []
    places: dict[tuple[str, str], list[str]] = {}
    for shot in shots:
        for text in shot.wrong:
            places.setdefault((shot.name, text), []).append(f"{shot.language}-{shot.size}")
    for (name, text), where in sorted(places.items()):
        lines.append(f"{name:<32} {text}  [{', '.join(dict.fromkeys(where))}]")
    count = Counter((shot.language, shot.size) for shot in shots)
    bad = Counter((shot.language, shot.size) for shot in shots if shot.wrong)
    lines += ["", f"{'language':<10}{'size':<10}{'pages':>6}{'with findings':>15}"]
    lines += [f"{key[0]:<10}{key[1]:<10}{count[key]:>6}{bad[key]:>15}" for key in sorted(count)]
    return "\n".join(lines)
