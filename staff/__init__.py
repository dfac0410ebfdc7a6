"""The console: officers see who waits, read, answer, close; leaders see aggregates.

`create_console` builds the whole of it; every page's roles are in `staff.access`.
"""

from staff.console import create_console
from staff.suggestions import Suggestion

__all__ = ["Suggestion", "create_console"]
