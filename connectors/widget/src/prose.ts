import { externalLink, h } from "./dom";

/** Web addresses, codes of requests and telephone numbers inside a line. */
const SPECIAL = /(https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)\]])|\b((?:PA|HT)-[0-9A-Z]{4}-[0-9A-Z]{4})\b|\b((?:0\d{2,3}|1[89]00)[ .]\d{3,4}(?:[ .]\d{3,4})?)(?![\d.,]*\d|[/-])/g;
const ITEM = /^• /;
const STEP = /^(\d{1,2})\. /;
const LONGEST_TITLE = 70;

/** How a code at the end of a line is drawn; one within a sentence is words that stay together. */
export type DrawCode = (code: string) => Node;

function inline(line: string, drawCode: DrawCode): (Node | string)[] {
  const parts: (Node | string)[] = [];
  let end = 0;
  for (const match of line.matchAll(SPECIAL)) {
    const [found, url, code, phone] = match;
    if (phone && /[\d.,/-]/.test(line.charAt(match.index - 1))) continue; // a part of a longer number
    parts.push(line.slice(end, match.index));
    if (url) parts.push(externalLink(url, url));
    else if (code) parts.push(match.index + found.length === line.length ? drawCode(code) : plainCode(code));
    else if (phone) parts.push(h("a", { href: `tel:${phone.replace(/\D/g, "")}`, class: "phone" }, phone));
    end = match.index + found.length;
  }
  parts.push(line.slice(end));
  return parts;
}

export function plainCode(code: string): Node {
  return h("strong", { class: "code" }, code);
}

/** Whether a first line names what follows: short, and no sentence. */
function isTitle(lines: string[]): boolean {
  const [first = ""] = lines;
  return lines.length > 1 && first.length <= LONGEST_TITLE && !/[.!?:…,;]$|^(• |\d+\. )/.test(first);
}

/**
 * Plain text as people read it: a title where there is one, paragraphs, "• " items, "1. " steps, and a
 * line that ends with a colon as the heading of what follows.
 */
export function richText(text: string, drawCode: DrawCode = plainCode): HTMLElement {
  const block = h("div", { class: "text" });
  const lines = text.split("\n").filter((line) => line.trim());
  let list: HTMLElement | null = null;
  lines.forEach((line, index) => {
    const step = STEP.exec(line);
    if (step || ITEM.test(line)) {
      const tag = step ? "ol" : "ul";
      if (list?.localName !== tag) block.append((list = step ? h("ol", { start: step[1] }) : h("ul")));
      list.append(h("li", {}, ...inline(line.replace(step ? STEP : ITEM, ""), drawCode)));
      return;
    }
    list = null;
    const role = index === 0 && isTitle(lines) ? "title" : /:$/.test(line) && line.length <= LONGEST_TITLE ? "lead" : undefined;
    block.append(h("p", { class: role }, ...inline(line, drawCode)));
  });
  return block;
}

/** A citizen's own words, as they stand. */
export function plainText(text: string): HTMLElement {
  return h("div", { class: "text" }, ...text.split("\n").filter((line) => line.trim()).map((line) => h("p", {}, ...inline(line, plainCode))));
}
