"""The command ``crowdnb``, which ``python -m crowdnb`` runs too.

``interrupt``  Ctrl-C before anything else is there
``status``     with what number it ends
``terminal``   what reaches the terminal, and what becomes of errors
``delivery``   what it writes, where, and in which format
``command``    what each subcommand does
``import_options``, ``import_command``
               a table as it comes: what the import takes, and what it does
``copy_options``, ``copy_commands``
               the notebooks, or the case study, in a folder of one's own
``notebook_files``
               the notebooks and their pages, with links that work there
``case``       the paper's case study, published beside computed
``words``      a project and its assignment, for a person at a terminal
"""
