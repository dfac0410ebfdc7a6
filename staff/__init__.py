"""The console: officers see who waits, read, answer, close; leaders see aggregates.

`create_console` builds the whole of it; every page's roles are in `staff.access`.
"""

from staff.console import create_console
from staff.oidc import OidcProvider
from staff.suggestions import Suggestion
from staff.zalo import ConsentFailed, ZaloDesk, ZaloState

__all__ = ["ConsentFailed", "OidcProvider", "Suggestion", "ZaloDesk", "ZaloState", "create_console"]
