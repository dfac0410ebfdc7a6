import { h, icon } from "./dom";
import { type Texts, fill } from "./texts";

export interface ComposerActions {
  ask(text: string): void;
  /** The citizen is writing. */
  types(): void;
  files(files: File[]): void;
  removeFile(index: number): void;
}

const MAX_TEXT = 4000;
const ACCEPT = "image/jpeg,image/png,image/webp,image/heic,application/pdf";

/** Where the citizen writes: the text, the files to go with it, and what went wrong with them. */
export class Composer {
  readonly element: HTMLFormElement;
  private readonly input: HTMLTextAreaElement;
  private readonly tray = h("ul", { class: "tray", hidden: true });
  private readonly notice = h("p", { class: "notice", role: "alert", hidden: true });

  constructor(
    private readonly texts: Texts,
    private readonly actions: ComposerActions,
  ) {
    this.input = h("textarea", {
      rows: 1,
      maxlength: MAX_TEXT,
      placeholder: texts.placeholder,
      "aria-label": texts.ask,
      enterkeyhint: "send",
      autocomplete: "off",
      oninput: () => {
        this.grow();
        if (this.input.value) actions.types();
      },
      onkeydown: (event) => this.onKey(event as KeyboardEvent),
    });
    const picker = h("input", { type: "file", accept: ACCEPT, multiple: true, hidden: true, tabindex: -1 });
    picker.addEventListener("change", () => {
      actions.files([...(picker.files ?? [])]);
      picker.value = "";
    });
    const attach = h("button", { type: "button", class: "round", "aria-label": texts.attach, onclick: () => picker.click() }, icon("camera"));
    const send = h("button", { type: "submit", class: "round send", "aria-label": texts.send }, icon("send"));
    this.element = h(
      "form",
      {
        class: "composer",
        hidden: true,
        onsubmit: (event) => {
          event.preventDefault();
          actions.ask(this.input.value);
        },
      },
      this.notice,
      this.tray,
      h("div", { class: "row" }, picker, attach, this.input, send),
    );
  }

  get text(): string {
    return this.input.value;
  }

  set text(value: string) {
    this.input.value = value;
    this.grow();
  }

  focus(): void {
    this.input.focus({ preventScroll: true });
  }

  setNotice(text: string): void {
    this.notice.hidden = !text;
    this.notice.textContent = text;
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

  private onKey(event: KeyboardEvent): void {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.element.requestSubmit();
  }

  private grow(): void {
    this.input.rows = Math.min(5, 1 + (this.input.value.match(/\n/g)?.length ?? 0));
    while (this.input.rows < 5 && this.input.scrollHeight > this.input.clientHeight + 2) this.input.rows += 1;
  }
}
