import { Bubbles } from "./bubbles";
import { Connection, type LinkState } from "./connection";
import { dress } from "./dom";
import { Panel } from "./panel";
import { Api, type ClientMessage, type FileReference, type Floor, REQUEST_HUMAN, RETURN_TO_BOT, Refused, type ServerMessage, type Status } from "./protocol";
import { Queue } from "./queue";
import { type Look, Store } from "./store";
import css from "./style.css";
import { type Language, TEXTS, type Texts } from "./texts";

export interface Options {
  server: string;
  language: Language;
  title?: string;
  position: "left" | "right";
  open: boolean;
}

const MAX_FILE = 5 * 1024 * 1024;
const MAX_FILES = 5;
const TYPING_EVERY = 3000;
/** Milliseconds after which the time of day is shown again. */
const PAUSE = 5 * 60_000;

function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The element: ties panel, queue and connection together. */
export class AssistantElement extends HTMLElement {
  private readonly texts: Texts;
  private readonly store: Store;
  private readonly api: Api;
  private readonly connection: Connection;
  private readonly queue: Queue;
  private readonly panel: Panel;
  private readonly bubbles: Bubbles;
  /** Elements by message id, and by client id while not confirmed. */
  private readonly shown = new Map<number | string, HTMLElement>();
  private files: FileReference[] = [];
  private uploading = 0;
  private unread = 0;
  private last = 0;
  private wasOnline = false;
  private floor: Floor = "bot";
  private typedAt = 0;
  /** The message drawn last, to see whose turn went on. */
  private latest: ServerMessage | null = null;
  /** Votes go one after the other, so that the last one counts. */
  private voting: Promise<void> = Promise.resolve();
  private opening: Promise<void> | null = null;

  constructor(private readonly options: Options) {
    super();
    const { language, server } = options;
    this.texts = TEXTS[language];
    this.store = new Store(`tro-ly:${server}`);
    this.api = new Api(server, language);
    this.connection = new Connection(this.api, language, {
      message: (message) => this.receive(message),
      status: (status) => this.setStatus(status),
      typing: () => this.panel.officerTypes(),
      ready: () => this.ready(),
      link: (state) => this.setLink(state),
      tokenLost: () => this.restart(),
    });
    this.queue = new Queue(this.connection, this.store, {
      sending: (id) => this.setDelivery(id, this.texts.sending),
      sent: (id) => this.setDelivery(id, this.texts.sent),
      refused: (id, error) => this.refuse(id, error),
    });
    this.bubbles = new Bubbles(this.texts, language, this.store, {
      choose: (title, payload) => {
        this.send({ id: newId(), text: title, payload });
        this.panel.focusLog();
      },
      vote: (id, value, reason) => {
        this.voting = this.voting.then(() => this.vote(id, value, reason));
      },
    });
    this.panel = new Panel(this.texts, options.title ?? this.texts.title, {
      open: () => this.open(),
      close: () => this.panel.show(false),
      officer: () => this.send({ id: newId(), text: this.texts.officerMessage, payload: REQUEST_HUMAN }),
      leaveQueue: () => this.send({ id: newId(), text: this.texts.leaveQueue, payload: RETURN_TO_BOT }),
      agree: () => this.agree(),
      ask: (text) => this.ask(text),
      types: () => this.tellTyping(),
      files: (files) => void this.upload(files),
      removeFile: (index) => {
        this.files.splice(index, 1);
        this.showTray();
      },
      look: (change) => this.setLook(change),
      forget: () => this.forget(),
    });
  }

  connectedCallback(): void {
    if (this.shadowRoot) return;
    const root = this.attachShadow({ mode: "open" });
    dress(root, css);
    this.lang = this.options.language;
    this.classList.add(this.options.position);
    root.append(this.panel.element, this.panel.launcher);
    this.setLook({});
    this.panel.setStatus();
    this.restorePending();
    this.panel.setConsented(this.store.state.consented);
    if (this.store.state.token) this.connect(this.store.state.token);
    else if (this.store.state.pending.length) void this.session();
    if (this.options.open) this.open();
    document.addEventListener("visibilitychange", () => this.markRead());
    this.followKeyboard();
  }

  /** Open the panel; also for the page's own buttons. */
  open(): void {
    this.panel.show(true);
    this.markRead();
  }

  private agree(): void {
    this.store.update({ consented: true });
    this.panel.setConsented(true);
    this.panel.focus();
    void this.session();
  }

  private ask(text: string): void {
    this.panel.composer.setNotice("");
    const clean = text.trim();
    if (this.uploading || (!clean && !this.files.length)) return;
    const attachments = this.files.length ? { attachments: this.files } : {};
    this.files = [];
    this.showTray();
    this.panel.composer.text = "";
    this.send({ id: newId(), text: clean, ...attachments });
  }

  private send(message: ClientMessage): void {
    this.closeChoices();
    this.showPending(message, new Date().toISOString());
    this.queue.add(message);
    if (!this.store.state.token) void this.session();
    this.panel.scrollDown();
  }

  private showPending(message: ClientMessage, at: string): void {
    if (this.shown.has(message.id)) return;
    const names = (message.attachments ?? []).map((file) => file.name);
    const item = this.bubbles.drawOwn(message.text, at, names);
    if (this.goesOn({ sender: "citizen", at })) item.classList.add("on");
    this.shown.set(message.id, item);
    this.panel.hideSuggestions();
    this.panel.pending.append(item);
    this.setDelivery(message.id, this.connection.state === "offline" ? this.texts.queued : this.texts.sending);
  }

  private restorePending(): void {
    for (const message of this.store.state.pending) this.showPending(message, message.at);
  }

  /** Get a token once; without a network it is tried again when there is one. */
  private session(): Promise<void> {
    this.opening ??= this.openSession().finally(() => (this.opening = null));
    return this.opening;
  }

  private async openSession(): Promise<void> {
    for (let pause = 1000; !this.store.state.token && this.store.state.consented; pause = Math.min(2 * pause, 30_000)) {
      try {
        const { token } = await this.api.call<{ token: string }>("POST", "/web/session", null, { consent: true });
        this.store.update({ token });
      } catch (error) {
        this.setLink("offline");
        if (error instanceof Refused && !error.retryAfter) {
          this.panel.setBanner(error.message, "warn");
          return;
        }
        await new Promise<void>((resolve) => {
          setTimeout(resolve, pause);
          addEventListener("online", () => resolve(), { once: true });
        });
      }
    }
    const { token } = this.store.state;
    if (token) this.connect(token);
  }

  private connect(token: string): void {
    this.panel.setBusy(true);
    this.connection.start(token, this.last);
  }

  private restart(): void {
    this.store.update({ token: null });
    this.last = 0;
    void this.session();
  }

  private ready(): void {
    this.panel.setBusy(false);
    void this.queue.flush();
  }

  private receive(message: ServerMessage): void {
    if (this.shown.has(message.id)) return;
    this.last = Math.max(this.last, message.id);
    const follow = this.panel.isAtEnd() || (message.sender === "officer" && this.panel.isUntouched());
    const own = message.client_id ? this.shown.get(message.client_id) : undefined;
    const item = own ?? this.bubbles.draw(message);
    if (own) own.querySelector(".delivery")?.remove();
    if (message.client_id) this.shown.set(message.client_id, item);
    this.shown.set(message.id, item);
    this.panel.hideSuggestions();
    if (message.sender === "citizen") this.closeChoices();
    else this.panel.officerStops();
    item.classList.toggle("on", this.goesOn(message));
    this.latest = message;
    this.panel.items.append(item);
    if (follow) this.panel.scrollDown(item);
    this.count(message);
  }

  /** Whether the same one speaks on, so that name and time need not be repeated. */
  private goesOn(message: Pick<ServerMessage, "sender" | "at">): boolean {
    const { latest } = this;
    if (!latest || Date.parse(message.at) - Date.parse(latest.at) > PAUSE) return false;
    return message.sender === "citizen" || message.sender === latest.sender;
  }

  /** What came before the citizen's last message can no longer be answered by a button. */
  private closeChoices(): void {
    for (const choices of this.panel.items.querySelectorAll(".message > .choices")) choices.remove();
  }

  private count(message: ServerMessage): void {
    if (this.panel.isOpen && !document.hidden) this.store.update({ read: Math.max(message.id, this.store.state.read) });
    else if (message.sender !== "citizen" && message.id > this.store.state.read) this.panel.setUnread((this.unread += 1));
  }

  private markRead(): void {
    if (!this.panel.isOpen || document.hidden) return;
    this.unread = 0;
    this.panel.setUnread(0);
    this.store.update({ read: Math.max(this.last, this.store.state.read) });
  }

  private setStatus(status: Status): void {
    this.floor = status.floor;
    this.panel.setStatus(status);
  }

  /** Only a person is told that the citizen is writing, and not at every key. */
  private tellTyping(): void {
    if (this.floor === "bot" || Date.now() - this.typedAt < TYPING_EVERY) return;
    this.typedAt = Date.now();
    this.connection.types();
  }

  private setLink(state: LinkState): void {
    if (state === "online") {
      if (this.wasOnline) this.panel.setBanner(this.texts.back, "good", 3000);
      else this.panel.setBanner("");
      this.wasOnline = true;
    } else if (state === "offline") {
      this.panel.setBanner(this.texts.offline, "warn");
      this.panel.setWorking(false);
      for (const message of this.store.state.pending) this.setDelivery(message.id, this.texts.queued);
    }
  }

  private setDelivery(id: string, text: string): void {
    const line = this.shown.get(id)?.querySelector(".delivery");
    if (line) line.textContent = text;
  }

  private refuse(id: string, error: Refused): void {
    const item = this.shown.get(id);
    const line = item?.querySelector<HTMLElement>(".delivery");
    if (!item || !line) return;
    item.classList.add("failed");
    const edit = document.createElement("button");
    edit.textContent = this.texts.edit;
    edit.addEventListener("click", () => {
      this.panel.composer.text = item.querySelector(".text")?.textContent ?? "";
      this.shown.delete(id);
      item.remove();
      this.panel.focus();
    });
    line.replaceChildren(error.message, edit);
    line.setAttribute("role", "alert");
  }

  private async vote(messageId: number, value: "up" | "down", reason?: string): Promise<void> {
    const body = { message_id: messageId, value, ...(reason ? { reason } : {}) };
    await this.api.call("POST", "/web/votes", this.store.state.token, body).catch(() => undefined);
  }

  private async upload(files: File[]): Promise<void> {
    if (!this.store.state.token) await this.session();
    for (const file of files.slice(0, MAX_FILES - this.files.length)) {
      this.panel.composer.setNotice("");
      if (file.size > MAX_FILE) {
        this.panel.composer.setNotice(this.texts.fileTooLarge);
        continue;
      }
      this.uploading += 1;
      this.showTray();
      try {
        const { id } = await this.api.call<{ id: string }>("POST", "/web/attachments", this.store.state.token, file);
        this.files.push({ id, name: file.name.slice(-100) });
      } catch (error) {
        this.panel.composer.setNotice(error instanceof Refused ? error.message : this.texts.uploadFailed);
      }
      this.uploading -= 1;
      this.showTray();
    }
    this.panel.focus();
  }

  private showTray(): void {
    this.panel.composer.setTray(
      this.files.map((file) => file.name),
      this.uploading > 0,
    );
  }

  private setLook(change: Partial<Look>): void {
    this.store.update(change);
    this.panel.setLook(this.store.state);
  }

  private forget(): void {
    this.connection.stop();
    this.store.forget();
    this.shown.clear();
    this.last = 0;
    this.files = [];
    this.wasOnline = false;
    this.floor = "bot";
    this.latest = null;
    this.panel.items.replaceChildren();
    this.panel.pending.replaceChildren();
    this.panel.reset();
    this.panel.setConsented(false);
    this.panel.focus();
  }

  /** Keep the composer above the on-screen keyboard of a phone. */
  private followKeyboard(): void {
    const view = window.visualViewport;
    view?.addEventListener("resize", () => {
      const covered = matchMedia("(max-width: 520px)").matches && view.height < window.innerHeight - 80;
      this.panel.element.style.height = covered ? `${view.height}px` : "";
      if (covered) this.panel.scrollDown();
    });
  }
}
