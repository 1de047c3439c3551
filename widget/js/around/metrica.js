// Goals in Yandex.Metrica, where the page has it: it is never loaded from here, and what goes wrong in it is not ours.

// The counters that the page has begun: known to the script that is there, or still waiting for it.
export const counters = (page) => {
  const ask = [
    () => page.Ya._metrika.getCounters(),
    () => page.Ya.Metrika2.counters(),
    () => page.Ya.Metrika.counters(),
    () => page.ym.a.filter((call) => call[1] == "init").map((call) => ({ id: call[0] })),
  ];
  const found = ask.flatMap((counters) => {
    try {
      return [...counters()].map(({ id }) => +id);
    } catch {
      return [];
    }
  });
  return [...new Set(found)].filter((id) => id > 0);
};

// Tells a goal to the shop's counter or, if none is set, to all of the page's.
export const reach = (page, counter, name, params) => {
  if (typeof page.ym != "function") return;
  for (const id of counter ? [counter] : counters(page)) {
    try {
      page.ym(id, "reachGoal", name, params);
    } catch {
      // As above.
    }
  }
};
