"""Pages for people who do not run Python (notebook 07): one page (HTML) for whoever decides.

``report``             the page as a whole
``findings``           what it tells, found out once
``sections``           how it says so
``ability_sections``   how ratings became abilities, and whom the other rule would have chosen
``rule_sections``      how it says what rules beyond the paper do
``rule_tables``        what those say of an answer, as HTML
``comparison``         how it says what scenarios change
``since_last``         how it says what changed since the last plan
``assignment_tables``  who does what, as HTML
``html``               pieces of HTML, which the panels use too

May use everything below the panels but the pictures.
"""
