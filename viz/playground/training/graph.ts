/**
 * The loss of the batch at hand as a computation graph, for the explorer and for
 * a picture. What draws is loaded when it is first asked for, and the graph is of
 * a copy of the network: while Graphviz is loading, training may go on.
 */
import { tensor } from "chainrule";
import { networkOf, run } from "./network.js";
import type { Training } from "./training.js";

/** So many points of a batch are drawn at most. */
const most = 10;

/** The loss of some points of the next batch, as a file for the explorer or as SVG. */
export async function graphOf(training: Training, as: "html" | "svg"): Promise<string> {
	const { setup, points, network, loss, step } = training;
	const copy = networkOf(setup, points);
	copy.model.loadStateDict(network.model.stateDict());
	const { x, y } = training.batch(most);
	const named = (data: typeof x, name: string): typeof x => tensor(data, { name });
	const result = run(copy, named(x, "x"));
	result.z.named("z");
	result.a.named("a");
	const drawn = loss.of(result, named(y, "y"));
	if (as === "svg") return (await import("../../svg.js")).toSvg(drawn);
	return (await import("../../explorer/html.js")).toHtml(drawn, { title: `Loss of a batch after ${step} steps` });
}
