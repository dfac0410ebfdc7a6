import { type Api, type ClientMessage, Lost, Refused, type ServerMessage, type Status, refusal } from "./protocol";

export type LinkState = "idle" | "connecting" | "online" | "offline";

export interface Listener {
  message(message: ServerMessage): void;
  status(status: Status): void;
  /** An officer is writing. */
  typing(): void;
  /** Everything missed has been told. */
  ready(): void;
  link(state: LinkState): void;
  /** The server does not know our token (any more). */
  tokenLost(): void;
}

interface Waiting {
  resolve(): void;
  reject(error: Error): void;
}

interface Poll extends Status {
  messages: ServerMessage[];
  more: boolean;
  typing: boolean;
  state: string;
}

const ACK_WITHIN = 10_000;
const PING_EVERY = 25_000;
const SILENCE = 40_000;
const LONGEST_PAUSE = 30_000;
const SOCKET_TRIES = 2;

/**
 * Keeps one connection to the server: a WebSocket, or long polling where sockets do not get
 * through. Comes back by itself with growing pauses, and resumes after the last message seen.
 */
export class Connection {
  private token = "";
  private after = 0;
  private socket: WebSocket | null = null;
  private polling: AbortController | null = null;
  private timer = 0;
  private pinger = 0;
  private heard = 0;
  private failures = 0;
  private socketFailures = 0;
  private waiting = new Map<string, Waiting>();
  private running = false;
  state: LinkState = "idle";

  constructor(
    private readonly api: Api,
    private readonly language: string,
    private readonly listener: Listener,
  ) {
    addEventListener("online", () => this.hurry());
    addEventListener("offline", () => this.running && this.lose());
    document.addEventListener("visibilitychange", () => document.hidden || this.hurry());
  }

  start(token: string, after: number): void {
    this.stop();
    this.token = token;
    this.after = after;
    this.running = true;
    this.open();
  }

  stop(): void {
    this.running = false;
    clearTimeout(this.timer);
    this.drop();
    this.set("idle");
  }

  /** Send one message; settles when the server has stored it (or refused it, or was lost). */
  async post(message: ClientMessage): Promise<void> {
    if (this.polling) {
      await this.api.call("POST", "/web/messages", this.token, message);
      return;
    }
    const socket = this.socket;
    if (!socket || this.state !== "online") throw new Lost();
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Lost());
        if (this.socket === socket) this.lose();
      }, ACK_WITHIN);
      const settle = (action: () => void): void => {
        clearTimeout(timer);
        this.waiting.delete(message.id);
        action();
      };
      this.waiting.set(message.id, {
        resolve: () => settle(resolve),
        reject: (error) => settle(() => reject(error)),
      });
      socket.send(JSON.stringify({ type: "message", ...message }));
    });
  }

  /** Let an officer see that the citizen is writing; nothing is lost if it does not get through. */
  types(): void {
    if (this.state !== "online") return;
    if (this.socket) this.socket.send('{"type":"typing"}');
    else void this.api.call("POST", "/web/typing", this.token).catch(() => undefined);
  }

  private hurry(): void {
    if (this.running && (this.state === "offline" || this.state === "connecting") && !this.socket) this.open();
  }

  private open(): void {
    clearTimeout(this.timer);
    this.drop();
    this.set("connecting");
    if (this.socketFailures >= SOCKET_TRIES) void this.poll();
    else this.openSocket();
  }

  private openSocket(): void {
    let socket: WebSocket;
    try {
      socket = new WebSocket(this.api.server.replace(/^http/, "ws") + "/web/socket");
    } catch {
      this.socketFailures = SOCKET_TRIES;
      this.retry();
      return;
    }
    this.socket = socket;
    this.heard = Date.now();
    socket.onopen = () =>
      socket.send(JSON.stringify({ type: "resume", token: this.token, after: this.after, lang: this.language }));
    socket.onmessage = (event) => {
      if (this.socket === socket) this.read(JSON.parse(String(event.data)));
    };
    socket.onclose = (event) => {
      if (this.socket !== socket) return;
      if (event.code === 4401) this.giveUp();
      else this.lose();
    };
    this.pinger = window.setInterval(() => {
      if (Date.now() - this.heard > SILENCE) this.lose();
      else if (socket.readyState === WebSocket.OPEN) socket.send('{"type":"ping"}');
    }, PING_EVERY);
  }

  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  private read(frame: any): void {
    this.heard = Date.now();
    switch (frame.type) {
      case "message":
        this.take(frame.message);
        break;
      case "ready":
        this.socketFailures = 0;
        this.arrive(frame);
        break;
      case "status":
        this.listener.status(frame);
        break;
      case "typing":
        this.listener.typing();
        break;
      case "ack":
        this.waiting.get(frame.id)?.resolve();
        break;
      case "error":
        this.waiting.get(frame.id)?.reject(refusal(frame));
        break;
    }
  }

  private async poll(): Promise<void> {
    const control = new AbortController();
    this.polling = control;
    let state = "";
    let wait = 0;
    try {
      while (this.polling === control) {
        const query = `?after=${this.after}&wait=${wait}&state=${encodeURIComponent(state)}`;
        const news = await this.api.call<Poll>("GET", "/web/messages" + query, this.token, undefined, control.signal);
        if (this.polling !== control) return;
        if (news.typing) this.listener.typing();
        news.messages.forEach((message) => this.take(message));
        state = news.state;
        if (news.more) continue;
        if (this.state !== "online") this.arrive(news);
        else this.listener.status(news);
        wait = 25;
      }
    } catch (error) {
      if (this.polling !== control) return;
      this.socketFailures = 0;
      if (error instanceof Refused && error.code === "wrong_token") this.giveUp();
      else this.lose();
    }
  }

  private take(message: ServerMessage): void {
    this.after = Math.max(this.after, message.id);
    this.listener.message(message);
  }

  private arrive(status: Status): void {
    this.failures = 0;
    this.set("online");
    this.listener.status(status);
    this.listener.ready();
  }

  private giveUp(): void {
    this.stop();
    this.listener.tokenLost();
  }

  private lose(): void {
    if (this.socket && this.state === "connecting" && navigator.onLine) this.socketFailures += 1;
    this.drop();
    this.retry();
  }

  private retry(): void {
    this.set("offline");
    const pause = Math.min(LONGEST_PAUSE, 1000 * 2 ** this.failures) * (0.5 + Math.random() / 2);
    this.failures += 1;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.open(), pause);
  }

  private drop(): void {
    clearInterval(this.pinger);
    const socket = this.socket;
    this.socket = null;
    socket?.close();
    const polling = this.polling;
    this.polling = null;
    polling?.abort();
    for (const waiting of [...this.waiting.values()]) waiting.reject(new Lost());
  }

  private set(state: LinkState): void {
    if (this.state === state) return;
    this.state = state;
    this.listener.link(state);
  }
}
