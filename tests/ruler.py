"""A ruler for the widget on a screen."""

from __future__ import annotations

from playwright.sync_api import Page

WIDTHS = {320: 640, 768: 1024, 1280: 800}
"""Widths and heights of screens, CSS pixels."""


def faults(page: Page) -> list[str]:
    """What is wider than its place, smaller to touch than 44 px, or written smaller than 16 px."""
    found: list[str] = page.evaluate(_FAULTS)
    return found


_FAULTS = """() => {
    const { shadowRoot } = document.querySelector("tro-ly-hanh-chinh");
    const all = (selector) => [...shadowRoot.querySelectorAll(selector)].filter(e => e.offsetParent);
    const tell = (fault, elements) => elements.map(e => `${fault}: ${e.outerHTML.slice(0, 100)}`);
    const small = (e) => e.getBoundingClientRect().width < 44 || e.getBoundingClientRect().height < 43.5;
    const own = (e) => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
    return [
        ...tell("wide", [document.documentElement, ...all(".panel, .log, .bubble, .choices, .queue")]
            .filter(e => e.scrollWidth > e.clientWidth + 1)),
        ...tell("small to touch", all("button, summary, .links a, textarea, label").filter(small)),
        ...tell("small to read", all(".panel *").filter(own)
            .filter(e => parseFloat(getComputedStyle(e).fontSize) < 16)),
    ] }"""
