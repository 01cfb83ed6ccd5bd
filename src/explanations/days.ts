import type { Day } from '../model/explanation.js';

const MILLISECONDS_A_DAY = 86_400_000;
const FIRST_YEAR = 1970;
const LAST_DAY = '9999-12-31';

/** Whether `text` is a day of the calendar as `YYYY-MM-DD`, from 1970 on; 2026-02-30 is none. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  if (Number(text.slice(0, 4)) < FIRST_YEAR) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  // Some engines roll 31 April over into May: only a day that prints as it was written is one.
  return !Number.isNaN(time) && dayOfTime(time) === text;
}

/** Days from `from` to `until`; 0 on the same day, negative when `until` comes first. */
export function daysBetween(from: Day, until: Day): number {
  return Math.round((timeOfDay(until) - timeOfDay(from)) / MILLISECONDS_A_DAY);
}

/** The day `count` days after `day`. */
export function addDays(day: Day, count: number): Day {
  const time = timeOfDay(day) + count * MILLISECONDS_A_DAY;
  return time > timeOfDay(LAST_DAY) ? LAST_DAY : dayOfTime(time);
}

/** The same day `count` months later, or the last day of that month when it has no such day. */
export function addMonths(day: Day, count: number): Day {
  const months = Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1 + count;
  const year = Math.floor(months / 12);
  const month = months % 12;
  if (year > 9999) return LAST_DAY;
  const lastOfMonth = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return dayOfTime(Date.UTC(year, month, Math.min(Number(day.slice(8, 10)), lastOfMonth)));
}

function timeOfDay(day: Day): number {
  return Date.parse(`${day}T00:00:00Z`);
}

function dayOfTime(time: number): Day {
  return new Date(time).toISOString().slice(0, 10);
}
