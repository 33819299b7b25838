"""The tree of branch and bound."""

import numpy as np
import pandas as pd

import crowdnb as cn


def test_a_tree_has_a_box_for_each_relaxation_with_its_decision_and_bound():
    nodes = pd.DataFrame(
        [
            [-1, "", 2.5, "branched"],
            [0, "w1 works", 2.0, "integer"],
            [0, "not w1", np.nan, "empty"],
        ],
        columns=["parent", "decision", "bound", "fate"],
    ).rename_axis("node")
    picture = cn.plots.tree(nodes, 2.0)
    axis = picture.figure.axes[0]
    assert [text.get_text() for text in axis.texts] == [
        "nothing set\nat most 2.5",
        "w1 works\nmatch 2",
        "not w1\n",
    ]
    assert len(axis.patches) == 3 and len(axis.lines) == 2
    x = [patch.get_x() for patch in axis.patches]
    assert x[0] < x[1] == x[2]
    assert axis.patches[1].get_y() != axis.patches[2].get_y()
    assert "3 relaxations, 1 decisions deep, from a bound of 2.5 to the optimum 2" in picture.alt
    assert "1 integer: an assignment, 1 infeasible" in picture.alt


def test_a_tree_of_one_relaxation():
    nodes = pd.DataFrame(
        [[-1, "", 2.0, "integer"]], columns=["parent", "decision", "bound", "fate"]
    ).rename_axis("node")
    assert "1 relaxations, 0 decisions deep" in cn.plots.tree(nodes, 2.0).alt
