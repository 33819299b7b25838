"""The command ``crowdnb``, which ``python -m crowdnb`` runs too.

``command``    what each subcommand does
``terminal``   what is said on the terminal, and what becomes of errors
``interrupt``  Ctrl-C before anything else is there
"""
