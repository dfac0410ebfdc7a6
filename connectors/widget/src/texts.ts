import en from "./texts.en.json";
import vi from "./texts.vi.json";

export type Texts = Omit<typeof vi, "suggestions"> & { suggestions: string[][] };
export type Language = "vi" | "en";

export const TEXTS: Record<Language, Texts> = { vi, en };

/** Put values in the place of `{name}`. */
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
}

export function formatDate(value: string | Date, language: Language): string {
  return new Date(value).toLocaleDateString(language === "vi" ? "vi-VN" : "en-GB", {
    day: "2-digit",
    month: "2-digit",
    year: "numeric",
  });
}

export function formatTime(value: string): string {
  return new Date(value).toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit" });
}
