/** `<script src="https://…/web/widget.js" data-lang="vi" async></script>` puts the assistant on a page. */

import { AssistantElement, type Options } from "./widget";

const NAME = "tro-ly-hanh-chinh";

function readOptions(script: HTMLScriptElement | null): Options {
  const data = script?.dataset ?? {};
  return {
    server: (data.server ?? new URL(script?.src ?? location.href).origin).replace(/\/$/, ""),
    language: data.lang === "en" ? "en" : "vi",
    ...(data.title ? { title: data.title } : {}),
    position: data.position === "left" ? "left" : "right",
    open: data.open === "true",
  };
}

function start(options: Options): void {
  if (customElements.get(NAME)) return;
  customElements.define(NAME, AssistantElement);
  document.body.append(new AssistantElement(options));
}

const options = readOptions(document.currentScript as HTMLScriptElement | null);
if (document.body) start(options);
else addEventListener("DOMContentLoaded", () => start(options));
