/**
 * The Worker of the network bench: a session, and the messages around it.
 *
 * A message to oneself comes after those that have arrived, and at once where
 * there are none; `setTimeout` would wait for some milliseconds.
 */
import type { Command } from "./protocol.js";
import { Session } from "./session.js";

const { port1, port2 } = new MessageChannel();
const waiting: (() => void)[] = [];
port1.onmessage = () => waiting.shift()?.();

const session = new Session({
	post: (answer, buffers) => postMessage(answer, { transfer: buffers as ArrayBuffer[] }),
	now: () => performance.now(),
	soon: (body) => {
		waiting.push(body);
		port2.postMessage(undefined);
	},
	later: (body, milliseconds) => setTimeout(body, milliseconds),
});
addEventListener("message", ({ data }: MessageEvent<Command>) => session.hear(data));
