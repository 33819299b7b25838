"""The article's three scenes as projects (its section 6).

Each scene is a folder in the form of any project, with ``options.json`` (what
:class:`crowdnb.Problem` takes beyond the paper) and a folder ``extra`` of further tables. All data
are simulated, by tests/helpers/scenemaker.py of the repository.

``reader``       a scene, from its folder
``service``      customer service: at which confidence a bot answers, and what is left for people
``interests``    content creation: who is too close to an author to review
``sharing``      content creation: how a team shares what it earns, by hours or by Shapley value
``credentials``  medical consultation: no credential, no case
"""

from __future__ import annotations

from crowdnb.market.scenes.credentials import Gate, consultations, softened, without_credential
from crowdnb.market.scenes.interests import distances, reviews, too_close
from crowdnb.market.scenes.reader import FOLDER, NAMES, Scene, read_scene, table_of
from crowdnb.market.scenes.service import (
    BOT,
    OPEN,
    PERSON,
    WRONG,
    HandOver,
    cheapest_threshold,
    expected_cost,
    fitting_threshold,
    hand_over,
)
from crowdnb.market.scenes.sharing import (
    FEE,
    LARGEST_TEAM,
    Rule,
    Values,
    incomes,
    objections,
    proportional,
    revenue_shares,
    shapley,
    teams,
)

flood_point = fitting_threshold  # its former name

__all__ = [
    "BOT",
    "FEE",
    "FOLDER",
    "LARGEST_TEAM",
    "NAMES",
    "OPEN",
    "PERSON",
    "WRONG",
    "Gate",
    "HandOver",
    "Rule",
    "Scene",
    "Values",
    "cheapest_threshold",
    "consultations",
    "distances",
    "expected_cost",
    "fitting_threshold",
    "hand_over",
    "incomes",
    "objections",
    "proportional",
    "read_scene",
    "revenue_shares",
    "reviews",
    "shapley",
    "softened",
    "table_of",
    "teams",
    "too_close",
    "without_credential",
]
