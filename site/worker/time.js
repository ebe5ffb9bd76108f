/** Times: nanoseconds since 1970 as BigInt, and the text that the builder writes. */

import { Problem } from "./problem.js";

// RFC 3339 as Go's time.Parse reads it, and the official API with it: capital letters, no leap second,
// a comma or a point before the fraction, one digit for an hour, offsets up to 24:60.
const FORM =
  /^(\d{4}-\d\d-\d\d)T(\d\d?):(\d\d):(\d\d)(?:[.,](\d+))?(?:Z|([+-])(\d\d):(\d\d))$/;

/**
 * Read a time.
 * @param {string} text
 */
export function nanoseconds(text) {
  const [, date, hour, minute, second, fraction = "", sign, hours = "0", minutes = "0"] =
    FORM.exec(text) ?? [];
  const day = Date.parse(`${date}T00:00:00Z`);
  const isReal = !Number.isNaN(day) && new Date(day).toISOString().startsWith(date);
  if (!isReal || +hour > 23 || +minute > 59 || +second > 59 || +hours > 24 || +minutes > 60) {
    throw new Problem("badTime");
  }
  const zone = (+hours * 60 + +minutes) * (sign === "-" ? -60 : 60);
  const seconds = day / 1000 + +hour * 3600 + +minute * 60 + +second - zone;
  return BigInt(seconds) * 1_000_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, "0"));
}

/**
 * Return whether a time as the builder writes it is later than another.
 * @param {string} text
 * @param {bigint} time
 */
export function isAfter(text, time) {
  // The years that Date can write as the builder does; any other time is before or after all.
  if (time < FIRST) return true;
  const second = new Date(Number(time / 1_000_000n)).toISOString().slice(0, 19);
  return text.slice(0, 19) >= second && nanoseconds(text) > time;
}

const FIRST = BigInt(Date.parse("0001-01-01T00:00:00Z")) * 1_000_000n;

/**
 * Write a time of a change as the builder does; "" if no change has such a time
 * (builder/history/clock.py: whole microseconds that do not end in 0).
 * @param {bigint} time
 */
export function changeTime(time) {
  if (time < FIRST || time % 1000n || time % 10_000n === 0n) return "";
  const second = new Date(Number(time / 1_000_000n)).toISOString().slice(0, 19);
  const micros = ((time / 1000n) % 1_000_000n).toString().padStart(6, "0");
  return `${second}.${micros}Z`;
}
