"""Figures that section 7 prints, to set beside what is computed."""

from __future__ import annotations

import pandas as pd

_M = pd.RangeIndex(10, 61, 5, name="m")
# As printed; None is N/A, more than 30 minutes.
PUBLISHED: dict[str, pd.DataFrame] = {
    "table6": pd.DataFrame(
        {
            "CPLEX": [2.62, 2.86, 3.46, 4.56, 7.60, 10.94, 20.0, 29.1, 33.94, 45.9, 66.9],
            "greedy": [0.02, 0.04, 0.08, 0.09, 0.35, 0.61, *[None] * 5],
            "exhaustive": [0.10, 46.93, 33651.00, *[None] * 8],
        },
        _M,
        dtype=float,
    ),
    "table7": pd.DataFrame(
        {"CPLEX": [12, 12, 29, 11, 23, 43], "greedy": [2638.6, 5369.3, 19901.0, 119145.5, 22139.1, 853762.0]},
        pd.RangeIndex(1, 7, name="instance"),
        dtype=float,
    ),
    "table8": pd.DataFrame(
        {
            0.1: [1.0] * 11,
            0.2: [*[1.0] * 6, 0.84, 0.26, 0.10, 0, 0],
            0.3: [1, 1, 1, 0.88, 0.20, *[0.0] * 6],
            0.4: [1, 0.94, 0.88, 0.20, *[0.0] * 7],
        },
        _M,
    ).rename_axis(columns="p"),
    "table9": pd.DataFrame(
        {"greedy": [0.963, 0.979, 0.988, 0.995, 0.991, 0.994, 0.994, 0.995, 0.991, 0.995, 0.997]}, _M
    ),
}
