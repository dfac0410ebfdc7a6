import type { Connection } from "./connection";
import { type ClientMessage, Refused } from "./protocol";
import type { Store } from "./store";

export interface QueueListener {
  sending(id: string): void;
  sent(id: string): void;
  refused(id: string, error: Refused): void;
}

/** Reasons for which the same message may be taken later. */
const LATER = new Set(["too_fast", "unavailable"]);

/**
 * Messages on their way out, kept in the store until the server has acknowledged them. One at a
 * time and in order; a lost acknowledgement leads to a repeat, which the server recognises by id.
 */
export class Queue {
  private busy = false;
  private timer = 0;

  constructor(
    private readonly connection: Connection,
    private readonly store: Store,
    private readonly listener: QueueListener,
  ) {}

  add(message: ClientMessage): void {
    this.store.addPending({ ...message, at: new Date().toISOString() });
    void this.flush();
  }

  async flush(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      for (let head = this.head(); head; head = this.head()) {
        this.listener.sending(head.id);
        const { at: _at, ...message } = head;
        try {
          await this.connection.post(message);
        } catch (error) {
          // a lost connection flushes again when it is back; one that still seems to stand, soon
          if (!(error instanceof Refused)) return this.later(3);
          if (error.code === "wrong_token" || error.code === "no_token") return;
          if (LATER.has(error.code)) return this.later(error.retryAfter ?? 3);
          this.store.removePending(head.id);
          this.listener.refused(head.id, error);
          continue;
        }
        this.store.removePending(head.id);
        this.listener.sent(head.id);
      }
    } finally {
      this.busy = false;
    }
  }

  private head(): (ClientMessage & { at: string }) | undefined {
    return this.connection.state === "online" ? this.store.state.pending[0] : undefined;
  }

  private later(seconds: number): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.flush(), seconds * 1000);
  }
}
