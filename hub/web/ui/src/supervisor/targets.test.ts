import { describe, expect, it } from "vitest";
import { i18n } from "@/i18n";
import { zh } from "@/i18n/zh";
import { inTime, isLate, percent, span } from "./targets";

const voice = { medium: "VOICE" as const, percent: 80, seconds: 20 };

describe("targets", () => {
  it("are said in the largest whole unit, in both languages", () => {
    expect([0, 20, 90, 60, 300, 14400, 5400].map(span)).toEqual([
      "0 s",
      "20 s",
      "90 s",
      "1 min",
      "5 min",
      "4 h",
      "90 min",
    ]);
    i18n.global.setLocaleMessage("zh" as "en", zh as never);
    i18n.global.locale.value = "zh" as "en";
    expect([20, 300, 14400].map(span)).toEqual(["20 秒", "5 分钟", "4 小时"]);
    i18n.global.locale.value = "en";
  });

  it("judge only what waits and what has ended", () => {
    expect([isLate(1, 21, voice), isLate(1, 20, voice), isLate(0, 99, voice), isLate(1, 99, null)]).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect([inTime(0.8, voice), inTime(0.79, voice), inTime(null, voice), inTime(1, null)]).toEqual([
      true,
      false,
      null,
      null,
    ]);
    expect([percent(0.796), percent(null)]).toEqual(["80 %", "–"]);
  });
});
