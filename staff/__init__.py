"""The console: officers see who waits, read, answer, close; leaders see aggregates.

`create_console` builds the whole of it; every page's roles are in `staff.access`.
"""

from staff.console import create_console
from staff.oidc import OidcProvider
from staff.suggestions import Suggestion

__all__ = ["OidcProvider", "Suggestion", "create_console"]
