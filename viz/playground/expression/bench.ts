/** To be built. */
import { html } from "../../explorer/page/dom.js";
import type { Bench } from "../bench.js";

/** Makes the bench. */
export function expressionBench(): Bench {
	return { element: html("section", {}, "expression"), open: () => {}, close: () => {} };
}
