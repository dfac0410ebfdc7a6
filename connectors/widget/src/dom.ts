type Child = Node | string | null | undefined | false;
type Properties = Record<string, string | number | boolean | undefined | ((event: Event) => void)>;

/** Make an element: `onclick` and the like listen, booleans and strings become attributes. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Properties = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== undefined && value !== false) element.setAttribute(name, String(value));
  }
  element.append(...children.filter((child): child is Node | string => !!child));
  return element;
}

const ICONS = {
  chat: "M4 5.5A2.5 2.5 0 0 1 6.5 3h11A2.5 2.5 0 0 1 20 5.5v8a2.5 2.5 0 0 1-2.5 2.5H11l-4.6 4.2c-.5.5-1.4.1-1.4-.6V15.6A2.5 2.5 0 0 1 4 13.5zM8 8.5h8M8 11.5h5",
  close: "M6 6l12 12M18 6 6 18",
  officer: "M12 11.5a3.75 3.75 0 1 0 0-7.5 3.75 3.75 0 0 0 0 7.5zM4.5 20c.6-3.6 3.7-6 7.5-6s6.9 2.4 7.5 6",
  text: "M3 18 8 6l5 12M4.7 14h6.6M14.5 18l3.250-8L21 18M15.6 15.5h4.3",
  send: "M4.5 12 20 4.5 15.5 20l-3.4-6.3zM12.1 13.7 20 4.5",
  camera: "M4.5 8H7l1.6-2.5h6.8L17 8h2.5A1.5 1.5 0 0 1 21 9.5v8A1.5 1.5 0 0 1 19.5 19h-15A1.5 1.5 0 0 1 3 17.5v-8A1.5 1.5 0 0 1 4.5 8zM12 16.2a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4z",
  warning: "M12 4 2.8 19.5h18.4zM12 10v4.5M12 17v.2",
  fold: "m6.5 10 5.5 5.5 5.5-5.5",
  copy: "M9 9V5.5A1.5 1.5 0 0 1 10.5 4h8A1.5 1.5 0 0 1 20 5.5v8a1.5 1.5 0 0 1-1.5 1.5H15M5.5 9h8a1.5 1.5 0 0 1 1.5 1.5v8a1.5 1.5 0 0 1-1.5 1.5h-8A1.5 1.5 0 0 1 4 18.5v-8A1.5 1.5 0 0 1 5.5 9z",
  attach: "m19 11.5-7.2 7.2a4.6 4.6 0 0 1-6.5-6.5l7.7-7.7a3 3 0 0 1 4.3 4.3l-7.7 7.7a1.5 1.5 0 0 1-2.2-2.2l6.7-6.7",
  up: "M7 20H4.5v-9H7m0 9V11l4-7.5c1.4 0 2.3 1 2.3 2.3V9.5h4.6a2 2 0 0 1 2 2.4l-1.3 6.5a2 2 0 0 1-2 1.6z",
  down: "M7 4H4.5v9H7m0-9v9l4 7.5c1.4 0 2.3-1 2.3-2.3V14.5h4.6a2 2 0 0 0 2-2.4l-1.3-6.5a2 2 0 0 0-2-1.6z",
  print: "M7 9V4h10v5M7 17H5a1.5 1.5 0 0 1-1.5-1.5v-5A1.5 1.5 0 0 1 5 9h14a1.5 1.5 0 0 1 1.5 1.5v5A1.5 1.5 0 0 1 19 17h-2M7 14h10v6H7z",
  link: "M13.5 5H19v5.5M19 5l-8 8M16.5 13.5V18a1.5 1.5 0 0 1-1.5 1.5H6A1.5 1.5 0 0 1 4.5 18V9A1.5 1.5 0 0 1 6 7.5h4.5",
  arrow: "M12 5v13M6.5 12.5 12 18l5.5-5.5",
  lotus:
    "M12 4.5c2.3 2.3 3.3 4.7 3.3 7.2S14.2 16.6 12 18.5c-2.2-1.9-3.3-4.3-3.3-6.8S9.7 6.8 12 4.5zM8.8 9.6C6.7 8.7 5 8.5 3.5 8.7c.2 5.2 3 8.8 8.5 9.8M15.2 9.6c2.1-.9 3.8-1.1 5.3-.9-.2 5.2-3 8.8-8.5 9.8",
} as const;

export type IconName = keyof typeof ICONS;

export function icon(name: IconName): SVGSVGElement {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", `icon icon-${name}`);
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

export function externalLink(url: string, title: string, className = ""): HTMLAnchorElement {
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer", class: className || undefined }, title);
}

/** Style without inline styles, as strict pages want it; browsers before 2023 get a style element. */
export function dress(root: ShadowRoot | Document, css: string, realm: typeof globalThis = globalThis): void {
  try {
    const sheet = new realm.CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
  } catch {
    ("head" in root ? root.head : root).append(h("style", {}, css));
  }
}
