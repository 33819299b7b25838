"""Pieces of HTML for the page and the panels: whatever a label holds, it stays text."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files

from crowdnb.spelling import plain


def escaped(value: object) -> str:
    """Any text as HTML: no tag, no entity and no control character of a label is obeyed."""
    return html.escape(plain(str(value)))


def paragraphs(texts: Iterable[str]) -> str:
    """One paragraph per text; empty texts are left out."""
    return "".join(f"<p>{escaped(text)}</p>" for text in texts if text)


def items(lines: Iterable[str]) -> str:
    """A list of sentences."""
    return f"<ul>{''.join(f'<li>{escaped(line)}</li>' for line in lines)}</ul>"


def cell(text: object, style: str = "") -> str:
    """A cell of a table; short ones, such as numbers, stay on one line (class ``n``)."""
    kept = ' class="n"' if len(str(text)) < 10 else ""
    look = f' style="{style}"' if style else ""
    return f"<td{kept}{look}>{escaped(text)}</td>"


def row(heading: str, cells: Iterable[str]) -> str:
    """A row of a table: its heading, which is HTML, and what :func:`cell` gives."""
    return f'<tr><th scope="row">{heading}</th>{"".join(cells)}</tr>'


def table(head: Sequence[object], rows: Iterable[str]) -> str:
    """A table with these headings of columns, an empty one for none, and what :func:`row` gives."""
    top = "".join(
        f'<th scope="col" class="n">{escaped(name)}</th>' if name != "" else "<td></td>"
        for name in head
    )
    return f"<table><thead><tr>{top}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def text_table(head: Sequence[object], rows: Iterable[Sequence[object]]) -> str:
    """A table of texts, the first column as headings."""
    return table(head, [row(escaped(first), map(cell, rest)) for first, *rest in rows])


def scrolling(body: str, name: str = "") -> str:
    """An area that scrolls where its content is large, by keyboard too; with a name, a landmark."""
    region = f' role="region" aria-label="{escaped(name)}"' if name else ""
    return f'<div class="crowdnb-scroll" tabindex="0"{region}>{body}</div>'


def sentences(lines: Sequence[str], head: str = "") -> str:
    """Paragraphs; under a head a list, in an area that scrolls where they are many."""
    if not head:
        return paragraphs(lines)
    top = f"<p><strong>{escaped(head)}</strong></p>"
    return top + scrolling(items(lines)) if lines else top


@cache
def file_text(room: str, name: str) -> str:
    """A script or style that lies beside a room's modules, such as ``report.css`` of ``pages``."""
    return files(f"crowdnb.{room}").joinpath(name).read_text(encoding="utf-8")
