"""Documents to send on: letters, minutes and the story from Word templates, and the dossier of the whole portfolio.

`dossier` tells the portfolio as HTML, PDF and DOCX; `make` fills the letters in; `copy_templates` hands the Word
templates to whoever wants to restyle them. A portfolio's own folder ``templates/`` comes before the kit's.
"""

from kit.documents.dossier import FORMATS, Dossier, dossier
from kit.documents.letters import (
    LETTERS,
    Letter,
    Made,
    copy_templates,
    letter_fields,
    letter_file,
    letter_title,
    make,
    write,
)

__all__ = [
    "FORMATS",
    "LETTERS",
    "Dossier",
    "Letter",
    "Made",
    "copy_templates",
    "dossier",
    "letter_fields",
    "letter_file",
    "letter_title",
    "make",
    "write",
]
