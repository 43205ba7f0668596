/**
 * A computation as SVG, laid out by Graphviz in WebAssembly: no program to
 * install, in Node and in the browser alike. Graphviz is loaded with the first
 * picture.
 */
import { failure } from "../src/core/errors.js";
import type { Node } from "../src/core/tensor.js";
import { type DotOptions, toDot } from "./dot.js";
import { typefaces } from "./look.js";

/**
 * The picture of {@link toDot} as an SVG element, to be put into a page or saved
 * as a file. Its background is transparent.
 *
 * @example
 * ```ts
 * import { scalar } from "chainrule";
 * import { toSvg } from "chainrule/viz";
 * const w = scalar(0.6, "w");
 * const svg = await toSvg(w.mul(2).sigmoid(), { pass: "both" });
 * console.log(svg.slice(0, 4)); // <svg
 * ```
 */
export async function toSvg(nodes: Node | readonly Node[], options: DotOptions = {}): Promise<string> {
	// The text comes first: values may change while Graphviz is loading.
	const dot = toDot(nodes, options);
	const { instance } = await import("@viz-js/viz");
	const rendered = (await instance()).render(dot, { format: "svg" });
	if (rendered.status !== "success") {
		throw failure({
			what: "toSvg: Graphviz could not lay out the picture",
			expected: "a picture",
			actual: rendered.errors.map(({ message }) => message).join("\n"),
		});
	}
	const svg = rendered.output.slice(rendered.output.indexOf("<svg"));
	// Graphviz repeats its one typeface in every text; ours are said once. In text a quote is &quot;, so only attributes match.
	return svg.replaceAll(/ font-family="[^"]*"/g, "").replace("<svg", `<svg font-family="${typefaces}"`);
}
