"""Puts the diacritics back into Vietnamese typed without them: `restore("dang ky khai sinh")`.

A trigram model over syllables, trained here (`python -m nlu.diacritics.train`), served with numpy alone.
"""

from nlu.diacritics.chances import MODEL
from nlu.diacritics.restorer import Restorer, restore

__all__ = ["MODEL", "Restorer", "restore"]
