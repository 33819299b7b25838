"""Pages for people who do not run Python (notebook 07): one page (HTML) for whoever decides.

May use everything below the panels but the pictures.
"""
