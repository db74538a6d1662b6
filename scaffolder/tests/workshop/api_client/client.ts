// Uses the API of a running application by the types that its document becomes. What the document gets wrong is an error of
// `tsc`, or of the application.

import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

declare const process: { argv: string[] };
const site = process.argv[2]!;

function check(claim: string, holds: boolean, ...found: unknown[]): asserts holds {
  if (!holds) throw new Error(`${claim}: ${JSON.stringify(found)}`);
}

/** A token of the demo user, made as a browser makes it. */
async function token(): Promise<string> {
  const browser = createClient<paths>({ baseUrl: site });
  const credentials = { email: "ada@example.com", password: "analytical engine" };
  const { data, response } = await browser.POST("/api/session", { body: credentials });
  check("the demo user logs in", data?.email === credentials.email, data, response.status);
  const cookie = response.headers.getSetCookie().map((set) => set.split(";")[0]).join("; ");
  const form = new URLSearchParams({ name: "Typed client", days: "7" });
  for (const scope of ["account:read", "notes:read", "notes:write"]) form.set(scope, "true");
  const made = await fetch(`${site}/account/tokens`, { method: "POST", body: form, headers: { cookie } });
  const secret = (await made.text()).match(/<code>(api_[0-9a-f]+)<\/code>/)?.[1];
  check("a token is made", secret !== undefined, made.status);
  return secret;
}

const authorization = `Bearer ${await token()}`;
const client = createClient<paths>({ baseUrl: site, headers: { authorization } });

const me = await client.GET("/api/me");
check("the token is the user's", me.data?.display_name === "Ada", me.error);
check("it is told what is left", me.response.headers.get("ratelimit")!.includes("r="));

// What is sent again with the same key is done once.
const header = { "Idempotency-Key": crypto.randomUUID() };
const create = () => client.POST("/api/notes", { body: { title: "By a typed client" }, params: { header } });
const [first, again] = [await create(), await create()];
check("a note is created", first.response.status === 201, first.error);
const note: components["schemas"]["Note"] = first.data!;
check("once", again.data?.id === note.id && again.response.headers.get("idempotency-replayed") === "true");

const path = { id: note.id };
const body = { title: "Changed by a typed client", body: "", version: note.version };
const updated = await client.PUT("/api/notes/{id}", { params: { path }, body });
check("a note is updated", updated.data?.version === note.version + 1, updated.error);
const outdated = await client.PUT("/api/notes/{id}", { params: { path }, body });
check("an older version is not", outdated.error?.code === "outdated", outdated);

const query = { limit: 1 };
const listed = await client.GET("/api/notes", { params: { query } });
check("the newest is listed first", listed.data?.notes[0]?.title === body.title, listed);
const next = await client.GET("/api/notes", { params: { query: { limit: 1, after: listed.data?.next ?? undefined } } });
check("and the one before it next", next.data?.notes[0]?.id !== note.id, next);

const invalid = await client.POST("/api/notes", { body: { title: "" } });
check("an invalid field is named", invalid.error?.errors?.[0]?.field === "title", invalid);
// @ts-expect-error: a note has a title
const lacking = await client.POST("/api/notes", { body: { body: "x" } });
check("and a missing one is an error", lacking.response.status === 400, lacking);

const deleted = await client.DELETE("/api/notes/{id}", { params: { path } });
check("a note is deleted", deleted.response.status === 204, deleted.error);
const gone = await client.GET("/api/notes/{id}", { params: { path } });
check("and gone", gone.error?.code === "not_found" && gone.response.status === 404, gone);

const stranger = createClient<paths>({ baseUrl: site, headers: { authorization: "Bearer api_0" } });
const refused = await stranger.GET("/api/me");
check("a wrong token is refused", refused.error?.code === "invalid_token", refused);
