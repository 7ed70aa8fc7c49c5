export interface SnoozeChoice {
  name: "hour" | "evening" | "tomorrow" | "monday";
  at: Date;
}

/** Sensible times from `now` on, in the agent's own time zone; what has passed today is not offered. */
export function snoozeChoices(now: Date): SnoozeChoice[] {
  const choices: SnoozeChoice[] = [
    { name: "hour", at: new Date(now.getTime() + 3_600_000) },
    { name: "evening", at: atHour(now, 0, 17) },
    { name: "tomorrow", at: atHour(now, 1, 9) },
    { name: "monday", at: atHour(now, (8 - now.getDay()) % 7 || 7, 9) },
  ];
  return choices.filter((choice) => choice.at.getTime() > now.getTime() + 1_800_000);
}

function atHour(now: Date, days: number, hour: number): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, hour);
}
