/**
 * The page of the tour: one file that needs no network, no script and no other file.
 *
 * Figures are inline SVG, and colours are variables that follow the reader's
 * choice of a light or a dark page. Tables come from the same grids as on the
 * screen. A term that the notes introduce has its Korean name beside it.
 */
import { reached, startColour, startName, threshold } from "./curves.js";
import {
	deltaGrid,
	differenceText,
	type Findings,
	runGrid,
	slopeGrid,
	slowdownGrid,
	slowdownWords,
	stepGrid,
	updateGrid,
	worst,
} from "./findings.js";
import { inversion, type Run } from "./neuron.js";
import type { Grid } from "./terminal.js";

/** The drawn parts of the page, and the graphs that lie beside it. */
export interface Pictures {
	readonly curves: {
		readonly quadratic: string;
		readonly crossEntropy: string;
		readonly output: string;
		readonly sigmoid: string;
	};
	/** DOT, by file name. */
	readonly files: ReadonlyMap<string, string>;
	readonly neuron: string;
	readonly network: string;
}

function escaped(text: string): string {
	return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

/** A term and its name in the notes. */
function term(english: string, korean: string): string {
	return `${english} <span class="korean" lang="ko">${korean}</span>`;
}

/** A text of the screen as the page sets it: numbers with a true minus sign and powers of ten. */
function typeset(text: string): string {
	return escaped(text)
		.replace(/^-(?=\d)/, "−")
		.replace(/^(\d\.\d)e-(\d+)$/, '<span class="number">$1 × 10<sup>−$2</sup></span>');
}

function tableHtml({ head, rows, words }: Grid, caption: string): string {
	const cell = (tag: "td" | "th", text: string, column: number): string => {
		const scope = tag === "th" ? ' scope="col"' : "";
		const sort = column < words ? ' class="word"' : "";
		return `<${tag}${scope}${sort}>${typeset(text)}</${tag}>`;
	};
	const row = (tag: "td" | "th", cells: readonly string[]): string =>
		`<tr>${cells.map((text, column) => cell(tag, text, column)).join("")}</tr>`;
	return `<div class="scroll"><table>
<caption>${caption}</caption>
<thead>${row("th", head)}</thead>
<tbody>
${rows.map((cells) => row("td", cells)).join("\n")}
</tbody>
</table></div>`;
}

/** A drawing of Graphviz for this page: its ids get a prefix, because every drawing counts from 1. */
function graphHtml(svg: string, name: string, label: string): string {
	return svg
		.replace(/ id="/g, ` id="${name}-`)
		.replace(/ (xlink:href|href)="#/g, ` $1="#${name}-`)
		.replace(/ aria-label="[^"]*"/, () => ` aria-label="${escaped(label)}"`)
		.trimEnd();
}

const style = `
:root {
	color-scheme: light dark;
	--paper: #fdfdfb; --card: #ffffff; --ink: #1f2430; --faint: #62697a; --line: #dcdfe6;
	--start-1: #1f6fb2; --start-2: #c2571a;
}
@media (prefers-color-scheme: dark) {
	:root {
		--paper: #15181e; --card: #1b1f27; --ink: #e4e7ee; --faint: #9aa3b5; --line: #343b48;
		--start-1: #6cb4f0; --start-2: #f09a5e;
	}
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 17px/1.6 system-ui, "Noto Sans KR", sans-serif; }
main { max-width: 70rem; margin: 0 auto; padding: 3rem 1.5rem 5rem; }
h1 { font-size: 2.2rem; line-height: 1.2; margin: 0 0 .6rem; letter-spacing: -.01em; }
h2 { font-size: 1.4rem; margin: 3.5rem 0 .6rem; padding-top: 1.2rem; border-top: 1px solid var(--line); }
p { max-width: 44rem; margin: .7rem 0; }
a { color: var(--start-1); }
.korean { color: var(--faint); font-size: .88em; }
.formulas { display: grid; grid-template-columns: max-content max-content auto; gap: .1rem 1.6rem; margin: 1rem 0; font-family: "STIX Two Text", Cambria, Georgia, serif; font-size: 1.08em; overflow-x: auto; }
.formulas > * { margin: 0; white-space: nowrap; }
.number { white-space: nowrap; }
sup, sub { line-height: 0; }
.formulas .number { color: var(--faint); }
figure { margin: 1.6rem 0; }
figcaption, .remark { color: var(--faint); font-size: .88em; max-width: 44rem; margin-top: .4rem; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1.5rem; }
.pair > figure { margin: 0; }
figure h3 { font-size: 1rem; margin: 0 0 .4rem; }
figure svg { display: block; max-width: 100%; height: auto; }
figure .scroll svg { width: 100%; min-width: 44rem; max-width: none; }
.scroll { overflow-x: auto; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: 1rem; }
.key { display: flex; flex-wrap: wrap; gap: .3rem 1.6rem; list-style: none; padding: 0; margin: 1rem 0; font-size: .92em; }
.key svg { display: inline-block; vertical-align: middle; margin-right: .5em; }
.pair table { font-size: .8em; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .84em; margin: 1.2rem 0; }
caption { text-align: left; font-weight: 600; padding: .3rem 0; white-space: nowrap; }
th, td { padding: .22rem .65rem; text-align: right; white-space: nowrap; }
th:first-child, td:first-child { padding-left: .2rem; }
th { font-weight: 600; border-bottom: 1px solid var(--faint); }
td { border-bottom: 1px solid var(--line); }
.word { text-align: left; }
code, pre { font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; font-size: .88em; }
pre { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .8rem 1rem; overflow-x: auto; }
@media print { main { max-width: none; } figure, table { break-inside: avoid; } }
`;

/** The key of the curves: a colour is a start, a dash is a cost. */
function key(): string {
	const stroke = (colour: string, dash: string): string =>
		`<svg width="34" height="10" aria-hidden="true"><line x1="1" y1="5" x2="33" y2="5" stroke="${colour}" stroke-width="2.4" stroke-dasharray="${dash}"/></svg>`;
	const starts = inversion.starts.map(
		(start) => `<li>${stroke(startColour(start), "none")}start ${startName(start)}</li>`,
	);
	return `<ul class="key">
${starts.join("\n")}
<li>${stroke("currentColor", "none")}quadratic</li>
<li>${stroke("currentColor", "7 4")}cross-entropy</li>
</ul>`;
}

/** A formula and its number in the notes. */
function formulas(lines: readonly (readonly [formula: string, number: string, says: string])[]): string {
	const cells = lines.map(
		([formula, number, says]) => `<p>${formula}</p><p class="number">${number}</p><p class="number">${says}</p>`,
	);
	return `<div class="formulas">\n${cells.join("\n")}\n</div>`;
}

const i = (letter: string): string => `<i>${letter}</i>`;
const slope = (over: string): string => `∂${i("C")}/∂${i(over)}`;
const costNames: { readonly [Cost in Run["cost"]]: string } = {
	quadratic: "Quadratic cost",
	"cross-entropy": "Cross-entropy",
};

function graphFigure(svg: string, name: string, label: string, caption: string): string {
	return `<figure>
<div class="card scroll">
${graphHtml(svg, name, label)}
</div>
<figcaption>${caption}</figcaption>
</figure>`;
}

/** The page, complete. */
export function page(found: Findings, { curves, neuron, network, files }: Pictures): string {
	const { runs } = found;
	const beside = [...files.keys()].map((file) => `<a href="${file}">${file}</a>`).join(", ");
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>chainrule: one neuron learns inversion</title>
<style>${style}</style>
</head>
<body>
<main>
<header>
<h1>One neuron learns inversion</h1>
<p>A single ${term("sigmoid", "시그모이드")} neuron is to answer ${i("x")} = 1 with ${i("y")} = 0. Every slope on this page was
computed by the tape and compared with the formula that the lecture notes derive by hand. Over all epochs and weights the
two differ by ${typeset(differenceText(worst(found)))} at most.</p>
</header>

<section>
<h2>The neuron and its two costs</h2>
${formulas([
	[
		`${i("z")} = ${i("w")}${i("x")} + ${i("b")}, &ensp; ${i("a")} = σ(${i("z")}) = 1/(1 + ${i("e")}<sup>−${i("z")}</sup>)`,
		"",
		"",
	],
	[`${i("C")} = (${i("y")} − ${i("a")})²/2`, "", `${term("cost function", "비용 함수")}, quadratic`],
	[`${slope("w")} = (${i("a")} − ${i("y")})σ′(${i("z")})${i("x")}`, "(55)", term("partial derivative", "편미분")],
	[`${slope("b")} = (${i("a")} − ${i("y")})σ′(${i("z")})`, "(56)", ""],
	[
		`${i("C")} = −[${i("y")} ln ${i("a")} + (1 − ${i("y")}) ln(1 − ${i("a")})]`,
		"(57)",
		term("cross-entropy", "교차 엔트로피"),
	],
	[`${slope("w")} = ${i("x")}(σ(${i("z")}) − ${i("y")})`, "(61)", ""],
	[`${slope("b")} = σ(${i("z")}) − ${i("y")}`, "(62)", ""],
])}
<p>Gradient descent with η = ${inversion.rate} takes ${inversion.epochs} steps from two starts, once with each cost. The tape
computes cross-entropy as log(1 + ${i("e")}<sup>${i("z")}</sup>) − ${i("y")}${i("z")}, which is the same and cannot overflow.</p>
${key()}
<div class="pair">
<figure><h3>Quadratic cost</h3>
${curves.quadratic}
</figure>
<figure><h3>Cross-entropy</h3>
${curves.crossEntropy}
</figure>
</div>
<p class="remark">Marked is the first epoch with ${i("C")} &lt; ${threshold}. The two costs have scales of their own; the
output below has one.</p>
<figure><h3>Output of the neuron</h3>
<div class="scroll">
${curves.output}
</div>
<figcaption>Marked is the first epoch with ${i("a")} &lt; ${reached.toFixed(4)}, where the quadratic cost is ${threshold}.</figcaption>
</figure>
</section>

<section>
<h2>${term("Learning slowdown", "학습 속도 저하")}</h2>
${slowdownWords(runs)
	.map((paragraph) => `<p>${escaped(paragraph)}</p>`)
	.join("\n")}
${tableHtml(slowdownGrid(runs), "At the start, and the first epoch in which cost or output is small")}
<figure><h3>${term("The sigmoid and its slope", "시그모이드와 미분값")}</h3>
<div class="scroll">
${curves.sigmoid}
</div>
<figcaption>Far from ${i("z")} = 0 the sigmoid is flat. The second start lies there.</figcaption>
</figure>
</section>

<section>
<h2>Forward and back</h2>
<p>The neuron at its first start as the tape recorded it: the ${term("forward pass", "순전파")} with values and gradients,
the ${term("backward pass", "역전파")} that computes the gradients by the ${term("chain rule", "연쇄 법칙")}, and a dotted line
from each backward node to the forward node it serves.</p>
${graphFigure(neuron, "neuron", "Computation graph of the neuron, forward and backward", `The same as DOT: ${beside}.`)}
</section>

<section>
<h2>Tape and hand, epoch by epoch</h2>
${runs
	.map((run) =>
		tableHtml(
			runGrid(run),
			`${costNames[run.cost]} from <span style="color: ${startColour(run.start)}">${startName(run.start)}</span>`,
		),
	)
	.join("\n")}
</section>

<section>
<h2>${term("Back-propagation", "역전파")} through a 2-2-2 network</h2>
<p>Two inputs, two ${term("hidden", "은닉층")} and two output units, all sigmoid, no biases. The notes derive a δ for every
unit and from it the update of every ${term("weight", "가중치")}. What they call δ is the slope of ${i("J")} along
${i("z")}, and the tape has it, too.</p>
${formulas([
	[
		`δ<sub>${i("j")}</sub><sup>(3)</sup> = (${i("a")}<sub>${i("j")}</sub><sup>(3)</sup> − ${i("y")}<sub>${i("j")}</sub>) ${i("a")}<sub>${i("j")}</sub><sup>(3)</sup>(1 − ${i("a")}<sub>${i("j")}</sub><sup>(3)</sup>)`,
		"",
		"",
	],
	[
		`δ<sub>${i("j")}</sub><sup>(2)</sup> = (δ<sub>1</sub><sup>(3)</sup>${i("w")}<sub>1${i("j")}</sub><sup>(2)</sup> + δ<sub>2</sub><sup>(3)</sup>${i("w")}<sub>2${i("j")}</sub><sup>(2)</sup>) ${i("a")}<sub>${i("j")}</sub><sup>(2)</sup>(1 − ${i("a")}<sub>${i("j")}</sub><sup>(2)</sup>)`,
		"",
		"",
	],
	[
		`${i("w")}<sub>${i("ji")}</sub><sup>(l)</sup> ← ${i("w")}<sub>${i("ji")}</sub><sup>(l)</sup> − η δ<sub>${i("j")}</sub><sup>(l+1)</sup> ${i("a")}<sub>${i("i")}</sub><sup>(l)</sup>`,
		"",
		"",
	],
])}
<div class="pair">
${tableHtml(deltaGrid(found.network), "Every δ")}
${tableHtml(stepGrid(found.network), "The cost before and after a step")}
</div>
<div class="pair">
${tableHtml(slopeGrid(found.network), "The slope along every weight")}
${tableHtml(updateGrid(found.network), "All eight updates with η = 1")}
</div>
${graphFigure(network, "network", "Computation graph of the network with values and gradients", "The network with the value and the gradient of every node.")}
</section>

<section>
<h2>Your own expression</h2>
<pre>chainrule grad "z = w*x + b; a = sigma(z); C = (y - a)^2/2" --at w=0.6,b=0.9,x=1,y=0 --order 2 --svg graph.svg</pre>
</section>
</main>
</body>
</html>
`;
}
