// How long an answer takes, as one says it. Pure.

const MINUTES = [1, 2, 3, 5, 10, 15, 20, 30, 45];
const HOURS_MAX = 12;

// Of a median in seconds: ["at_once"], ["minutes", 5], ["hours", 2] or ["a_day"], never less than it takes; null if nobody knows.
export const patience = (median_s) => {
  if (typeof median_s != "number" || !(median_s >= 0)) return null;
  if (median_s < 60) return ["at_once"];
  const minutes = MINUTES.find((minutes) => median_s <= minutes * 60);
  if (minutes) return ["minutes", minutes];
  const hours = Math.ceil(median_s / 3600);
  return hours > HOURS_MAX ? ["a_day"] : ["hours", hours];
};
