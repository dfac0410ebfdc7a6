import { externalLink, h, icon } from "./dom";
import { printList } from "./print";
import { plainCode, plainText, richText } from "./prose";
import { REQUEST_HUMAN, RETURN_TO_BOT, type ServerMessage, type SourceNote } from "./protocol";
import type { Store } from "./store";
import { type Language, type Texts, fill, formatDate, formatTime } from "./texts";

/** What the panel offers at all times needs no second button under a message. */
const IN_THE_HEAD = new Set([REQUEST_HUMAN, RETURN_TO_BOT]);

export interface Actions {
  choose(title: string, payload: string): void;
  vote(messageId: number, value: "up" | "down", reason?: string): void;
}

/** Draws messages; knows nothing of the connection. */
export class Bubbles {
  constructor(
    private readonly texts: Texts,
    private readonly language: Language,
    private readonly store: Store,
    private readonly actions: Actions,
  ) {}

  draw(message: ServerMessage): HTMLElement {
    const { sender } = message;
    const text = sender === "citizen" ? plainText(message.text) : richText(message.text, (code) => this.code(code));
    const bubble = h("div", { class: "bubble" }, text);
    if (message.attachments) bubble.append(this.files(message.attachments));
    if (message.image_url) bubble.append(h("img", { src: message.image_url, alt: "", loading: "lazy" }));
    if (message.checklist) bubble.append(this.checklist(message));
    if (message.links) bubble.append(this.links(message.links));
    if (message.sources) bubble.append(this.sources(message.sources));
    const item = h("article", { class: `message ${sender}` }, this.caption(sender, message.at), bubble);
    const choices = message.choices?.filter(({ payload }) => !IN_THE_HEAD.has(payload)) ?? [];
    if (choices.length) item.append(this.choices(choices));
    if (message.ratable) item.append(this.thumbs(message.id));
    return item;
  }

  /** A message of the citizen that the server has not confirmed yet. */
  drawOwn(text: string, at: string, files: string[]): HTMLElement {
    const item = this.draw({ id: 0, sender: "citizen", text, at, ...(files.length ? { attachments: files } : {}) });
    item.append(h("p", { class: "delivery" }));
    return item;
  }

  private caption(sender: ServerMessage["sender"], at: string): HTMLElement {
    const name = this.texts.who[sender];
    return h("p", { class: "caption" }, h("span", { class: "name" }, name), h("time", { datetime: at }, formatTime(at)));
  }

  /** The code of a feedback is needed later: a touch copies it. */
  private code(code: string): Node {
    if (!code.startsWith("PA") || !navigator.clipboard) return plainCode(code);
    const { texts } = this;
    const done = h("span", { class: "copied", role: "status" });
    const copy = (): void => {
      void navigator.clipboard.writeText(code).then(() => (done.textContent = texts.copied));
    };
    const button = h("button", { type: "button", class: "code", "aria-label": fill(texts.copy, { code }), onclick: copy }, code, icon("copy"));
    return h("span", { class: "copy" }, button, done);
  }

  private files(names: string[]): HTMLElement {
    return h("ul", { class: "files" }, ...names.map((name) => h("li", {}, icon("attach"), name)));
  }

  private links(links: { title: string; url: string }[]): HTMLElement {
    const items = links.map(({ title, url }) => {
      const link = externalLink(url, title);
      if (url.startsWith("http")) link.append(icon("link"), h("span", { class: "hidden" }, ` (${this.texts.newTab})`));
      return h("li", {}, link);
    });
    return h("ul", { class: "links" }, ...items);
  }

  private choices(choices: { title: string; payload: string }[]): HTMLElement {
    const buttons = choices.map(({ title, payload }) =>
      h("button", { type: "button", onclick: () => this.actions.choose(title, payload) }, title),
    );
    return h("div", { class: "choices", role: "group", "aria-label": this.texts.suggestionsLabel }, ...buttons);
  }

  private sources(sources: SourceNote[]): HTMLElement {
    const { texts, language } = this;
    const items = sources.map((source) => {
      const parts: (string | Node)[] = [source.url ? externalLink(source.url, source.title) : source.title];
      if (source.id && !source.title.includes(source.id)) parts.push(` (${source.id})`);
      if (source.effective_from) {
        parts.push(` · ${fill(texts.effective, { date: formatDate(source.effective_from, language) })}`);
      }
      if (source.checked) parts.push(` · ${fill(texts.checked, { date: formatDate(source.checked, language) })}`);
      return h("p", {}, `${texts.source}: `, ...parts);
    });
    return h("div", { class: "sources" }, ...items);
  }

  private checklist(message: ServerMessage): HTMLElement {
    const { texts, store } = this;
    const lines = message.checklist ?? [];
    const ticked = new Set(store.state.ticks[message.id] ?? []);
    const count = h("span", { class: "count", role: "status" });
    const tell = (): void => {
      count.textContent = fill(texts.ticked, { done: ticked.size, all: lines.length });
    };
    tell();
    const toggle = (index: number, done: boolean): void => {
      if (done) ticked.add(index);
      else ticked.delete(index);
      store.update({ ticks: { ...store.state.ticks, [message.id]: [...ticked] } });
      tell();
    };
    const items = lines.map((line, index) => {
      const box = h("input", {
        type: "checkbox",
        checked: ticked.has(index),
        onchange: (event) => toggle(index, (event.target as HTMLInputElement).checked),
      });
      return h("li", {}, h("label", {}, box, h("span", {}, line)));
    });
    const print = (event: Event): void => {
      const root = (event.currentTarget as HTMLElement).getRootNode() as ShadowRoot;
      const [source] = message.sources ?? [];
      printList(root, {
        title: texts.checklist,
        subtitle: source ? `${source.title} (${source.id})` : "",
        paragraphs: message.text.split("\n").slice(1),
        lines: lines.map((text, index) => ({ text, done: ticked.has(index) })),
        footer: fill(texts.printed, { date: formatDate(new Date(), this.language) }),
      });
    };
    return h(
      "div",
      { class: "checklist", role: "group", "aria-label": texts.checklist },
      h("p", { class: "heading" }, h("strong", {}, texts.checklist), count),
      h("ul", {}, ...items),
      h("button", { type: "button", class: "quiet", onclick: print }, icon("print"), texts.print),
    );
  }

  private thumbs(messageId: number): HTMLElement {
    const { texts } = this;
    const box = h("div", { class: "thumbs", role: "group", "aria-label": texts.rate });
    const thanks = (): void => box.replaceChildren(h("p", { role: "status" }, texts.thanks));
    const vote = (value: "up" | "down", reason?: string): void => {
      this.store.update({ votes: { ...this.store.state.votes, [messageId]: value } });
      this.actions.vote(messageId, value, reason);
    };
    const askWhy = (): void => {
      vote("down");
      const reasons = texts.reasons.map((reason) =>
        h("button", { type: "button", onclick: () => (vote("down", reason), thanks()) }, reason),
      );
      box.replaceChildren(h("p", { role: "status" }, texts.reason), h("div", { class: "choices" }, ...reasons));
      reasons[0]?.focus();
    };
    if (this.store.state.votes[messageId]) thanks();
    else {
      const up = h("button", { type: "button", onclick: () => (vote("up"), thanks()) }, icon("up"), texts.up);
      const down = h("button", { type: "button", onclick: askWhy }, icon("down"), texts.down);
      box.append(up, down);
    }
    return box;
  }
}
