// The relay alone on a server, by plain workerd: what Cloudflare or wrangler do around entry.mjs elsewhere. Settings come
// from the environment, and files from the table that the build makes of dist/www.

import relay, { Organization as Kept } from "./entry.mjs";
import { defaults, files, relayFirst } from "./files.mjs";

// A setting that is not in the environment arrives as null. The relay knows it as absent.
function settings(env) {
  const set = { ...defaults };
  for (const [name, value] of Object.entries(env)) if (value !== null) set[name] = value;
  return set;
}

export class Organization extends Kept {
  constructor(ctx, env) {
    super(ctx, settings(env));
  }
}

// The paths that never look for a file: "/v1/*" is everything below it, any other rule is one path.
function isRelays(path) {
  return relayFirst.some((rule) => (rule.endsWith("*") ? path.startsWith(rule.slice(0, -1)) : path === rule));
}

function plain(status, text, headers) {
  return new Response(text, { status, headers: { "content-type": "text/plain; charset=utf-8", ...headers } });
}

function answerWithFile(request, url) {
  const path = url.pathname;
  if (path.endsWith("/index.html")) return redirect(path.slice(0, -"index.html".length), url);
  const file = files[path.endsWith("/") ? `${path}index.html` : path];
  // A folder without its slash would make its page's relative addresses wrong.
  if (!file && files[`${path}/index.html`]) return redirect(`${path}/`, url);
  if (!file) return plain(404, "There is nothing at this path.");
  if (request.method !== "GET" && request.method !== "HEAD") return plain(405, "This is a file.", { allow: "GET, HEAD" });
  const { bytes, headers } = file;
  if (request.headers.get("if-none-match")?.includes(headers.etag)) return new Response(null, { status: 304, headers });
  const accepted = (request.headers.get("accept-encoding") ?? "").split(",").map((name) => name.split(";")[0].trim());
  const encoding = ["br", "gzip"].find((name) => name in bytes && accepted.includes(name));
  const body = request.method === "HEAD" ? null : bytes[encoding ?? "identity"];
  if (!encoding) return new Response(body, { headers });
  return new Response(body, { headers: { ...headers, "content-encoding": encoding }, encodeBody: "manual" });
}

function redirect(path, url) {
  return new Response(null, { status: 307, headers: { location: path + url.search } });
}

export default {
  fetch(request, env, ctx) {
    const url = new URL(request.url);
    return isRelays(url.pathname) ? relay.fetch(request, settings(env), ctx) : answerWithFile(request, url);
  },
};
