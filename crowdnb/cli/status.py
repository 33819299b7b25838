"""With what number the command ends, each once.

Light, since it is there from its first moment on.
"""

from __future__ import annotations

SOLVED = 0
NO_ASSIGNMENT = 1
BAD_INPUT = 2  # or an output that fails, or too little memory
INTERNAL_ERROR = 3  # an answer that fails its check, or another error of this program
INTERRUPTED = 130  # from the keyboard, as shells count it

IN_WORDS = (
    f"Exit status: {SOLVED} an assignment was found, {NO_ASSIGNMENT} there is none ({{why}}),"
    f" {BAD_INPUT} bad input, an output that fails, or too little memory, {INTERNAL_ERROR} an"
    f" internal error, {INTERRUPTED} stopped from the keyboard. Nothing is written unless it is"
    " {written}."
)
