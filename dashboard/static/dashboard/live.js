"use strict";

// Pages that move by themselves. `Live` knows when there is something new: from server-sent events, or where these can't
// be had, by asking for a part of the page every few seconds. `merge` brings a part up to date in place, so that focus,
// selection, ticked boxes, opened details and the scroll position stay as they are.

const EVERY = 5; // seconds between two looks where there are no events
const BESIDE_EVENTS = 30; // the same where there are: what no event tells of
const STAYS = 1; // second after which a stream counts as one
const LONGEST = 60; // seconds that a server that is away is left in peace
const KEPT = new Set(["open"]); // attributes that are the reader's

// -- Bringing a part up to date ---------------------------------------------------------------------------------------

function merge(own, next) {
  if (own.nodeType === Node.TEXT_NODE) {
    if (own.data !== next.data) own.data = next.data;
    return;
  }
  if (own.nodeType !== Node.ELEMENT_NODE) return;
  for (const { name, value } of next.attributes) {
    if (own.getAttribute(name) !== value && !KEPT.has(name)) own.setAttribute(name, value);
  }
  for (const { name } of [...own.attributes]) {
    if (!next.hasAttribute(name) && !KEPT.has(name)) own.removeAttribute(name);
  }
  mergeChildren(own, next);
}

function mergeChildren(own, next) {
  const ids = new Set([...next.children].map((child) => child.id));
  for (const child of [...own.children]) if (child.id && !ids.has(child.id)) child.remove();
  const known = new Map([...own.children].filter((child) => child.id).map((child) => [child.id, child]));
  let at = own.firstChild;
  for (const wanted of [...next.childNodes]) {
    const found = wanted.id ? known.get(wanted.id) : at && !at.id && alike(at, wanted) ? at : null;
    if (!found) {
      own.insertBefore(document.importNode(wanted, true), at);
      continue;
    }
    if (found === at) at = at.nextSibling;
    else own.insertBefore(found, at);
    merge(found, wanted);
  }
  while (at) {
    const last = at;
    at = at.nextSibling;
    last.remove();
  }
}

function alike(own, next) {
  return own.nodeType === next.nodeType && own.nodeName === next.nodeName && !next.id;
}

// -- Knowing when -----------------------------------------------------------------------------------------------------

class Live {
  // show: takes a new document. url: gives the address of the part. events: address of the events, or "". heard: takes
  // what an event tells, if anybody cares. every: seconds.
  constructor({ show, url, events = "", heard = null, state = null, every = EVERY }) {
    Object.assign(this, { show, url, events, heard, state, every });
    this.failures = 0;
    this.lost = 0; // streams in a row that did not stay
    this.lastId = "";
    this.timer = 0;
    this.soon = 0;
    if (this.state) this.state.hidden = false;
    this.say(events ? "waiting" : "polling");
    document.addEventListener("visibilitychange", () => (document.hidden ? this.rest() : this.begin(0)));
    addEventListener("pagehide", () => this.rest());
    addEventListener("pageshow", (event) => event.persisted && this.begin(0));
    this.begin(this.events ? 2 : this.every);
  }

  begin(seconds) {
    this.rest();
    if (this.isStopped) return;
    if (this.events) this.listen();
    this.again(seconds);
  }

  rest() {
    clearTimeout(this.timer);
    clearTimeout(this.retry);
    if (this.source) this.source.close();
    this.source = null;
    this.isHeard = false;
  }

  // Asks before its time; what comes in a burst is one question.
  hurry(seconds = 0.3) {
    if (this.soon) return;
    this.soon = setTimeout(() => {
      this.soon = 0;
      if (!document.hidden) this.ask();
    }, seconds * 1000);
  }

  again(seconds) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), seconds * 1000);
  }

  async ask() {
    clearTimeout(this.timer);
    if (this.isAsking) {
      this.isLate = true;
      return;
    }
    this.isAsking = true;
    try {
      const answer = await fetch(this.url(), { headers: { Accept: "text/html" }, cache: "no-store", redirect: "manual" });
      if (answer.type === "opaqueredirect" || [401, 403, 404].includes(answer.status)) return this.stop();
      if (!answer.ok) throw new Error(answer.status);
      const text = await answer.text();
      this.failures = 0;
      this.show(new DOMParser().parseFromString(text, "text/html"));
      if (!this.isHeard) this.say("polling");
    } catch {
      this.failures += 1;
      this.say("reconnecting");
    } finally {
      this.isAsking = false;
    }
    if (document.hidden || this.isStopped) return;
    const calm = this.isHeard ? BESIDE_EVENTS : this.every;
    this.again(this.isLate ? 0.5 : Math.min(calm * 2 ** this.failures, Math.max(LONGEST, calm)));
    this.isLate = false;
  }

  listen() {
    const join = this.events.includes("?") ? "&" : "?";
    const source = new EventSource(this.events + (this.lastId ? `${join}last_event_id=${encodeURIComponent(this.lastId)}` : ""));
    this.source = source;
    // A server that can't hold streams ends each one at once: that is no live page.
    let stays = 0;
    source.addEventListener("open", () => {
      stays = setTimeout(() => {
        this.lost = 0;
        this.isHeard = true;
        this.say("live");
        this.hurry(0); // what happened before
      }, STAYS * 1000);
    });
    for (const kind of ["created", "status", "progress"]) {
      source.addEventListener(kind, (event) => {
        if (event.lastEventId) this.lastId = event.lastEventId;
        if (this.heard) this.heard(kind, JSON.parse(event.data));
      });
    }
    source.addEventListener("reset", () => {
      this.lastId = "";
      this.hurry(0);
    });
    source.addEventListener("error", () => {
      // By ourselves: a browser would come back at its own pace, and not at all after a refusal.
      source.close();
      clearTimeout(stays);
      if (this.source !== source) return;
      const wasHeard = this.isHeard;
      this.isHeard = false;
      this.lost += 1;
      if (wasHeard) {
        this.say("reconnecting");
        this.again(1);
      }
      const wait = Math.min(2 ** this.lost, LONGEST) * (0.75 + Math.random() / 2);
      this.retry = setTimeout(() => this.listen(), (wasHeard ? 1 : wait * 2) * 1000);
    });
  }

  stop() {
    this.isStopped = true;
    this.rest();
    this.say("stopped");
  }

  say(state) {
    if (!this.state || this.state.dataset.state === state) return;
    this.state.dataset.state = state;
    this.state.textContent = {
      waiting: "Connecting",
      live: "Live",
      polling: `Every ${this.every} s`,
      reconnecting: "Reconnecting",
      stopped: "Stopped: reload the page",
    }[state];
  }
}

// -- Times that go on -------------------------------------------------------------------------------------------------

function span(seconds) {
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return seconds < 10 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds)} s`;
  const units = (great, greatName, small, smallName) => `${great} ${greatName}` + (small ? ` ${small} ${smallName}` : "");
  const whole = Math.round(seconds);
  if (whole < 3600) return units(Math.floor(whole / 60), "min", whole % 60, "s");
  const minutes = Math.floor(whole / 60);
  if (minutes < 48 * 60) return units(Math.floor(minutes / 60), "h", minutes % 60, "min");
  const hours = Math.floor(minutes / 60);
  return units(Math.floor(hours / 24), "d", hours % 24, "h");
}

setInterval(() => {
  if (document.hidden) return;
  for (const clock of document.querySelectorAll("[data-since]")) {
    clock.textContent = span(Math.max(Math.round((Date.now() - Date.parse(clock.dataset.since)) / 1000), 0));
  }
  for (const time of document.querySelectorAll("main time[datetime]")) {
    const ago = (Date.now() - Date.parse(time.dateTime)) / 1000;
    if (time.textContent.endsWith(" ago") && ago >= 1) time.textContent = `${span(Math.round(ago))} ago`;
  }
}, 1000);
