"""A user's files: read, checked, turned into a problem, written.

Section 6 of the paper, notebooks 05 and 07.

``files``          bytes of files, read with limits, written in full or not at all
``errors``         what is wrong with them, all of it, with hints at what was meant
``cells``          one cell as a label or a number
``csv_file``, ``excel_file``, ``excel_marks``, ``tables``
                   tables of labels and numbers, with line numbers in every complaint
``label_notes``    what is noted of labels, and which nobody can tell apart
``form``           what columns each file has, and how much a project may hold
``columns``        the numbers that tasks.csv and workers.csv hold
``options``        the keywords of a problem that a project fills beyond the paper's
``conflict_frames``, ``written``, ``criteria_table``
                   its conflicts, checked; its tables, as they are written
``record``, ``abilities``, ``fingerprint``
                   a project: what its files say, its problem, its assignment; its abilities under
                   whatever settings; whether two say the same
``file_names``     which files and sheets are read, and what others may be meant for
``reader``, ``criteria_reader``, ``ratings_reader``, ``plain_ratings``, ``pair_reader``,
``rule_reader``, ``quota_reader``, ``folder``
                   a project read from its files
``case_study``, ``conference``
                   the paper's case study, and a round of reviews with every rule, as such folders
``settings``, ``setting_kinds``, ``pair_setting``, ``quota_setting``
                   what may differ from a project's files, each field once
``ability_settings``
                   those of abilities
``scenario``, ``misfits``
                   what does differ; what of it does not fit the project
``scenarios``, ``measure``
                   several of them, solved and compared; whether their ρ can be
``plan``, ``histories``, ``rule_lines``, ``plan_file``
                   the one plan of a project, what ratings and rules say of it, its table and file
``scenario_file``, ``keeper``
                   the file that they are kept in, as they change
``last_plan``, ``last_plan_file``, ``last_plan_reasons``, ``last_plan_changes``
                   what is kept of a plan, its file; who does something else since, and why
``mapping``        what the columns of a table of ratings mean, and the file that keeps it
``marks``, ``dates``, ``source_table``, ``rating_table``, ``rating_preview``
                   such a table, read: what its cells are, what was dropped, its preview
``merging``, ``importing``
                   its ratings beside those that are there; what is written of an import
``output``         where a command writes: which name, which format, and whether it can
``spreadsheet``, ``assignment_file``
                   tables as a spreadsheet opens them, and an assignment in each format

May use ``solver``, ``model``, ``ability``, ``labels`` and ``spelling``.
"""
