import { dress, h } from "./dom";

const PAGE_STYLE =
  "body{font:14pt/1.5 'Be Vietnam Pro','Segoe UI','Noto Sans',sans-serif;margin:2cm}" +
  "h1{font-size:18pt;margin:0}h2{font-size:15pt;margin:.2em 0 1em}ul{list-style:none;padding:0}li{margin:0 0 .5em;padding-left:1.5em;text-indent:-1.5em}" +
  "footer{margin-top:2em;color:#555;font-size:10pt}";

export interface PrintedList {
  title: string;
  /** What the list is for. */
  subtitle: string;
  /** Before the list, such as where to go. */
  paragraphs: string[];
  lines: { text: string; done: boolean }[];
  footer: string;
}

/** Print a checklist on a page of its own, without opening a window. */
export function printList(root: ParentNode, list: PrintedList): void {
  const frame = h("iframe", { class: "print", "aria-hidden": "true", tabindex: -1 });
  root.append(frame);
  const page = frame.contentWindow as (Window & typeof globalThis) | null;
  if (!page) return;
  dress(page.document, PAGE_STYLE, page);
  page.document.title = list.title;
  page.document.body.append(
    h("h1", {}, list.title),
    h("h2", {}, list.subtitle),
    ...list.paragraphs.map((paragraph) => h("p", {}, paragraph)),
    h("ul", {}, ...list.lines.map((line) => h("li", {}, `${line.done ? "☑" : "☐"}  ${line.text}`))),
    h("footer", {}, list.footer),
  );
  page.addEventListener("afterprint", () => frame.remove());
  page.print();
}
