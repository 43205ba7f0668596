/** The Worker of the page: layout would hold up whatever thread it runs on. */
import { instance } from "@viz-js/viz";
import { layOut } from "../layout.js";
import type { Direction, Layout } from "../model.js";
import type { View } from "../view.js";

/** What the page asks. */
export interface Question {
	readonly number: number;
	readonly view: View;
	readonly direction: Direction;
	readonly labelled: readonly boolean[];
}

/** What the Worker answers. */
export interface Answer {
	readonly number: number;
	readonly layout: Layout;
}

const worker = globalThis as unknown as {
	onmessage: (event: { readonly data: Question }) => void;
	postMessage(answer: Answer): void;
};

worker.onmessage = async ({ data: { number, view, direction, labelled } }) => {
	// A new Graphviz each time: one that gave up cannot go on.
	worker.postMessage({ number, layout: await layOut(view, direction, labelled, instance) });
};
