"""Documents to send on: letters, minutes and the story from Word templates, and the dossier of the whole portfolio.

`dossier` tells the portfolio as HTML, PDF and DOCX; `make` fills the letters in; `copy_templates` hands the Word
templates to whoever wants to restyle them. A portfolio's own folder ``templates/`` comes before the kit's.
"""

from kit.documents.dossier import FORMATS, Dossier, dossier

__all__ = ["FORMATS", "Dossier", "dossier"]
