"""Web addresses in documents that no longer lead anywhere."""

from __future__ import annotations

from collections import defaultdict

from starlette.responses import Response

from conversations import web_links
from knowledge_base.schema import AnyDocument
from knowledge_base.web_links import links_of
from staff.visit import Visit

SHOWN = 200


def show(visit: Visit) -> Response:
    """Addresses that are not good, with the documents that name them."""
    named: defaultdict[str, list[AnyDocument]] = defaultdict(list)
    for document in visit.console.knowledge.documents():
        for url in links_of(document):
            named[url].append(document)
    bad = [row for row in web_links.bad(visit.session) if row.url in named]
    return visit.page(
        "knowledge_web_links.html",
        bad=bad[:SHOWN],
        count=len(bad),
        total=len(named),
        named=named,
        looked=web_links.last_look(visit.session),
    )


def again(visit: Visit) -> Response:
    """Has the bad ones looked at again; nobody waits for it."""
    web_links.look_again(visit.session, [row.url for row in web_links.bad(visit.session)])
    visit.record("document.links", "document")
    return visit.redirect("web_links", notice="links_again")
