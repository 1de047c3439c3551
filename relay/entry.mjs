// What workerd starts: hands its events to the Rust relay, and gives a trapped relay a fresh start.

import { DurableObject } from "cloudflare:workers";
import * as relay from "../dist/relay/index.js";

// The relay's HTTP library lets the runtime follow redirects, and a followed redirect would take a merchant's key along
// to whatever host the answer names. So no outgoing request follows one: a 3xx comes back as the answer it is.
const fetchFollowing = globalThis.fetch;
globalThis.fetch = (request, init) => fetchFollowing(request, { ...init, redirect: "manual" });

// After a panic the wasm instance is unusable and its pending calls would never settle. The panic hook of the `worker`
// crate reports by setting `criticalError`: then every pending call fails at once, and the next one starts anew.
const state = relay.__worker_init_state();
const pending = new Set();
let broken = false;
Object.defineProperty(state, "criticalError", { get: () => broken, set: setBroken });
addEventListener("error", (event) => noteTrap(event.error));

function setBroken(isBroken) {
  // Counted here: the module's own counters go with its memory.
  if (isBroken && !broken) globalThis.prilavokTraps = (globalThis.prilavokTraps ?? 0) + 1;
  broken = isBroken;
  if (broken) for (const fail of pending) fail(new Error("the relay trapped"));
}

function noteTrap(error) {
  if (error instanceof WebAssembly.RuntimeError) setBroken(true);
}

async function guarded(call) {
  if (broken) {
    relay.__wbg_reset_state();
    setBroken(false);
  }
  const { promise, resolve, reject } = Promise.withResolvers();
  pending.add(reject);
  try {
    call().then(resolve, reject);
    return await promise;
  } catch (error) {
    noteTrap(error);
    throw error;
  } finally {
    pending.delete(reject);
  }
}

// A relay that started anew counts its instance up; objects of the old one are gone, so each is made again from its
// storage, exactly as after hibernation.
export class Organization extends DurableObject {
  #object;
  #instance;

  #call(method, ...args) {
    return guarded(() => {
      if (this.#instance !== state.instanceId) {
        this.#object = new relay.Organization(this.ctx, this.env);
        this.#instance = state.instanceId;
      }
      return this.#object[method](...args);
    });
  }

  fetch(request) {
    return this.#call("fetch", request);
  }

  alarm() {
    return this.#call("alarm");
  }

  webSocketMessage(socket, message) {
    return this.#call("webSocketMessage", socket, message);
  }

  webSocketClose(socket, code, reason, wasClean) {
    return this.#call("webSocketClose", socket, code, reason, wasClean);
  }

  webSocketError(socket, error) {
    return this.#call("webSocketError", socket, error);
  }
}

// The request that trapped, and those that were under way beside it, are told so; sockets stay open, and state is as it was
// kept.
function trapped() {
  const body = { type: "about:blank", title: "internal", status: 500, code: "internal", detail: "the relay trapped; try again" };
  return new Response(JSON.stringify(body), { status: 500, headers: { "content-type": "application/problem+json" } });
}

export default {
  async fetch(request, env, ctx) {
    try {
      return await guarded(() => relay.fetch(request, env, ctx));
    } catch (error) {
      console.error(JSON.stringify({ event: "trapped", level: "error", time: new Date().toISOString() }));
      return trapped();
    }
  },
};
