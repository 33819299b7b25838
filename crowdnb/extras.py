"""Libraries that a bare install lacks: what each is needed for, and the extra that brings it.

Light, since the package itself imports it first.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

# By the name that is imported. An extra not only names the library but the versions that fit.
EXTRA = {
    "anywidget": "notebooks",
    "cplex": "bench",
    "cvxopt": "glpk",
    "cylp": "cbc",
    "dask": "dask",
    "distributed": "dask",
    "ipywidgets": "notebooks",
    "matplotlib": "notebooks",
    "openpyxl": "excel",
    "simpy": "notebooks",
    "sklearn": "notebooks",
}

# Packages that bring a library under another name than its own. cvxpy is there with its default
# solvers, or, as this package needs it, without.
_ALSO = {"cvxpy": "cvxpy-base"}


def version_of(library: str) -> str | None:
    """The version of a library that is installed; None where it is not."""
    from importlib import metadata  # not at once: it takes as long as the rest of the package

    for name in filter(None, (_ALSO.get(library), library)):
        with suppress(metadata.PackageNotFoundError):
            return metadata.version(name)
    return None


def how_to_get(library: str) -> str:
    """What to type for a library: its extra, or its own name where it is part of no extra."""
    extra = EXTRA.get(library)
    return f"pip install {library}" if extra is None else f"pip install 'crowdnb[{extra}]'"


@contextmanager
def needed_for(what: str) -> Iterator[None]:
    """Say of a library that cannot be imported what needs it, and how to get it.

    Raises
    ------
    ModuleNotFoundError
        Its ``name`` is that of the library.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        library = (error.name or "").partition(".")[0]
        if library in ("", "crowdnb"):
            raise
        text = f"{what} needs {library}; {how_to_get(library)}"
        raise ModuleNotFoundError(text, name=library) from error
