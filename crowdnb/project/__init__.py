"""A user's files (sections 6.1 and 6.2; notebooks 05 and 07): read, checked, turned into a problem, written.

``files``       reading with limits, writing in full or not at all
``tables``      tables of labels, with line numbers in every complaint
``folder``      a project: its files, its problem, its assignment
``case_study``  the paper's case study, as such a folder
``scenarios``   variants of a project, side by side

May use ``solver``, ``model``, ``ability`` and ``labels``.
"""
