// A line over server-sent events and POST, where no WebSocket opens. `hear` is told 0 (open), 1 (a frame), 2 (a close code).
// fetch, not EventSource: the token belongs in a header.
export function open(url, token, hear) {
  const stop = new AbortController();
  const queue = [];
  let line, sending, over;
  const ask = (to, init) => {
    init.headers = { ...init.headers, Authorization: "Bearer " + token };
    return fetch(to, { ...init, signal: stop.signal, cache: "no-store", credentials: "omit" });
  };
  const end = (code) => {
    if (!over) {
      over = true;
      stop.abort();
      hear(2, code + "");
    }
  };
  // One frame after the other: they keep their order.
  const flush = async () => {
    while (line && !sending && queue.length) {
      sending = true;
      const answer = await ask(url.split("?")[0] + "?line=" + line, { method: "POST", body: queue.shift() });
      if (!answer.ok) throw answer.status == 401 ? 4401 : 1006;
      sending = false;
    }
  };
  const broken = (why) => end(+why || 1006);
  (async () => {
    const answer = await ask(url, { headers: { Accept: "text/event-stream" } });
    const { status } = answer;
    if (!answer.ok) throw [401, 403, 404, 426].includes(status) ? 4000 + status : 1006;
    const reader = answer.body.getReader();
    const decoder = new TextDecoder();
    for (let rest = ""; ; ) {
      const { done, value } = await reader.read();
      if (done) throw 1006;
      const events = (rest + decoder.decode(value, { stream: true })).split("\n\n");
      rest = events.pop();
      for (const event of events) {
        const [, name, data] = /^(?:event: (\w+)\n)?data: (.*)/.exec(event) || [];
        if (over) return;
        if (name == "line") {
          line = data;
          hear(0, "");
          flush().catch(broken);
        } else if (name == "close") throw data;
        else if (data) hear(1, data);
      }
    }
  })().catch(broken);
  return {
    transmit(text) {
      queue.push(text);
      flush().catch(broken);
    },
    close() {
      over = true;
      stop.abort();
    },
  };
}
