import { Composer, type ComposerActions } from "./composer";
import { h, icon } from "./dom";
import { richText } from "./prose";
import type { Status } from "./protocol";
import { ServiceNotes } from "./service";
import { Settings, type SettingsActions } from "./settings";
import type { Look } from "./store";
import { type Texts, fill } from "./texts";

export interface PanelActions extends ComposerActions, SettingsActions {
  open(): void;
  close(): void;
  officer(): void;
  leaveQueue(): void;
  agree(): void;
}

/** Milliseconds after which an officer who typed no longer counts as typing. */
const TYPING_LASTS = 6000;
const PATIENCE = 5000;

/** The furniture: launcher, header, log and composer. Shows what it is told, decides nothing. */
export class Panel {
  readonly items = h("div", { class: "items" });
  readonly pending = h("div", { class: "items" });
  readonly launcher: HTMLButtonElement;
  readonly element: HTMLElement;
  readonly composer: Composer;
  private readonly badge = h("span", { class: "badge", "aria-hidden": "true", hidden: true });
  private readonly log: HTMLElement;
  private readonly typing: HTMLElement;
  private readonly typingText: HTMLElement;
  private readonly banner = h("p", { class: "banner", role: "status", hidden: true });
  private readonly notes: ServiceNotes;
  private readonly settings: Settings;
  private readonly suggestions: HTMLElement;
  private readonly consent: HTMLElement;
  private readonly agree: HTMLButtonElement;
  private readonly officer: HTMLButtonElement;
  private readonly latest: HTMLButtonElement;
  private atEnd = true;
  /** Where the log was scrolled to last, not by the reader. */
  private put = 0;
  private working = false;
  private typingTimer = 0;
  private bannerTimer = 0;

  constructor(
    private readonly texts: Texts,
    title: string,
    private readonly actions: PanelActions,
  ) {
    this.launcher = h(
      "button",
      { class: "launcher", type: "button", "aria-expanded": "false", "aria-controls": "panel", onclick: actions.open },
      icon("lotus"),
      h("span", { class: "word" }, texts.launcher),
      this.badge,
    );
    this.setUnread(0);
    this.settings = new Settings(texts, actions);
    this.composer = new Composer(texts, actions);
    this.notes = new ServiceNotes(texts, actions.leaveQueue);

    this.officer = h("button", { type: "button", class: "officer", onclick: actions.officer }, icon("officer"), texts.officer);
    this.typingText = h("span", { class: "hidden" }, texts.typing);
    this.typing = h(
      "div",
      { class: "typing", hidden: true },
      h("div", { class: "bubble" }, h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")), this.typingText),
    );
    this.suggestions = h("div", { class: "choices", role: "group", "aria-label": texts.suggestionsLabel, hidden: true });
    for (const [label = "", text = ""] of texts.suggestions) {
      this.suggestions.append(h("button", { type: "button", onclick: () => actions.ask(text) }, label));
    }
    this.agree = h("button", { type: "button", class: "primary", onclick: actions.agree }, texts.consentAgree);
    this.consent = h(
      "section",
      { class: "consent", hidden: true, "aria-labelledby": "consent-title" },
      h("h3", { id: "consent-title" }, texts.consentTitle),
      h("p", {}, texts.consent),
      this.agree,
    );
    this.log = h(
      "div",
      { class: "log", role: "log", "aria-live": "polite", "aria-label": texts.log, tabindex: 0 },
      h("article", { class: "message bot" }, h("div", { class: "bubble" }, richText(texts.welcome))),
      this.suggestions,
      this.items,
      this.pending,
      this.typing,
    );
    this.latest = h(
      "button",
      { type: "button", class: "latest", hidden: true, onclick: () => this.readOn() },
      texts.more,
      icon("arrow"),
    );
    const onScroll = (): void => {
      this.atEnd = this.isAtEnd();
      this.latest.hidden = this.atEnd;
    };
    this.log.addEventListener("scroll", onScroll, { passive: true });
    new ResizeObserver(() => this.atEnd && this.scrollDown()).observe(this.log);
    this.element = h(
      "section",
      { class: "panel", id: "panel", role: "dialog", "aria-label": title, hidden: true },
      this.buildHeader(title),
      this.settings.element,
      this.notes.emergency,
      this.banner,
      h("div", { class: "middle" }, this.log, this.latest),
      this.consent,
      this.notes.queue,
      this.composer.element,
    );
    this.element.addEventListener("keydown", (event) => this.onKey(event));
  }

  get isOpen(): boolean {
    return !this.element.hidden;
  }

  show(open: boolean): void {
    this.element.hidden = !open;
    this.launcher.setAttribute("aria-expanded", String(open));
    this.launcher.classList.toggle("away", open);
    if (open) {
      this.scrollDown();
      this.focus();
    } else {
      this.launcher.focus();
    }
  }

  focus(): void {
    if (this.consent.hidden) this.composer.focus();
    else this.agree.focus({ preventScroll: true });
  }

  /** After a button that is gone now; on a phone the keyboard stays away. */
  focusLog(): void {
    this.log.focus({ preventScroll: true });
  }

  /** Before the consent there is nothing to type in. */
  setConsented(consented: boolean): void {
    this.consent.hidden = consented;
    this.composer.element.hidden = !consented;
    this.officer.disabled = !consented;
    this.suggestions.hidden = !consented || this.items.childElementCount + this.pending.childElementCount > 0;
  }

  hideSuggestions(): void {
    this.suggestions.hidden = true;
  }

  setUnread(count: number): void {
    this.badge.hidden = count === 0;
    this.badge.textContent = count > 9 ? "9+" : String(count);
    const unread = count ? `, ${fill(this.texts.unread, { n: count })}` : "";
    this.launcher.setAttribute("aria-label", this.texts.open + unread);
  }

  setStatus(status?: Status): void {
    const follow = this.isAtEnd();
    this.notes.show(status);
    this.officer.hidden = !!status && status.floor !== "bot";
    this.setWorking(status?.working ?? false);
    if (follow) this.scrollDown();
  }

  /** Whether the assistant is preparing an answer; after a while it says so in words. */
  setWorking(working: boolean): void {
    if (working === this.working) return;
    this.working = working;
    this.showTyping(working, this.texts.typing, false);
    if (working) this.typingTimer = window.setTimeout(() => this.showTyping(true, this.texts.typingLong, true), PATIENCE);
  }

  officerTypes(): void {
    this.showTyping(true, this.texts.officerTyping, true);
    this.typingTimer = window.setTimeout(() => this.officerStops(), TYPING_LASTS);
  }

  officerStops(): void {
    if (!this.working) this.showTyping(false, "", false);
  }

  private showTyping(on: boolean, text: string, inWords: boolean): void {
    clearTimeout(this.typingTimer);
    const follow = this.isAtEnd();
    this.typing.hidden = !on;
    this.typingText.className = inWords ? "" : "hidden";
    if (this.typingText.textContent !== text) this.typingText.textContent = text;
    if (follow) this.scrollDown();
  }

  setBanner(text: string, kind: "" | "warn" | "good" = "", forMs = 0): void {
    clearTimeout(this.bannerTimer);
    this.banner.hidden = !text;
    this.banner.textContent = text;
    this.banner.className = `banner ${kind}`;
    if (forMs) this.bannerTimer = window.setTimeout(() => this.setBanner(""), forMs);
  }

  /** As at the start: nobody writes, nothing is wrong. */
  reset(): void {
    this.setStatus();
    this.setBanner("");
    this.composer.setNotice("");
    this.composer.setTray([], false);
  }

  setBusy(busy: boolean): void {
    this.log.setAttribute("aria-busy", String(busy));
  }

  setLook(look: Look): void {
    this.element.dataset.size = String(look.size);
    this.element.classList.toggle("dark", look.dark);
    this.element.classList.toggle("contrast", look.contrast);
    this.settings.show(look);
    if (this.atEnd) this.scrollDown();
  }

  isAtEnd(): boolean {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 80;
  }

  /** Whether the log stands where it was put: the reader has not moved it. */
  isUntouched(): boolean {
    return Math.abs(this.log.scrollTop - this.put) < 2;
  }

  /** Show the newest; an answer longer than the log is shown from its first line. */
  scrollDown(to?: HTMLElement): void {
    const tall = to && to.offsetHeight > this.log.clientHeight - 24;
    this.log.scrollTop = tall ? to.offsetTop - 8 : this.log.scrollHeight;
    this.put = this.log.scrollTop;
  }

  /** One page on, so that a long answer is read to its end. */
  private readOn(): void {
    this.log.scrollBy({ top: this.log.clientHeight - 72 });
  }

  private buildHeader(title: string): HTMLElement {
    const { element: settings } = this.settings;
    const toggle = h("button", {
      type: "button",
      class: "round",
      "aria-label": this.texts.settings,
      "aria-expanded": "false",
      "aria-controls": "settings",
      onclick: () => {
        settings.hidden = !settings.hidden;
        toggle.setAttribute("aria-expanded", String(!settings.hidden));
      },
    });
    toggle.append(icon("text"));
    const close = h("button", { type: "button", class: "round", "aria-label": this.texts.close, onclick: this.actions.close }, icon("close"));
    return h(
      "div",
      { class: "head" },
      h("span", { class: "mark" }, icon("lotus")),
      h("h2", {}, title),
      toggle,
      close,
      this.notes.floor,
      this.officer,
      this.notes.hours,
    );
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key === "Escape") {
      event.stopPropagation();
      this.actions.close();
    } else if (event.key === "Tab" && matchMedia("(max-width: 520px)").matches) {
      this.keepFocusInside(event);
    }
  }

  /** On a phone the panel covers the page, so the focus stays in it. */
  private keepFocusInside(event: KeyboardEvent): void {
    const all = this.element.querySelectorAll<HTMLElement>("button:not(:disabled), a[href], input, textarea, summary, [tabindex='0']");
    const shown = [...all].filter((element) => element.offsetParent && element.tabIndex >= 0);
    const edge = event.shiftKey ? shown[0] : shown[shown.length - 1];
    if (event.composedPath()[0] !== edge) return;
    event.preventDefault();
    (event.shiftKey ? shown[shown.length - 1] : shown[0])?.focus();
  }
}
