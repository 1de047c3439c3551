// The hours of a shop: whether it is open, and when that changes. Pure: the clock is an argument.
//
// settings: { time_zone, week, closed }: the merchant's zone (IANA), seven lists of ["09:00", "18:00"] from Monday on, and the
// days ("2026-12-31") on which the shop is closed all the same. A day ends at "24:00".

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

// So far ahead the shop is looked for: past any holiday.
const DAYS_AHEAD = 60;

const CLOCK = /^(\d\d?):(\d\d)$/;

const clocks = {};

// What a clock and a calendar on a wall of the zone show, as if that were UTC. No zone: the visitor's own.
const wall = (at, zone) => {
  const clock = (clocks[zone] ||= new Intl.DateTimeFormat("en-u-ca-gregory-nu-latn", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  }));
  const { year, month, day, hour, minute } = Object.fromEntries(clock.formatToParts(at).map(({ type, value }) => [type, +value]));
  return Date.UTC(year, month - 1, day, hour, minute);
};

const offset = (at, zone) => wall(at, zone) - Math.floor(at / MINUTE_MS) * MINUTE_MS;

// The moment at which such a clock shows this. When clocks go back it does twice: a shop opens at the first, and closes at the
// last. When they go forward it may never: then as much later as they went.
const moment = (shown, zone, choose) => {
  const around = [shown - DAY_MS, shown + DAY_MS].map((at) => shown - offset(at, zone));
  const real = around.filter((at) => wall(at, zone) == shown);
  return real.length ? choose(...real) : around[0];
};

const minutes = (text) => {
  const [, hours, rest] = CLOCK.exec(text) || [];
  return hours * 60 + +rest;
};

const day_of = (shown) => Math.floor(shown / DAY_MS);

// { open, next }: next is when it closes or opens, { at, days_from_now }, the days being those of the visitor's calendar. null if
// it never does. Without hours, or in a zone that this browser does not know, a shop is always open.
export const hours = (settings, now, visitor_zone) => {
  try {
    const { time_zone: zone, week, closed = [] } = settings;
    const today = day_of(wall(now, zone));
    const told = (open, at) => ({
      open,
      next: at && { at, days_from_now: day_of(wall(at, visitor_zone)) - day_of(wall(now, visitor_zone)) },
    });
    let until = 0;
    for (let day = today; day < today + DAYS_AHEAD; day++) {
      const date = new Date(day * DAY_MS);
      if (closed?.includes(date.toISOString().slice(0, 10))) continue;
      // Sunday is 0 to the calendar, and last to a week.
      const times = (week[(date.getUTCDay() + 6) % 7] || [])
        .map(([from, to]) => [minutes(from), minutes(to)])
        .filter(([from, to]) => from < to)
        .sort(([one], [other]) => one - other);
      for (const [from, to] of times) {
        const starts = moment(day * DAY_MS + from * MINUTE_MS, zone, Math.min);
        const ends = moment(day * DAY_MS + to * MINUTE_MS, zone, Math.max);
        if (ends <= now) continue;
        if (!until && starts > now) return told(false, starts);
        // Open over midnight is open all along.
        if (until && starts > until) return told(true, until);
        until = Math.max(until, ends);
      }
    }
    const is_endless = day_of(wall(until, zone)) >= today + DAYS_AHEAD;
    return told(!!until, is_endless ? null : until || null);
  } catch {
    return { open: true, next: null };
  }
};
