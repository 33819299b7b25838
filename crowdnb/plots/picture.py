"""A picture: a matplotlib figure and a text that says the same for those who cannot see it.

Its colours and fonts, and how it is stored in a notebook. Nothing is drawn through pyplot, so no
state is kept between calls.
"""

from __future__ import annotations

import base64
import html
import io
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, wraps
from typing import Any, ParamSpec

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager
from PIL import Image

# Letters and thin lines; grounds and what is aside; what the picture is about.
INK, SOFT, ACCENT = "#222222", "#8c96a3", "#c2410c"
GREY = "#5b6470"  # of letters: SOFT is too light to read
BLUE = "#0072b2"
# Okabe and Ito's, told apart by colour-blind readers too; the dashes, where there is no colour.
COLOURS = (BLUE, "#d55e00", "#009e73", "#cc79a7", "#56b4e9", INK)
DASHES: tuple[Any, ...] = ("-", "--", "-.", ":", (0, (3, 1, 1, 1, 1, 1)), (0, (8, 2)))
MARKERS = "osD^vX"
# Fonts with Chinese letters on Linux, macOS and Windows; the first that is installed is taken.
_CHINESE = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "PingFang SC",
    "Microsoft YaHei",
    "SimHei",
)
DOTS = 96  # per inch: one for each pixel of the page
_SHADES = 48  # colours in a stored picture: with more it is larger, with fewer thin lines change

_P = ParamSpec("_P")
Style = dict[str, Any]  # keywords for matplotlib


@dataclass(frozen=True, eq=False)
class Picture:
    """A figure and the text that stands for it.

    Attributes
    ----------
    figure : matplotlib.figure.Figure
    alt : str
        What the figure shows, in words and numbers.
    """

    figure: Figure
    alt: str

    def __repr__(self) -> str:
        return f"<Picture: {self.alt}>"

    def _repr_html_(self) -> str:
        buffer = io.BytesIO()
        with warnings.catch_warnings():
            # no font for a label: boxes; the text has it
            warnings.filterwarnings("ignore", "Glyph .* missing")
            self.figure.savefig(buffer, format="png", dpi=DOTS, facecolor="white")
        small = io.BytesIO()
        _with_palette(Image.open(buffer).convert("RGB")).save(small, format="png", optimize=True)
        data = base64.b64encode(small.getvalue()).decode()
        width = round(self.figure.get_figwidth() * DOTS)
        style = f"width: {width}px; max-width: 100%; height: auto"
        return (
            f'<img style="{style}" alt="{html.escape(self.alt)}"'
            f' src="data:image/png;base64,{data}">'
        )


def _with_palette(picture: Image.Image) -> Image.Image:
    """The picture in :data:`_SHADES` colours: a quarter of the size, and no difference to be seen.

    The palette is built greedily: in turn, the colour that most pixels miss by most. Areas keep
    theirs exactly, and so do lines, however thin (Pillow's own quantisers turned thin blue lines
    green).
    """
    pixels = np.asarray(picture).astype(np.int64) @ np.array([1 << 16, 1 << 8, 1])
    codes, at, number = np.unique(pixels, return_inverse=True, return_counts=True)
    colours = np.stack([codes >> 16, codes >> 8 & 255, codes & 255], axis=1)
    palette = []
    place = np.zeros(len(codes), dtype=np.uint8)  # of each colour in the palette
    miss = np.full(len(codes), 3.0 * 255**2)  # squared distance to the nearest colour so far
    for one in range(min(_SHADES, len(codes))):
        palette.append(colours[(number * miss).argmax()])
        far = ((colours - palette[-1]) ** 2).sum(axis=1)
        place[far < miss] = one
        miss = np.minimum(miss, far)
    found = Image.fromarray(place[at].reshape(pixels.shape))
    found.putpalette(np.concatenate(palette).tolist())
    return found


@cache
def _families() -> list[str]:
    """Fonts for labels in any script: after the usual one the Chinese ones that are installed."""
    installed = set(fontManager.get_font_names())
    return ["DejaVu Sans", *[name for name in _CHINESE if name in installed]]


def in_any_script(draw: Callable[_P, Picture]) -> Callable[_P, Picture]:
    """Let a function that draws use fonts that have Chinese letters too."""

    @wraps(draw)
    def drawn(*args: _P.args, **kwargs: _P.kwargs) -> Picture:
        with mpl.rc_context({"font.family": _families()}):
            return draw(*args, **kwargs)

    return drawn
