/** The shapes of docs/asyncapi.yaml. */

export type Floor = "bot" | "waiting" | "officer";

/** Payload of the button with which a citizen leaves the queue; the panel has a button of its own for it. */
export const RETURN_TO_BOT = "/return_to_bot";
export const REQUEST_HUMAN = "/request_human";

/** Officers' working time. Moments are in the office's own time, such as `2026-11-25T07:00:00+07:00`. */
export interface Office {
  open: boolean;
  /** An officer has the console open. */
  present: boolean;
  until?: string;
  back?: string;
  holiday?: string;
}

export interface Status {
  floor: Floor;
  working: boolean;
  office: Office;
  /** How many wait before this citizen. */
  ahead?: number;
  /** An emergency notice. */
  notice?: string;
}

export interface SourceNote {
  id: string;
  title: string;
  url?: string | null;
  effective_from?: string | null;
  checked?: string | null;
}

export interface ServerMessage {
  id: number;
  sender: "citizen" | "bot" | "officer" | "system";
  text: string;
  at: string;
  client_id?: string;
  attachments?: string[];
  choices?: { title: string; payload: string }[];
  links?: { title: string; url: string }[];
  checklist?: string[];
  image_url?: string;
  sources?: SourceNote[];
  ratable?: boolean;
}

export interface FileReference {
  id: string;
  name: string;
}

export interface ClientMessage {
  id: string;
  text: string;
  payload?: string;
  attachments?: FileReference[];
}

/** A request that the server does not take. */
export class Refused extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly retryAfter?: number,
  ) {
    super(message);
  }
}

/** The connection broke; whether the server took the message is unknown. */
export class Lost extends Error {}

interface RefusalBody {
  code?: string;
  message?: string;
  retry_after?: number;
}

export function refusal(body: RefusalBody): Refused {
  return new Refused(body.code ?? "unavailable", body.message ?? "", body.retry_after);
}

/** The HTTP half of the protocol. */
export class Api {
  constructor(
    readonly server: string,
    private readonly language: string,
  ) {}

  async call<T>(method: string, path: string, token: string | null, body?: unknown, signal?: AbortSignal): Promise<T> {
    const headers: Record<string, string> = { "Accept-Language": this.language };
    if (token) headers.Authorization = `Bearer ${token}`;
    let content: BodyInit | undefined;
    if (body instanceof File) {
      headers["X-File-Name"] = encodeURIComponent(body.name);
      content = body;
    } else if (body !== undefined) {
      headers["Content-Type"] = "application/json";
      content = JSON.stringify(body);
    }
    let response: Response;
    try {
      response = await fetch(this.server + path, { method, headers, body: content, signal, credentials: "omit" });
    } catch {
      throw new Lost();
    }
    const answer: unknown = await response.json().catch(() => ({}));
    if (response.ok) return answer as T;
    if (response.status >= 500) throw new Lost();
    throw refusal(answer as RefusalBody);
  }
}
