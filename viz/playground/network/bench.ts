/** To be built. */
import { html } from "../../explorer/page/dom.js";
import type { Bench } from "../bench.js";

/** Makes the bench. */
export function networkBench(): Bench {
	return { element: html("section", {}, "network"), open: () => {}, close: () => {} };
}
