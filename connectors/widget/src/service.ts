import { h, icon } from "./dom";
import type { Office, Status } from "./protocol";
import { type Texts, fill } from "./texts";

/** What the citizen is told of the service itself: who answers, officers' hours, the queue, an emergency. */
export class ServiceNotes {
  readonly floor = h("p", { class: "floor", role: "status" });
  readonly hours = h("p", { class: "hours", hidden: true });
  readonly emergency: HTMLDetailsElement;
  readonly queue: HTMLElement;
  private readonly emergencyText = h("p", { role: "alert" });
  private readonly place = h("p", { role: "status" });

  constructor(
    private readonly texts: Texts,
    leave: () => void,
  ) {
    this.emergency = h(
      "details",
      { class: "emergency", open: true, hidden: true },
      h("summary", {}, icon("warning"), texts.emergency, icon("fold")),
      this.emergencyText,
    );
    this.queue = h(
      "section",
      { class: "queue", "aria-label": texts.floor.waiting, hidden: true },
      this.place,
      h("button", { type: "button", onclick: leave }, texts.leaveQueue),
    );
  }

  /** Without a status nothing is known but that the assistant answers. */
  show(status?: Status): void {
    const floor = status?.floor ?? "bot";
    this.floor.className = `floor ${floor}`;
    write(this.floor, [this.texts.floor[floor]]);
    this.hours.hidden = !status || floor !== "bot";
    this.hours.textContent = status ? this.when(status.office) : "";
    this.queue.hidden = floor !== "waiting";
    write(this.place, status && floor === "waiting" ? this.waiting(status) : []);
    this.warn(status?.notice ?? "");
  }

  private warn(text: string): void {
    if (this.emergencyText.textContent !== text) {
      this.emergencyText.textContent = text;
      this.emergency.open = true;
    }
    this.emergency.hidden = !text;
  }

  private waiting({ ahead = 0, office }: Status): string[] {
    const { texts } = this;
    const place = ahead ? fill(texts.ahead, { n: ahead }) : texts.next;
    if (office.open && !office.present) return [place, texts.absent];
    return [place, `${this.when(office)}.${office.open ? "" : ` ${texts.kept}`}`];
  }

  private when({ present, until, back }: Office): string {
    if (until) return fill(present ? this.texts.here : this.texts.until, { time: clock(until) });
    return back ? fill(this.texts.backAt, { time: clock(back), day: this.day(back) }) : "";
  }

  /** Today, or the weekday with its date. */
  private day(moment: string): string {
    const date = moment.slice(0, 10);
    if (date === new Date().toLocaleDateString("sv-SE", { timeZone: "Asia/Ho_Chi_Minh" })) return this.texts.today;
    const weekday = this.texts.weekdays[new Date(`${date}T00:00`).getDay()];
    return `${weekday} ${date.slice(8)}/${date.slice(5, 7)}`;
  }
}

/** The office's own wall clock, whatever the zone of the device. */
function clock(moment: string): string {
  return moment.slice(11, 16);
}

/** Put lines into an element, only when they changed: what has not changed is not read out again. */
function write(element: HTMLElement, lines: string[]): void {
  const said = lines.filter(Boolean);
  if (said.join("\n") === [...element.children].map((line) => line.textContent).join("\n")) return;
  element.replaceChildren(...said.map((line) => h("span", {}, line)));
}
