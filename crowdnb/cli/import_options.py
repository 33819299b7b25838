"""What ``crowdnb import`` takes. Light, since the command knows all its options at its start."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def add_import(commands: Any) -> None:
    """Add the command and its options to those of crowdnb."""
    run = commands.add_parser(
        "import",
        help="read a table of ratings as you have it into a folder",
        description=(
            "Read a table, one row per rating event, into ratings.csv of FOLDER, say what was"
            " dropped, and write what a project needs beside it, to be filled in. What the columns"
            " mean is kept in FOLDER/import.json: the next file needs no option."
        ),
        epilog=(
            "FILE and FOLDER come first: crowdnb import form.csv my_project --worker name"
            " --criteria Skill Care"
        ),
    )
    add = run.add_argument
    add("file", metavar="FILE", type=Path, help="CSV (also .csv.gz) or an Excel workbook (.xlsx)")
    add("folder", metavar="FOLDER", type=Path, help="the project's folder; made if need be")
    add(
        "--worker",
        metavar="COLUMN",
        action="append",
        help="the column of the workers; several times: they are joined",
    )
    add("--criteria", metavar="COLUMN", nargs="+", help="columns of marks, one per criterion")
    add("--criterion", metavar="COLUMN", help="instead: the column that names the criterion")
    add("--rating", metavar="COLUMN", help="and that of the mark")
    add("--date", metavar="COLUMN", help="the column of dates")
    add(
        "--date-order",
        choices=("ymd", "dmy", "mdy"),
        help="what the numbers of a date are: 1.2.2024 is dmy or mdy (ymd: 2024-02-01)",
    )
    add(
        "--scale",
        metavar="MARK",
        nargs="+",
        help="LOW HIGH [STEP]: the marks there can be (stars 1 to 5, if all are such)",
    )
    add(
        "--scale-of",
        metavar="MARK",
        nargs="+",
        action="append",
        help="CRITERION LOW HIGH [STEP]: those of one criterion; several times for several",
    )
    add("--words", metavar="WORDS", help='marks of answers: "never=1, sometimes=2, often=3"')
    add("--sheet", metavar="NAME", help="the sheet of a workbook with several")
    add(
        "--round",
        action="store_true",
        default=None,
        help="take a mark between two of the scale for the nearest",
    )
    both = run.add_mutually_exclusive_group()
    both.add_argument("--add", action="store_true", help="ratings without a date are new ones")
    both.add_argument("--replace", action="store_true", help="this file has all ratings there are")
