/**
 * The expression bench: what was typed, at which values, and who shows it.
 *
 * The state is one object, all of it in the address. What changes the text is
 * read anew; what changes a value is only measured anew, once a frame. Text that
 * cannot be read leaves on the page what could, paler.
 */
import { html } from "../../explorer/page/dom.js";
import type { Bench, Shell } from "../bench.js";
import { save, savePng, saveSvg } from "../pictures.js";
import { act, menu, typed } from "../widgets.js";
import { label, text } from "../words.js";
import { type ExpressionState, readState, standardState, stateOf, writeState } from "./address.js";
import { claimsOf } from "./claims.js";
import {
	anywhere,
	type Expression,
	functionOf,
	type Measured,
	measure,
	readExpression,
	reasonOf,
	slopesAt,
} from "./computation.js";
import { contourPlot } from "./contours.js";
import { derivativeOf } from "./derivative.js";
import { exampleOf, examples } from "./examples.js";
import { formulasOf } from "./formulas.js";
import { leavesOf } from "./leaves.js";
import { pictureOf } from "./picture.js";
import { words } from "./words.js";

/** Milliseconds after which text that cannot be read is complained about: it may be half typed. */
const pause = 300;

function isReadable(text: string): boolean {
	try {
		return readExpression(text) !== undefined;
	} catch {
		return false;
	}
}

/** Makes the bench. */
export function expressionBench(shell: Shell): Bench {
	let state: ExpressionState = standardState;
	let expression: Expression | undefined;
	let measured: Measured | undefined;

	const startWorker = (): Worker => new Worker(new URL("./judging.js", import.meta.url), { type: "module" });

	// --------------------------------------------------------------- parts

	const field = typed(words.definitions, { rows: 5, unseen: true }, (written) => {
		change({ text: written });
		read();
	});
	const own = "own";
	const choice = menu<string>(
		words.example,
		[...examples.map(({ id, name }) => [id, name] as const), [own, words.ownExpression] as const],
		(id) => {
			const example = examples.find((one) => one.id === id);
			if (example !== undefined) begin(stateOf(example));
		},
	);
	const formulas = formulasOf();
	const leaves = leavesOf(
		(name, value) => {
			change({ values: new Map(state.values).set(name, value) });
			moved();
		},
		(name) => exampleOf(state.text)?.values[name] ?? anywhere,
	);
	const picture = pictureOf((name) => {
		if (name === undefined) derivative.nameless();
		else if (name !== expression?.result) choose(name);
	});
	const derivative = derivativeOf((of) => choose(of), startWorker);
	const claims = claimsOf((claim) => change({ claim }), startWorker);

	const wide = label(
		act(words.wide, () => wide.setAttribute("aria-pressed", String(element.classList.toggle("wide"))), {
			"aria-pressed": "false",
		}),
		"title",
		words.wideSays,
	);
	const plot = contourPlot(({ start, plane, ...descent }) => {
		const [across, up] = planeOf() ?? [];
		if (start === undefined || across === undefined || up === undefined)
			change({ ...descent, ...(plane && { plane }) });
		else change({ values: new Map(state.values).set(across, start[0]).set(up, start[1]) });
		if (start !== undefined) moved();
		else landscape();
	});
	const card = html("section", { class: "card across" }, html("h2", {}, text(words.contours)), plot.element);
	const draw = html(
		"div",
		{ class: "row exports" },
		wide,
		act(words.explorer, () => void exported("explorer")),
		...(["svg", "png", "dot"] as const).map((form) => {
			const name = form.toUpperCase();
			return label(
				act({ en: name, ko: name }, () => void exported(form)),
				"title",
				words[form],
			);
		}),
	);
	const element = html(
		"section",
		{ class: "expression" },
		html(
			"div",
			{ class: "entry" },
			html(
				"section",
				{ class: "card program" },
				html("h2", {}, text(words.expression)),
				choice.element,
				field.element,
				formulas.element,
			),
			html("section", { class: "card values" }, html("h2", {}, text(words.values)), leaves.element),
		),
		html(
			"section",
			{ class: "card pass" },
			html("div", { class: "heading" }, html("h2", {}, text(words.graph)), draw),
			picture.stage,
			picture.transport,
		),
		html("div", { class: "below" }, derivative.element, html("div", { class: "beside" }, claims.element), card),
	);

	// --------------------------------------------------------------- state

	const change = (part: Partial<ExpressionState>): void => {
		state = { ...state, ...part };
		const used = expression === undefined ? [...state.values.keys()] : expression.free;
		const values = used.map((name) => [name, state.values.get(name) ?? anywhere] as const);
		shell.remember(writeState({ ...state, values: new Map(values) }));
	};
	const begin = (next: ExpressionState): void => {
		change(next);
		field.show(state.text);
		read();
	};
	const choose = (of: string): void => {
		change({ of });
		if (expression && measured) derivative.show(expression, measured, of);
		picture.select(of);
	};

	let complaint = 0;
	/** Reads the text; where it cannot be read, all stays as it was. */
	const read = (): void => {
		clearTimeout(complaint);
		(field.input as HTMLTextAreaElement).rows = Math.min(10, Math.max(4, state.text.split("\n").length));
		choice.show(exampleOf(state.text)?.id ?? own);
		try {
			expression = readExpression(state.text);
			const values = expression.free.map((name) => [name, state.values.get(name) ?? anywhere] as const);
			measured = measure(expression, new Map(values));
			change({ values: new Map([...state.values, ...values]) });
		} catch (error) {
			complaint = window.setTimeout(() => {
				field.complain(reasonOf(error));
				element.classList.add("unread");
			}, pause);
			return;
		}
		field.complain(undefined);
		element.classList.remove("unread");
		formulas.list(expression);
		leaves.list(expression);
		formulas.show(measured);
		leaves.show(measured);
		picture.show(measured);
		picture.select(derivative.show(expression, measured, state.of));
		claims.show(expression, state.claim, exampleOf(state.text)?.claims ?? []);
		card.hidden = expression.free.length < 2;
		landscape();
	};

	let frame = 0;
	/** A value has changed: once a frame, only numbers. */
	const moved = (): void => {
		if (frame !== 0) return;
		frame = requestAnimationFrame(() => {
			frame = 0;
			if (expression === undefined) return;
			measured = measure(expression, state.values);
			formulas.show(measured);
			leaves.show(measured);
			picture.show(measured);
			derivative.move(measured);
			// The numbers are painted first.
			requestAnimationFrame(landscape);
		});
	};

	// ----------------------------------------------------------- landscape

	/** The two names that were chosen, or the first two. */
	const planeOf = (): readonly [string, string] | undefined => {
		const free = expression?.free ?? [];
		const { plane } = state;
		if (plane?.every((name) => free.includes(name))) return plane;
		const [across, up] = free;
		return across === undefined || up === undefined ? undefined : [across, up];
	};
	/** The landscape is sampled only where it is seen. */
	let isSeen = false;
	const landscape = (): void => {
		if (expression === undefined || measured === undefined || !isSeen) return;
		const { free, result } = expression;
		const { values } = measured;
		const [plane, read] = [planeOf(), expression];
		const value = functionOf(read);
		const all = free.map((name) => values.get(name) ?? anywhere);
		const [across, up] = (plane ?? []).map((name) => free.indexOf(name)) as [number, number];
		plot.show({
			names: free,
			plane,
			values,
			rate: state.rate,
			steps: state.steps,
			result,
			at: ([x, y]) => ({
				value: value(...all.with(across, x).with(up, y)),
				get gradient(): readonly [number, number] {
					const there = new Map(values).set(free[across] as string, x).set(free[up] as string, y);
					return slopesAt(read, there, plane ?? []) as [number, number];
				},
			}),
		});
	};
	const watch = new IntersectionObserver(
		([entry]) => {
			isSeen = entry?.isIntersecting ?? false;
			landscape();
		},
		{ rootMargin: "60px" },
	);
	watch.observe(card);

	// ------------------------------------------------------------- exports

	const exported = async (as: "explorer" | "svg" | "png" | "dot"): Promise<void> => {
		if (measured === undefined) return;
		const { output } = measured;
		const name = expression?.result ?? "computation";
		try {
			const { toDot, toHtml, toSvg } = await import("chainrule/viz");
			const pass = output.requiresGrad ? "both" : "forward";
			if (as === "explorer") {
				const page = await toHtml(output, { title: name });
				const address = URL.createObjectURL(new Blob([page], { type: "text/html" }));
				setTimeout(() => URL.revokeObjectURL(address), 60_000);
				if (window.open(address) !== null) return;
				save(`${name}.html`, "text/html", page);
				shell.notice(words.blocked);
			} else if (as === "dot") save(`${name}.dot`, "text/vnd.graphviz", toDot(output, { pass }));
			else if (as === "svg") saveSvg(name, await toSvg(output, { pass }));
			else await savePng(name, await toSvg(output, { pass }));
		} catch (error) {
			shell.notice(reasonOf(error), "alert");
		}
	};

	return {
		element,
		open(parameters) {
			const { state: next, problems } = readState(parameters);
			// Something is on the page, whatever the address says.
			if (expression === undefined && !isReadable(next.text)) begin(standardState);
			begin(next);
			if (problems.length > 0)
				shell.notice(
					{ en: problems.map(({ en }) => en).join("\n"), ko: problems.map(({ ko }) => ko).join("\n") },
					"alert",
				);
		},
		close: () => picture.rest(),
	};
}
