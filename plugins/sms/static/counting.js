/** What a text costs, as the hub counts it when it sends (plugins/sms/text/segments.py): pure, so it can be compared. */

const PIECE = { GSM7: 153, UCS2: 67 };

/** The text as it goes out. `rules`: {signature, signature_at, whole, basic, extension} of the account. */
export function worded(rules, text) {
  if (!rules.signature || text.includes(rules.signature)) return text;
  return rules.signature_at === "end" ? text + rules.signature : rules.signature + text;
}

/** {coding, units, parts, left}: units it takes, short messages, and what the last one still holds. */
export function count(rules, text) {
  const letters = [...text];
  const coding = letters.every((letter) => septets(rules, letter)) ? "GSM7" : "UCS2";
  const sizes = letters.map((letter) => (coding === "GSM7" ? septets(rules, letter) : letter.length));
  const units = sizes.reduce((sum, size) => sum + size, 0);
  const whole = coding === "GSM7" ? rules.whole : 70;
  if (units <= whole) return { coding, units, parts: 1, left: whole - units };
  const { parts, used } = pieces(sizes, PIECE[coding]);
  return { coding, units, parts, left: PIECE[coding] - used };
}

/** A character of two units (an escape, a surrogate pair) is never parted. */
function pieces(sizes, room) {
  let [parts, used] = [1, 0];
  for (const size of sizes) {
    if (used + size > room) [parts, used] = [parts + 1, 0];
    used += size;
  }
  return { parts, used };
}

function septets(rules, letter) {
  if (rules.basic.includes(letter)) return 1;
  return rules.extension.includes(letter) ? 2 : 0;
}
