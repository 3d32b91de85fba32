"use strict";
// A moviegoer's frontend in small: what it does, it does by fetch and EventSource alone. The cashier sends the browser back here, so what
// has to outlive that lies in the session's storage.

const query = new URLSearchParams(location.search);
for (const name of ["client", "cinema", "admin", "showtime", "run", "refused"])
  if (query.has(name)) sessionStorage.setItem(name, query.get(name));
const told = (name) => sessionStorage.getItem(name);

function step(text) {
  document.getElementById("steps").append(Object.assign(document.createElement("li"), { textContent: text }));
}

function check(condition, text) {
  if (!condition) throw new Error(text);
  step(text);
}

async function ask(method, path, { body, headers = {}, service = "client" } = {}) {
  const fields = { ...headers };
  if (told("token")) fields["Authorization"] = `Bearer ${told("token")}`;
  if (body !== undefined) fields["Content-Type"] = "application/json";
  const answer = await fetch(told(service) + path, { method, headers: fields, body: body === undefined ? undefined : JSON.stringify(body) });
  const text = await answer.text();
  return { status: answer.status, header: (name) => answer.headers.get(name), json: text ? JSON.parse(text) : null };
}

// The data of the first event of that name for which the condition holds.
function event(source, name, condition = () => true) {
  return new Promise((resolve, reject) => {
    source.addEventListener(name, (message) => {
      const data = JSON.parse(message.data);
      if (condition(data)) resolve(data);
    });
    source.addEventListener("error", () => reject(new Error(`no event ${name}`)));
  });
}

// Reads a stream of events by fetch, which may send a token, until the text comes.
async function readStream(path, wanted, headers) {
  const stop = new AbortController();
  const answer = await fetch(told("client") + path, { headers, signal: stop.signal });
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes(wanted)) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`the stream ended before ${wanted}`);
    text += value;
  }
  stop.abort();
}

async function book() {
  const movies = await ask("GET", "/v1/movies?limit=3");
  check(movies.status === 200 && movies.json.items.length > 0, "the list of movies");
  check(movies.header("Cache-Control").startsWith("public, max-age="), "may be kept");
  check(Math.abs(Date.parse(movies.header("Date")) - Date.now()) < 60_000, "the server's time");
  const known = await ask("GET", "/v1/movies?limit=3", { headers: { "If-None-Match": movies.header("ETag") } });
  check(known.status === 304, "304 for who has it");
  check(movies.header("Link") !== null, "the link to the next page");
  for (const service of ["client", "cinema", "admin"])
    check((await ask("GET", "/v1/cities", { service })).status === 200, `the cities of the service ${service}`);

  const stranger = await ask("GET", "/v1/orders");
  check(stranger.status === 401 && stranger.json.code === "unauthenticated", "a problem without a token");
  check((await ask("GET", "/v1/nothing")).json.code === "not_found", "a path that isn't there");

  const account = { username: `page_${told("run")}`, password: `correct horse ${told("run")}` };
  check((await ask("POST", "/v1/accounts", { body: account })).status === 201, "signs up");
  const session = await ask("POST", "/v1/sessions", { body: { login: account.username, password: account.password } });
  check(session.status === 201 && session.header("Location") !== null, "signs in");
  sessionStorage.setItem("token", session.json.token);

  const seatsPath = `/v1/showtimes/${told("showtime")}/seats`;
  const map = await ask("GET", seatsPath);
  const wanted = map.json.seats.filter((seat) => seat.state === "free" && seat.kind === "standard").slice(0, 2).map((seat) => seat.id);
  check(wanted.length === 2, "the seat map");
  const source = new EventSource(`${told("client")}${seatsPath}/stream`);
  const claimed = event(source, "changes", (data) => data.seats.some((seat) => wanted.includes(seat.id) && seat.state === "claimed"));
  check((await event(source, "map")).seats.length === map.json.seats.length, "the live seats by EventSource");
  await readStream(`${seatsPath}/stream`, "event: map", { "Authorization": `Bearer ${told("token")}`, "Last-Event-ID": "0" });
  step("the live seats by fetch, with a token");

  const headers = { "Idempotency-Key": `"${told("run")}"`, "X-Request-Id": `page-${told("run")}`, "traceparent": told("trace") };
  const order = await ask("POST", "/v1/orders", { body: { showtime_id: Number(told("showtime")), seat_ids: wanted }, headers });
  check(order.status === 201 && order.json.state === "pending_payment", "orders two seats");
  for (const name of ["Location", "RateLimit", "RateLimit-Policy"]) check(order.header(name) !== null, `reads ${name}`);
  check(order.header("X-Request-Id") === headers["X-Request-Id"], "reads its X-Request-Id");
  await claimed;
  source.close();
  step("sees them taken on the live map");
  const again = await ask("POST", "/v1/orders", { body: { showtime_id: Number(told("showtime")), seat_ids: wanted } });
  check(again.status === 409 && again.json.code === "seats_held_by_you", "is told that it holds them");

  const payment = await ask("POST", `/v1/orders/${order.json.id}/payments`, { body: { method: "alipay_page" } });
  check(payment.status === 201, "starts to pay");
  sessionStorage.setItem("order", order.json.id);
  document.body.append(Object.assign(document.createElement("a"), { id: "pay", href: payment.json.pay_url, textContent: "Pay" }));
  document.getElementById("state").textContent = "paying";
}

async function collect() {
  const path = `/v1/orders/${told("order")}`;
  const deadline = Date.now() + 30_000;
  let order;
  do {
    await new Promise((resume) => setTimeout(resume, 200));
    order = await ask("GET", path);
  } while (order.json.state !== "paid" && Date.now() < deadline);
  check(order.json.state === "paid", "the order is paid");
  const tickets = await ask("GET", `${path}/tickets`);
  check(tickets.json.tickets.length === 2, `two tickets, collection code ${tickets.json.collection_code}`);
  check((await ask("DELETE", "/v1/sessions/current")).status === 204, "signs out");
}

// Where the page's origin isn't allowed, it must get nowhere; that the service is there it sees from an answer that it may not read.
async function beRefused() {
  const list = `${told("client")}/v1/movies`;
  const blind = await fetch(list, { mode: "no-cors" });
  check(blind.type === "opaque", "the service answers, but not for this page to read");
  for (const [name, attempt] of [
    ["a list", () => fetch(list)],
    ["a call with a token", () => fetch(list, { headers: { "Authorization": "Bearer x" } })],
    ["an order", () => fetch(`${told("client")}/v1/orders`, { method: "POST", headers: { "Content-Type": "application/json" }, body: "{}" })],
    ["the live seats", () => event(new EventSource(`${told("client")}/v1/showtimes/${told("showtime")}/seats/stream`), "map")],
  ]) {
    const isRefused = await attempt().then(() => false, () => true);
    check(isRefused, `is refused ${name}`);
  }
}

async function run() {
  if (!told("trace")) sessionStorage.setItem("trace", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  if (told("refused")) {
    await beRefused();
  } else if (told("order")) {
    await collect();
  } else {
    return book();
  }
  document.getElementById("state").textContent = "done";
}

run().catch((error) => {
  step(String(error));
  document.getElementById("state").textContent = "failed";
});
