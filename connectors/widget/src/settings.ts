import { h } from "./dom";
import type { Look } from "./store";
import type { Texts } from "./texts";

export interface SettingsActions {
  look(change: Partial<Look>): void;
  forget(): void;
}

/** Text size, colours, and forgetting the conversation on this device. */
export class Settings {
  readonly element: HTMLElement;
  private readonly sizes: HTMLButtonElement[];
  private readonly dark: HTMLInputElement;
  private readonly contrast: HTMLInputElement;

  constructor(
    private readonly texts: Texts,
    private readonly actions: SettingsActions,
  ) {
    this.sizes = texts.sizes.map((label, size) =>
      h("button", { type: "button", "aria-pressed": "false", onclick: () => actions.look({ size }) }, "A", h("span", { class: "hidden" }, ` ${label}`)),
    );
    this.dark = this.box((dark) => actions.look({ dark }));
    this.contrast = this.box((contrast) => actions.look({ contrast }));
    this.element = h(
      "div",
      { class: "settings", id: "settings", hidden: true },
      h("div", { class: "sizes", role: "group", "aria-label": texts.size }, h("span", {}, texts.size), ...this.sizes),
      h("label", { class: "switch" }, h("span", {}, texts.dark), this.dark),
      h("label", { class: "switch" }, h("span", {}, texts.contrast), this.contrast),
      this.forget(),
    );
  }

  show({ size, dark, contrast }: Look): void {
    this.sizes.forEach((button, step) => button.setAttribute("aria-pressed", String(step === size)));
    this.dark.checked = dark;
    this.contrast.checked = contrast;
  }

  private box(set: (on: boolean) => void): HTMLInputElement {
    return h("input", { type: "checkbox", role: "switch", onchange: (event) => set((event.target as HTMLInputElement).checked) });
  }

  /** Asks once more before it forgets. */
  private forget(): HTMLButtonElement {
    const { texts, actions } = this;
    const button = h("button", { type: "button", class: "quiet" }, texts.forget);
    button.addEventListener("click", () => {
      const sure = button.classList.toggle("sure");
      button.textContent = sure ? texts.forgetSure : texts.forget;
      if (!sure) actions.forget();
    });
    return button;
  }
}
