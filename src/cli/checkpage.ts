/**
 * The report of `chainrule check` as a page: one file without scripts or network.
 *
 * Formulas are MathML, which browsers draw with their own fonts. Everything that
 * comes from a note, its name included, is escaped: a note is no page of ours.
 */
import katex from "katex";
import { unstretched } from "../../viz/parentheses.js";
import type { JudgedClaim, JudgedPage, JudgedStep, Unreadable } from "./judge.js";
import { conclusion, detailsOf, isFault, marks, named, remarkOf, summaryGrid, visible } from "./verdicts.js";

function escaped(text: string): string {
	return visible(text)
		.replaceAll("&", "&amp;")
		.replaceAll("<", "&lt;")
		.replaceAll(">", "&gt;")
		.replaceAll('"', "&quot;");
}

/** A formula as MathML; as the text it was, where it cannot be set. */
function mathml(latex: string | undefined, text: string): string {
	if (latex === undefined || latex === "") return `<code>${escaped(text)}</code>`;
	try {
		const options = { output: "mathml", trust: false, strict: "ignore", throwOnError: true } as const;
		const set = katex.renderToString(`\\displaystyle ${unstretched(latex)}`, options);
		return set.replace(
			/<annotation[^>]*>[\s\S]*?<\/annotation>/,
			`<annotation encoding="application/x-tex">${escaped(latex)}</annotation>`,
		);
	} catch {
		return `<code>${escaped(text)}</code>`;
	}
}

const style = `
:root { color-scheme: light dark; --paper: #fdfdfb; --card: #fff; --ink: #1f2430; --faint: #62697a; --line: #dcdfe6; --good: #1d7a46; --bad: #b3261e; --open: #8a6100; --bad-wash: #fbeceb; }
@media (prefers-color-scheme: dark) { :root { --paper: #15181e; --card: #1b1f27; --ink: #e4e7ee; --faint: #9aa3b5; --line: #343b48; --good: #6fcf97; --bad: #ff8a80; --open: #e6b450; --bad-wash: #33211f; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.6 system-ui, "Noto Sans KR", sans-serif; }
main { max-width: 64rem; margin: 0 auto; padding: 2.5rem 1.5rem 5rem; }
h1 { font-size: 1.8rem; line-height: 1.2; margin: 0 0 .3rem; }
h2 { font-size: 1.25rem; margin: 3rem 0 .5rem; padding-top: 1rem; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
h3 { font-size: 1rem; margin: 1.6rem 0 .4rem; }
.line, .remark { color: var(--faint); font-size: .85em; font-weight: normal; }
.conclusion { font-weight: 600; } .good { color: var(--good); } .bad { color: var(--bad); } .open { color: var(--open); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9em; margin: 1rem 0; }
th, td { padding: .25rem .7rem; text-align: right; } th:first-child, td:first-child { text-align: left; padding-left: 0; overflow-wrap: anywhere; }
thead th { border-bottom: 1px solid var(--line); font-weight: 600; white-space: nowrap; } a { color: inherit; } td.some { color: var(--bad); font-weight: 600; }
.claim { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .7rem 1rem; overflow-x: auto; }
.first { margin: 0 0 .2rem 1.6rem; }
.steps { list-style: none; margin: 0; padding: 0; }
.steps > li { display: grid; grid-template-columns: 1.6rem minmax(max-content, 1fr) auto; gap: 0 .6rem; align-items: baseline; padding: .15rem 0; }
.steps .verdict { text-align: right; font-size: .85em; }
.steps .wrong { background: var(--bad-wash); margin: 0 -1rem; padding: .15rem 1rem; }
dl { grid-column: 2 / -1; display: grid; grid-template-columns: max-content 1fr; gap: .1rem .9rem; margin: .3rem 0 .5rem; font-size: .92em; }
dt { color: var(--faint); } dd { margin: 0; overflow-wrap: anywhere; }
pre { margin: 0; font: .88em/1.45 ui-monospace, monospace; overflow-x: auto; }
.unreadable { border-left: .25rem solid var(--bad); }
math { font-size: 1.08em; }
`;

/** The whole report. */
export function reportHtml(pages: readonly JudgedPage[], strict: boolean): string {
	const { text, fine } = conclusion(pages, strict);
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Derivations, judged</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>Derivations, judged</h1>
<p class="conclusion ${fine ? "good" : "bad"}">${escaped(text)}</p>
${summaryHtml(pages, strict)}
${pages.map((page, index) => pageHtml(page, index, strict)).join("\n")}
</main>
</body>
</html>
`;
}

function summaryHtml(pages: readonly JudgedPage[], strict: boolean): string {
	const { head, rows } = summaryGrid(pages, strict);
	const bad = new Set([head.indexOf("faults"), head.indexOf("unreadable")]);
	const cell = (text: string, column: number, row: number): string => {
		const link = column === 0 && row < pages.length ? `<a href="#note-${row + 1}">${escaped(text)}</a>` : escaped(text);
		return `<td${bad.has(column) && text !== "0" ? ' class="some"' : ""}>${link}</td>`;
	};
	return `<div class="scroll"><table>
<thead><tr>${head.map((text) => `<th scope="col">${escaped(text)}</th>`).join("")}</tr></thead>
<tbody>
${rows.map((cells, row) => `<tr>${cells.map((text, column) => cell(text, column, row)).join("")}</tr>`).join("\n")}
</tbody>
</table></div>`;
}

function pageHtml({ file, claims, unreadable }: JudgedPage, index: number, strict: boolean): string {
	const passages = [...claims, ...unreadable].sort((a, b) => a.line - b.line);
	const parts = passages.map((passage) => ("steps" in passage ? claimHtml(passage, strict) : unreadableHtml(passage)));
	return `<section id="note-${index + 1}">
<h2>${escaped(named(file))}</h2>
${parts.join("\n")}
</section>`;
}

function heading({ heading: text, line }: { heading: string | undefined; line: number }): string {
	const place = `<span class="line">line ${line}</span>`;
	return `<h3>${text === undefined ? place : `${escaped(text)} ${place}`}</h3>`;
}

function claimHtml(claim: JudgedClaim, strict: boolean): string {
	return `${heading(claim)}
<div class="claim">
<p class="first">${mathml(claim.firstLatex, claim.first)}</p>
<ol class="steps">
${claim.steps.map((step) => stepHtml(step, claim.firstWrong, strict)).join("\n")}
</ol>
</div>`;
}

function stepHtml(step: JudgedStep, firstWrong: number | undefined, strict: boolean): string {
	const fault = isFault(step, strict);
	const role = step.verdict === "PROVEN" && !fault ? "good" : step.verdict === "UNDECIDED" ? "open" : "bad";
	const remark = remarkOf(step);
	const verdict = `<span class="verdict"><span class="${role}">${step.verdict}</span>${remark === "" ? "" : ` <span class="remark">${escaped(remark)}</span>`}</span>`;
	const formula = `<span>${mathml(step.latex === "" ? "" : `= ${step.latex}`, `= ${step.right}`)}</span>`;
	const details = step.number === firstWrong ? detailsHtml(step) : "";
	return `<li${fault ? ' class="wrong"' : ""}><span class="${role}">${marks[step.verdict]}</span>${formula}${verdict}${details}</li>`;
}

function detailsHtml(step: JudgedStep): string {
	let repairs = 0;
	const rows = detailsOf(step).map(({ label, text }) => {
		if (label !== "perhaps") return `<dt>${label}</dt><dd>${escaped(text)}</dd>`;
		const latex = step.repairLatex[repairs++];
		const equation = latex !== undefined && !text.startsWith("= ") ? latex : latex && `= ${latex}`;
		return `<dt>${label}</dt><dd>${mathml(equation, text)}</dd>`;
	});
	return `<dl><dt>line ${step.line}</dt><dd><pre>${escaped(step.place)}</pre></dd>${rows.join("")}</dl>`;
}

function unreadableHtml(passage: Unreadable): string {
	return `${heading(passage)}
<div class="claim unreadable"><pre>${escaped(passage.message)}</pre></div>`;
}
