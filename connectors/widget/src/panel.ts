import { h, icon, richText } from "./dom";
import { type Texts, fill } from "./texts";

export interface PanelActions {
  open(): void;
  close(): void;
  officer(): void;
  agree(): void;
  ask(text: string): void;
  files(files: File[]): void;
  removeFile(index: number): void;
  size(step: number): void;
  contrast(on: boolean): void;
  forget(): void;
}

const MAX_TEXT = 4000;
const ACCEPT = "image/jpeg,image/png,image/webp,image/heic,application/pdf";

/** The furniture: launcher, header, log and composer. Shows what it is told, decides nothing. */
export class Panel {
  readonly items = h("div", { class: "items" });
  readonly pending = h("div", { class: "items" });
  readonly launcher: HTMLButtonElement;
  readonly element: HTMLElement;
  private readonly badge = h("span", { class: "badge", "aria-hidden": "true", hidden: true });
  private readonly log: HTMLElement;
  private readonly typing: HTMLElement;
  private readonly typingText: HTMLElement;
  private readonly floor = h("p", { class: "floor", role: "status" });
  private readonly banner = h("p", { class: "banner", role: "status", hidden: true });
  private readonly notice = h("p", { class: "notice", role: "alert", hidden: true });
  private readonly welcome: HTMLElement;
  private readonly suggestions: HTMLElement;
  private readonly consent: HTMLElement;
  private readonly agree: HTMLButtonElement;
  private readonly officer: HTMLButtonElement;
  private readonly composer: HTMLFormElement;
  private readonly input: HTMLTextAreaElement;
  private readonly tray = h("ul", { class: "tray", hidden: true });
  private readonly settings: HTMLElement;
  private readonly sizes: HTMLButtonElement[];
  private readonly contrast: HTMLInputElement;
  private readonly latest: HTMLButtonElement;
  private atEnd = true;
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

    this.sizes = texts.sizes.map((label, step) =>
      h("button", { type: "button", "aria-pressed": "false", onclick: () => actions.size(step) }, "A", h("span", { class: "hidden" }, ` ${label}`)),
    );
    this.contrast = h("input", {
      type: "checkbox",
      role: "switch",
      onchange: () => actions.contrast(this.contrast.checked),
    });
    this.settings = this.buildSettings();

    this.officer = h("button", { type: "button", class: "officer", onclick: actions.officer }, icon("officer"), texts.officer);
    this.typingText = h("span", { class: "hidden" }, texts.typing);
    this.typing = h(
      "div",
      { class: "typing", hidden: true },
      h("div", { class: "bubble" }, h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")), this.typingText),
    );
    this.welcome = h("article", { class: "message bot" }, h("div", { class: "bubble" }, richText(texts.welcome)));
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
      this.welcome,
      this.suggestions,
      this.items,
      this.pending,
      this.typing,
    );
    this.latest = h(
      "button",
      { type: "button", class: "latest", "aria-label": texts.latest, hidden: true, onclick: () => this.scrollDown() },
      icon("arrow"),
    );
    const onScroll = (): void => {
      this.atEnd = this.isAtEnd();
      this.latest.hidden = this.atEnd;
    };
    this.log.addEventListener("scroll", onScroll, { passive: true });
    new ResizeObserver(() => this.atEnd && this.scrollDown()).observe(this.log);

    this.input = h("textarea", {
      rows: 1,
      maxlength: MAX_TEXT,
      placeholder: texts.placeholder,
      "aria-label": texts.ask,
      enterkeyhint: "send",
      autocomplete: "off",
    });
    this.composer = this.buildComposer();
    this.element = h(
      "section",
      { class: "panel", id: "panel", role: "dialog", "aria-label": title, hidden: true },
      this.buildHeader(title),
      this.settings,
      this.banner,
      h("div", { class: "middle" }, this.log, this.latest),
      this.consent,
      this.composer,
    );
    this.element.addEventListener("keydown", (event) => this.onKey(event));
  }

  get text(): string {
    return this.input.value;
  }

  set text(value: string) {
    this.input.value = value;
    this.grow();
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
    (this.consent.hidden ? this.input : this.agree).focus({ preventScroll: true });
  }

  /** Before the consent there is nothing to type in. */
  setConsented(consented: boolean): void {
    this.consent.hidden = consented;
    this.composer.hidden = !consented;
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

  setFloor(floor: "bot" | "waiting" | "officer"): void {
    const text = this.texts.floor[floor];
    if (this.floor.textContent !== text) this.floor.textContent = text;
    this.floor.className = `floor ${floor}`;
    this.officer.hidden = floor === "officer";
  }

  setWorking(working: boolean): void {
    if (working === !this.typing.hidden) return;
    clearTimeout(this.typingTimer);
    const follow = this.isAtEnd();
    this.typing.hidden = !working;
    this.typingText.className = "hidden";
    this.typingText.textContent = this.texts.typing;
    if (working) {
      this.typingTimer = window.setTimeout(() => {
        this.typingText.className = "";
        this.typingText.textContent = this.texts.typingLong;
      }, 5000);
    }
    if (follow) this.scrollDown();
  }

  setBanner(text: string, kind: "" | "warn" | "good" = "", forMs = 0): void {
    clearTimeout(this.bannerTimer);
    this.banner.hidden = !text;
    this.banner.textContent = text;
    this.banner.className = `banner ${kind}`;
    if (forMs) this.bannerTimer = window.setTimeout(() => this.setBanner(""), forMs);
  }

  setNotice(text: string): void {
    this.notice.hidden = !text;
    this.notice.textContent = text;
  }

  /** As at the start: nobody writes, nothing is wrong. */
  setStatusQuiet(): void {
    this.setFloor("bot");
    this.setWorking(false);
    this.setBanner("");
    this.setNotice("");
    this.setTray([], false);
  }

  setBusy(busy: boolean): void {
    this.log.setAttribute("aria-busy", String(busy));
  }

  setLook(size: number, contrast: boolean): void {
    this.element.dataset.size = String(size);
    this.element.classList.toggle("contrast", contrast);
    this.sizes.forEach((button, step) => button.setAttribute("aria-pressed", String(step === size)));
    this.contrast.checked = contrast;
    if (this.atEnd) this.scrollDown();
  }

  setTray(names: string[], uploading: boolean): void {
    const items = names.map((name, index) =>
      h(
        "li",
        {},
        h("span", {}, name),
        h("button", { type: "button", "aria-label": fill(this.texts.remove, { name }), onclick: () => this.actions.removeFile(index) }, icon("close")),
      ),
    );
    if (uploading) items.push(h("li", { role: "status" }, this.texts.uploading));
    this.tray.hidden = items.length === 0;
    this.tray.replaceChildren(...items);
  }

  isAtEnd(): boolean {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 80;
  }

  /** Show the newest; an answer longer than the log is shown from its first line. */
  scrollDown(to?: HTMLElement): void {
    const tall = to && to.offsetHeight > this.log.clientHeight - 24;
    this.log.scrollTop = tall ? to.offsetTop - this.log.offsetTop - 8 : this.log.scrollHeight;
  }

  private buildHeader(title: string): HTMLElement {
    const toggle = h("button", {
      type: "button",
      class: "round",
      "aria-label": this.texts.settings,
      "aria-expanded": "false",
      "aria-controls": "settings",
      onclick: () => {
        this.settings.hidden = !this.settings.hidden;
        toggle.setAttribute("aria-expanded", String(!this.settings.hidden));
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
      this.floor,
      this.officer,
    );
  }

  private buildSettings(): HTMLElement {
    const { texts, actions } = this;
    const forget = h("button", { type: "button", class: "quiet" }, texts.forget);
    forget.addEventListener("click", () => {
      if (forget.classList.toggle("sure")) {
        forget.textContent = texts.forgetSure;
        return;
      }
      forget.textContent = texts.forget;
      actions.forget();
    });
    return h(
      "div",
      { class: "settings", id: "settings", hidden: true },
      h("div", { class: "sizes", role: "group", "aria-label": texts.size }, h("span", {}, texts.size), ...this.sizes),
      h("label", { class: "switch" }, h("span", {}, texts.contrast), this.contrast),
      forget,
    );
  }

  private buildComposer(): HTMLFormElement {
    const { texts, actions } = this;
    const picker = h("input", { type: "file", accept: ACCEPT, multiple: true, hidden: true, tabindex: -1 });
    picker.addEventListener("change", () => {
      actions.files([...(picker.files ?? [])]);
      picker.value = "";
    });
    const attach = h("button", { type: "button", class: "round", "aria-label": texts.attach, onclick: () => picker.click() }, icon("attach"));
    const send = h("button", { type: "submit", class: "round send", "aria-label": texts.send }, icon("send"));
    this.input.addEventListener("input", () => this.grow());
    this.input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      form.requestSubmit();
    });
    const submit = (event: Event): void => {
      event.preventDefault();
      actions.ask(this.input.value);
    };
    const form = h(
      "form",
      { class: "composer", hidden: true, onsubmit: submit },
      this.notice,
      this.tray,
      h("div", { class: "row" }, picker, attach, this.input, send),
    );
    return form;
  }

  private grow(): void {
    this.input.rows = Math.min(5, 1 + (this.input.value.match(/\n/g)?.length ?? 0));
    while (this.input.rows < 5 && this.input.scrollHeight > this.input.clientHeight + 2) this.input.rows += 1;
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
    const all = this.element.querySelectorAll<HTMLElement>("button:not(:disabled), a[href], input, textarea, [tabindex='0']");
    const shown = [...all].filter((element) => element.offsetParent && element.tabIndex >= 0);
    const edge = event.shiftKey ? shown[0] : shown[shown.length - 1];
    if (event.composedPath()[0] !== edge) return;
    event.preventDefault();
    (event.shiftKey ? shown[shown.length - 1] : shown[0])?.focus();
  }
}
