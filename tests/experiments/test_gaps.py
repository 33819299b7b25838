"""The gap against time where places are just within reach."""

import numpy as np
import pandas as pd
import pytest

from crowdnb.experiments import middle_ground


def test_the_median_and_the_worst_gap_count_no_assignment_as_all():
    rows = pd.DataFrame(
        [
            (name, method, 1.0, gap)
            for name, method, gap in [
                ("a", "x", 0.1),
                ("b", "x", 0.2),
                ("c", "x", np.nan),
                ("a", "w", 0.0),
            ]
        ],
        columns=["instance", "method", "seconds", "gap"],
    )
    found = middle_ground.gaps(rows)
    assert list(found.index) == ["x", "w"]
    assert found["median"][1.0].tolist() == pytest.approx([20, 0])
    assert found["worst"][1.0].tolist() == pytest.approx([100, 0])
    with pytest.raises(ValueError, match="gap"):
        middle_ground.gaps(rows.drop(columns="gap"))


def test_stored_bounds_exceed_every_assignment():
    rows = middle_ground.stored()
    best = rows.groupby("instance")["performance"].transform("max")
    own = rows[rows["method"] == "crowdnb"]
    assert (own["bound"] >= best[own.index] - 1e-5).all()
    soon = own[own["seconds"] == 1]
    assert (soon["performance"] >= 0.99 * best[soon.index]).mean() >= 0.9
