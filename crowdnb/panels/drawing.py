"""Drawings of panels as SVG, 480 wide, in the colours and letters of the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from crowdnb.pages.html import escaped

# Colours of the page's theme, light or dark, set in shown.css.
ACCENT, BAR, SOFT, INK = "var(--cn-accent)", "var(--cn-bar)", "var(--cn-soft)", "var(--cn-ink)"
_TOP, _LEFT, _RIGHT = 25, 50, 465  # of the field of a time_chart, pixels


def drawing(alt: str, height: int, inside: str) -> str:
    """The SVG, with its text for those who cannot see it."""
    style = "font: 12px var(--jp-ui-font-family, sans-serif)"
    size = f'viewBox="0 0 480 {height}" width="480"'
    return f'<svg role="img" aria-label="{escaped(alt)}" {size} style="{style}">{inside}</svg>'


def words(x: float, y: float, text: object, colour: str = INK, anchor: str = "start") -> str:
    """Text that starts, has its middle, or ends at a point."""
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text {place} fill="{colour}">{escaped(text)}</text>'


def stroke(
    start: tuple[float, float],
    end: tuple[float, float],
    colour: str = INK,
    width: float = 1,
    dashes: str = "none",
    opacity: float = 1,
) -> str:
    """A straight line."""
    (x1, y1), (x2, y2) = start, end
    ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    look = f'stroke="{colour}" stroke-width="{width}" stroke-dasharray="{dashes}"'
    return f'<line {ends} {look} stroke-opacity="{opacity}"/>'


def bar(
    x: float, y: float, width: float, height: float, colour: str = BAR, opacity: float = 1
) -> str:
    """A filled rectangle."""
    size = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
    return f'<rect {size} fill="{colour}" fill-opacity="{opacity}"/>'


def axis(left: float, right: float, y: float, name: str) -> str:
    """A horizontal axis from 0 to 1 with its name."""
    places = {f"{t / 10:.1f}": left + (right - left) * t / 10 for t in range(0, 11, 2)}
    return stroke((left, y), (right, y)) + _ticks(places, y, (left + right) / 2, name)


def _ticks(places: Mapping[str, float], y: float, middle: float, name: str) -> str:
    """Ticks below a horizontal axis, each with its label, and the axis' name."""
    marks = "".join(
        stroke((x, y), (x, y + 6)) + words(x, y + 20, label, anchor="middle")
        for label, x in places.items()
    )
    return marks + words(middle, y + 37, name, anchor="middle")


def time_chart(
    alt: str,
    title: str,
    name: str,
    lines: Iterable[tuple[Iterable[float], Iterable[float], str, str]],
    hours: Sequence[float],
    heights: Sequence[float],
    bottom: int,
    mark: float | None = None,
) -> str:
    """Numbers over the hours as lines.

    Parameters
    ----------
    alt, title, name : str
        Text for those who cannot see it; what is drawn; name of the horizontal axis.
    lines : iterable of (hours, numbers, colour, dashes)
    hours, heights : sequence of float
        Ticks; the last of each is the end of its axis.
    bottom : int
        Where the horizontal axis lies, pixels.
    mark : float, optional
        An hour with a dashed line.
    """

    def at(hour: float) -> float:
        return _LEFT + (_RIGHT - _LEFT) * hour / hours[-1]

    def up(number: float) -> float:
        return bottom - (bottom - _TOP) * number / heights[-1]

    drawn = words(4, 14, title, SOFT)
    for number in heights:
        ends = (_LEFT, up(number)), (_RIGHT, up(number))
        drawn += stroke(*ends, SOFT, opacity=0.4)
        drawn += words(_LEFT - 6, up(number) + 4, f"{number:g}", anchor="end")
    drawn += _ticks({f"{hour:g}": at(hour) for hour in hours}, bottom, (_LEFT + _RIGHT) / 2, name)
    for x, y, colour, dashes in lines:
        points = " ".join(f"{at(a):.1f},{up(b):.1f}" for a, b in zip(x, y, strict=True))
        look = f'fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dashes}"'
        drawn += f'<polyline points="{points}" {look}/>'
    if mark is not None:
        drawn += stroke((at(mark), _TOP), (at(mark), bottom), ACCENT, dashes="4")
    return drawing(alt, bottom + 44, drawn)
