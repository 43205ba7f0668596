/**
 * The explorer: one file with everything in it, to be opened from disk.
 *
 * What is known of the computation stands in the file as JSON, in an element
 * that a browser does not run; the page builds everything from it as text. A
 * content-security policy allows the one script by its hash, Graphviz in a
 * Worker, and nothing from outside.
 */
import { failure } from "../../src/core/errors.js";
import type { Drawable } from "../subject.js";
import { type InputOptions, subjectOf } from "../subject.js";
import { dataOf } from "./data.js";
import { layOut } from "./layout.js";
import type { ExplorerData } from "./model.js";
import { labelled, viewOf } from "./view.js";

/** What an explorer file shows. */
export interface HtmlOptions extends InputOptions {
	/** Stands above the page; the name of the output when left out. */
	readonly title?: string | undefined;
	/** Two computations, given as an array, are matched by name and structure, and differences are coloured. False when left out. */
	readonly compare?: boolean | undefined;
	/** What the two computations are called; `A` and `B` when left out. */
	readonly names?: readonly [string, string] | undefined;
}

/**
 * A page in which the computation that gave `loss` can be explored, and its
 * backward pass stepped through one contribution at a time: a single HTML file
 * of about 0.8 MB, nearly all of it Graphviz, that needs no network, no server
 * and no other file.
 *
 * The gradients are those of a real backward pass, and the contributions of
 * every node, added in the order of the pass, give its gradient bit for bit;
 * where they do not (behind a `checkpoint`, whose inner steps are not told one
 * by one), the page says so. Several outputs start with a cotangent of ones
 * each. Nothing of the computation is changed, and `.grad` neither read nor
 * written. After `setDebug(true)` operations carry their line in your program.
 *
 * @throws where `compare` is set and there are not two computations, and where a parameter was assigned after it was used.
 *
 * @example
 * ```ts
 * import { scalar } from "chainrule";
 * import { toHtml } from "chainrule/viz";
 * const w = scalar(0.6, "w");
 * const html = await toHtml(w.mul(2).sigmoid().named("a"));
 * console.log(html.slice(0, 15)); // <!doctype html>
 * ```
 */
export async function toHtml(loss: Drawable | readonly Drawable[], options: HtmlOptions = {}): Promise<string> {
	const { compare = false, names = ["A", "B"] } = options;
	if (compare && !(Array.isArray(loss) && loss.length === 2)) {
		throw failure({
			what: "toHtml: compare takes two computations",
			expected: "an array of two",
			actual: Array.isArray(loss) ? `an array of ${loss.length}` : "one",
		});
	}
	const drawn = compare ? (loss as readonly Drawable[]) : [loss];
	const subjects = drawn.map((one) => subjectOf("toHtml", one, options));
	const [name] = subjects.flatMap(({ outputs }) => outputs[0]?.name ?? []);
	const title =
		options.title ??
		(compare ? `${names.join(" and ")} compared` : `The backward pass${name === undefined ? "" : ` of ${name}`}`);
	// The data come first: values may change while Graphviz is loading.
	const data = dataOf(subjects, title, compare ? names : ["backward pass"]);
	const [{ page }, { instance }] = await Promise.all([import("./embedded.js"), import("@viz-js/viz")]);
	if (page.script === "")
		throw new Error("this build lacks the explorer's page: it was made without scripts/embed.mjs");
	const view = viewOf(data, new Set(data.open));
	const layout = await layOut(view, "right", labelled(data, view), instance);
	const complete: ExplorerData = { ...data, layout };
	const policy = [
		"default-src 'none'",
		`script-src '${page.scriptHash}' 'wasm-unsafe-eval'`,
		`style-src '${page.styleHash}'`,
		"worker-src blob:",
		"base-uri 'none'",
		"form-action 'none'",
	].join("; ");
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)}</title>
<style>${page.style}</style>
</head>
<body>
${page.body}
<script type="application/json" id="data">${inert(JSON.stringify(complete))}</script>
<script type="text/plain" id="graphviz">${page.worker}</script>
<script>${page.script}</script>
</body>
</html>
`;
}

/** JSON in which nothing can end the element around it. */
function inert(json: string): string {
	return json.replaceAll("<", "\\u003c");
}

function escaped(text: string): string {
	return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
