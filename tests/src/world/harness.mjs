// The relay under wrangler's test harness instead of `wrangler dev`: it can do what no client can, and puts an
// organization's object to sleep while its sockets stay open.
//
//   node harness.mjs <wrangler.toml> <json: {vars, secrets}>
//   POST /<organization>  on the control address: sleep

import { createServer } from "node:http";
import { createTestHarness } from "wrangler";

const [configPath, settings] = process.argv.slice(2);
const server = createTestHarness({ workers: [{ configPath, ...JSON.parse(settings) }] });
const { url } = await server.listen();
const relay = server.getWorker();

const control = createServer(async (request, response) => {
  try {
    await relay.evictDurableObject("Organization", { name: request.url.slice(1), webSockets: "hibernate" });
    response.end();
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
});
control.listen(0, "127.0.0.1", () => {
  console.log(`Ready on ${url.origin} control http://127.0.0.1:${control.address().port}`);
});
process.on("SIGTERM", () => server.close().finally(() => process.exit()));
