import { h } from "./dom";

const PAGE_STYLE =
  "body{font:14pt/1.5 'Be Vietnam Pro','Segoe UI','Noto Sans',sans-serif;margin:2cm}" +
  "h1{font-size:18pt}ul{list-style:none;padding:0}li{margin:0 0 .5em;padding-left:1.8em;text-indent:-1.8em}" +
  "footer{margin-top:2em;color:#555;font-size:10pt}";

/** Print a checklist on a page of its own, without opening a window. */
export function printList(root: ParentNode, title: string, lines: { text: string; done: boolean }[], footer: string): void {
  const frame = h("iframe", { class: "print", "aria-hidden": "true", tabindex: -1 });
  root.append(frame);
  const page = frame.contentWindow as (Window & typeof globalThis) | null;
  if (!page) return;
  const sheet = new page.CSSStyleSheet();
  sheet.replaceSync(PAGE_STYLE);
  page.document.adoptedStyleSheets = [sheet];
  page.document.title = title;
  page.document.body.append(
    h("h1", {}, title),
    h("ul", {}, ...lines.map((line) => h("li", {}, `${line.done ? "☑" : "☐"}  ${line.text}`))),
    h("footer", {}, footer),
  );
  page.addEventListener("afterprint", () => frame.remove());
  page.print();
}
