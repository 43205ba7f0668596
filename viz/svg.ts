/**
 * A computation as SVG, laid out by Graphviz in WebAssembly: no program to
 * install, in Node and in the browser alike. Graphviz is loaded with the first
 * picture.
 */
import { failure } from "../src/core/errors.js";
import { type DotOptions, toDot } from "./dot.js";
import { typefaces } from "./look.js";
import type { Drawable } from "./subject.js";

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
export async function toSvg(nodes: Drawable, options: DotOptions = {}): Promise<string> {
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
	return tidied(rendered.output, options.title ?? "computation");
}

/**
 * Graphviz's SVG as a page can hold it many times over: one image with `title`
 * for those who hear it, without prologue and
 * comments, the typefaces said once, and instead of an `id` that another picture
 * has, too, and a `<title>` that a browser would show as a tooltip, the name in
 * DOT as `data-name`. In text quotes and angle brackets are entities, so only
 * tags match.
 *
 * Note [names of clusters lie on top]
 * Graphviz draws a cluster with its name before all edges, which may then run
 * through the name. So the names, on plates of their own, move to the end.
 */
function tidied(output: string, title: string): string {
	const label = title.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
	const plates: string[] = [];
	return output
		.slice(output.indexOf("<svg"))
		.replaceAll(/<!--.*?-->\n/g, "")
		.replaceAll(/ font-family="[^"]*"/g, "")
		.replaceAll(
			/(<g id="[^"]*" class="cluster">\n<title>.*?<\/title>\n<path [^>]*\/>\n)([\s\S]*?)(<\/g>\n)/g,
			(_, frame, name, end) => {
				plates.push(`<g class="name">\n${name}</g>\n`);
				return frame + end;
			},
		)
		.replace(/<\/g>\n<\/svg>/, () => `${plates.join("")}</g>\n</svg>`)
		.replaceAll(/<g id="[^"]*"([^>]*)>\n<title>(.*?)<\/title>/g, '<g$1 data-name="$2">')
		.replace("<svg", () => `<svg role="img" aria-label="${label}" font-family="${typefaces}"`);
}
