"""What ``crowdnb notebooks`` and ``crowdnb new`` take. Light, as :mod:`crowdnb.cli.import_options`."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def add_copies(commands: Any) -> None:
    """Add the two commands and their options to those of crowdnb."""
    notebooks = commands.add_parser(
        "notebooks",
        help="the notebooks, copied into a folder of your own",
        description=(
            "Copy the notebooks, and the pages that they link to, into DIR. Nothing is overwritten:"
            " where one of them is there already, nothing is written."
        ),
        epilog="DIR comes first: crowdnb notebooks course --chapter 01 04 --no-solutions",
    )
    notebooks.add_argument("folder", metavar="DIR", type=Path, help="made if need be")
    notebooks.add_argument(
        "--no-solutions", action="store_true", help="without worked solutions and links to them"
    )
    notebooks.add_argument(
        "--chapter", metavar="NN", nargs="+", help="only these, by number, such as 01 (all)"
    )
    new = commands.add_parser(
        "new",
        help="the case study as a project of your own, to be changed",
        description="Copy the files of the paper's case study into DIR, which is new or empty.",
    )
    new.add_argument("folder", metavar="DIR", type=Path, help="made if need be")
