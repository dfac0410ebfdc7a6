import type { ClientMessage } from "./protocol";

export interface Pending extends ClientMessage {
  at: string;
}

/** How the panel looks; kept when the conversation is forgotten. */
export interface Look {
  /** Step of the text size, 0 to 2. */
  size: number;
  dark: boolean;
  contrast: boolean;
}

interface State extends Look {
  token: string | null;
  /** Id of the last message that was shown while the panel was open. */
  read: number;
  consented: boolean;
  pending: Pending[];
  ticks: Record<string, number[]>;
  votes: Record<string, "up" | "down">;
}

const EMPTY: State = {
  token: null,
  read: 0,
  consented: false,
  pending: [],
  ticks: {},
  votes: {},
  size: 0,
  dark: false,
  contrast: false,
};

/**
 * What the browser remembers. Every change reads the stored state again, so that two tabs do not
 * undo each other's changes; without localStorage it lasts as long as the page.
 */
export class Store {
  private memory: State = { ...EMPTY };

  constructor(private readonly key: string) {}

  get state(): State {
    try {
      const stored = localStorage.getItem(this.key);
      if (stored) this.memory = { ...EMPTY, ...(JSON.parse(stored) as Partial<State>) };
    } catch {
      // no storage, or damaged: the copy in memory serves
    }
    return this.memory;
  }

  update(change: Partial<State>): void {
    this.memory = { ...this.state, ...change };
    try {
      localStorage.setItem(this.key, JSON.stringify(this.memory));
    } catch {
      // no storage
    }
  }

  addPending(message: Pending): void {
    this.update({ pending: [...this.state.pending, message] });
  }

  removePending(id: string): void {
    this.update({ pending: this.state.pending.filter((message) => message.id !== id) });
  }

  /** Forget the conversation; how things look is kept. */
  forget(): void {
    const { size, dark, contrast } = this.state;
    this.memory = { ...EMPTY, size, dark, contrast };
    try {
      localStorage.removeItem(this.key);
    } catch {
      // no storage
    }
    this.update({});
  }
}
