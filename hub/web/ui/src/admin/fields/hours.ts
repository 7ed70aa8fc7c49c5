/** Opening hours as the API has them; none at all is always open. */
export interface Hours {
  zone: string;
  week: Partial<Record<Day, string[]>>;
  exceptions: Record<string, string[]>;
  holidays?: string[];
  holiday_hours?: string[];
}

export type Day = "mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun";
export const DAYS: Day[] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const SPAN = /^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$/;

/** "9:00-12:00, 13-18" as spans; null when a part of it is none. */
export function spansOf(text: string): string[] | null {
  const parts = text
    .split(/[,;，；]/)
    .map((part) => part.trim())
    .filter(Boolean);
  const spans = parts.map((part) =>
    part
      .split(/\s*[-–—~～]\s*/)
      .map(clock)
      .join("-"),
  );
  return spans.every((span) => SPAN.test(span)) ? spans : null;
}

function clock(text: string): string {
  const [hour = "", minute = "00"] = text.trim().split(/[:：]/);
  return `${hour.padStart(2, "0")}:${minute.padStart(2, "0")}`;
}
