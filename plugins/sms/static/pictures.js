/** What pictures a text may carry (plugins/sms/pictures/limits.py), as its writer reads it: pure, so it can be compared. */

import { say } from "./words.js";

const MB = 1_000_000;

/** First what it costs, then how much of everything is used. */
export function figuresOf(language, limits, files, text) {
  return [
    say(language, "mms"),
    say(language, "pictures", { count: files.length, most: limits.most }),
    say(language, "megabytes", { size: megabytes(together(files)), most: megabytes(limits.most_bytes) }),
    say(language, "characters", { left: limits.most_text - letters(text) }),
  ];
}

/** Why these files may not go with this text; "" when they may. `limits` is null where only text goes. */
export function against(language, limits, files, text) {
  if (!files.length) return "";
  if (!limits) return say(language, "no_pictures");
  const wrong = files.filter(({ media_type }) => !limits.types.includes(media_type));
  if (wrong.length) return say(language, "not_pictures", { types: types(limits), names: wrong.map(({ name }) => name).join(", ") });
  if (files.length > limits.most) return say(language, "pictures_many", { most: limits.most });
  if (together(files) > limits.most_bytes) return say(language, "pictures_large", { most: megabytes(limits.most_bytes) });
  return letters(text) > limits.most_text ? say(language, "pictures_text", { most: limits.most_text }) : "";
}

const together = (files) => files.reduce((sum, { size }) => sum + size, 0);
const letters = (text) => [...text].length;
const megabytes = (octets) => (octets / MB).toFixed(octets % MB ? 1 : 0);
const types = (limits) => limits.types.map((type) => type.split("/")[1].toUpperCase()).join(", ");
