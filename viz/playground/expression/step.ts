/** One contribution of the backward pass in words and formulas: what arrives, the local derivative, their product. */
import type { ExplorerData, Quantity, StepData } from "../../explorer/model.js";
import { isSummary } from "../../explorer/model.js";
import { derivative, html, math } from "../../explorer/page/dom.js";
import { localFormula, quantityView } from "../../explorer/page/panel.js";
import type { Pass } from "../../explorer/page/pass.js";
import { exactText, shortText } from "../../explorer/text.js";
import { spoken, text, type Word } from "../words.js";
import { said, withParticle, words } from "./words.js";

function labelOf(data: ExplorerData, node: number): string {
	return data.nodes[node]?.label ?? "?";
}

/** What a step says, in the language of the page. */
export function sentenceOf(data: ExplorerData, step: StepData): string {
	const { target } = data;
	const to = labelOf(data, step.to);
	if (step.from < 0) {
		const value = shortText(step.contribution);
		return said({
			en: () => `The pass begins: ∂${target}/∂${to} is ${value}.`,
			ko: () => `역전파를 시작합니다. ∂${target}/∂${to}의 값은 ${value}입니다.`,
		});
	}
	const from = labelOf(data, step.from);
	const [incoming, local, contribution] = [data.nodes[step.from]?.gradients[0] ?? null, step.local, step.contribution];
	const share = {
		en: step.turns > 1 ? ` (contribution ${step.turn} of ${step.turns})` : "",
		ko: step.turns > 1 ? ` (기여 ${step.turns}개 중 ${step.turn}번째)` : "",
	};
	if (incoming === null || local === null || isSummary(local)) {
		const op = data.operations[data.nodes[step.from]?.op ?? -1]?.name ?? "";
		return said({
			en: () => `The gradient of ${from} goes back through ${op} to ${to}: ${shortText(contribution)}${share.en}.`,
			ko: () => `${from}의 기울기가 ${op} 연산을 거슬러 ${to}에 전해집니다: ${shortText(contribution)}${share.ko}.`,
		});
	}
	const [before, here, after] = [shortText(incoming), shortText(local), shortText(contribution)];
	const result = data.nodes[step.from]?.output === true;
	return said({
		en: () =>
			result
				? `If ${to} grows by a little, ${from} changes by ${here} times that${share.en}.`
				: `${target} changes by ${before} per unit of ${from}, and ${from} by ${here} per unit of ${to}: so through ${from}, ${target} changes by ${after} per unit of ${to}${share.en}.`,
		ko: () =>
			result
				? `${withParticle(to, "이", "가")} 조금 커지면 ${withParticle(from, "은", "는")} 그 ${here}배만큼 변합니다${share.ko}.`
				: `${withParticle(target, "은", "는")} ${from}의 변화량의 ${before}배, ${withParticle(from, "은", "는")} ${to}의 변화량의 ${here}배만큼 변합니다. 따라서 ${withParticle(from, "을", "를")} 거치면 ${withParticle(target, "은", "는")} ${to}의 변화량의 ${after}배만큼 변합니다${share.ko}.`,
	});
}

/** A factor or the product, behind its sign. */
function term(kind: string, sign: string, name: Word, what: Element, value: Quantity | null): HTMLElement {
	return html(
		"div",
		{ class: `term ${kind}` },
		html("span", { class: "sign", "aria-hidden": "true" }, sign),
		html(
			"div",
			{ class: "part" },
			html("span", { class: "part-name" }, text(name)),
			html("div", { class: "what" }, what),
			exact(quantityView(value, false), value),
		),
	);
}

/** Six digits, and all of them for who asks. What is heard is the sentence below. */
function exact(view: Element, value: Quantity | null): Element {
	view.setAttribute("aria-live", "off");
	if (value !== null && !isSummary(value)) view.setAttribute("title", exactText(value));
	return view;
}

/** Where the pass stands after `done` steps. */
export function stepView(data: ExplorerData, pass: Pass, done: number): HTMLElement {
	const step = pass.steps[done - 1];
	if (step === undefined)
		return html(
			"div",
			{ class: "step" },
			html("p", { class: "words" }, text(pass.steps.length === 0 ? words.noFlow : words.before)),
		);
	const above = (node: number): Element => math(derivative(data.target, labelOf(data, node)));
	const product = html("div", { class: "product" });
	if (step.from >= 0) {
		const incoming = data.nodes[step.from]?.gradients[0] ?? null;
		const local = math(derivative(labelOf(data, step.from), labelOf(data, step.to)), ...localFormula(data, step, 0));
		product.append(
			term("incoming", "", words.incoming, above(step.from), incoming),
			term("local", "×", words.local, local, step.local),
		);
	}
	product.append(term("outgoing", step.from < 0 ? "" : "=", words.contribution, above(step.to), step.contribution));
	const view = html("div", { class: "step" }, product, html("p", { class: "words" }, sentenceOf(data, step)));
	if (step.turns > 1) {
		const total = shortText(step.total);
		const rest = step.turns - step.turn;
		const sum: Word = {
			en:
				rest > 0
					? `Sum so far ${total}, ${rest} to come.`
					: `All ${step.turns} have arrived; their sum is the gradient: ${total}.`,
			ko:
				rest > 0
					? `지금까지의 합은 ${total}이고, ${rest}개가 남았습니다.`
					: `기여 ${step.turns}개가 모두 모였습니다. 합이 곧 기울기입니다: ${total}.`,
		};
		view.append(html("p", { class: "sum" }, text(sum)));
	}
	return view;
}

/** A node, for those who hear it. */
export function spokenNodeOf(data: ExplorerData, index: number): string {
	const node = data.nodes[index];
	if (node === undefined) return "";
	const op = data.operations[node.op];
	const heard = (quantity: Quantity | null | undefined): string =>
		quantity === null || quantity === undefined ? spoken(words.none) : shortText(quantity);
	const gradient = node.gradients[0] ?? null;
	return said({
		en: () =>
			[node.label, op?.name ?? node.kind, `value ${heard(node.values[0])}`, gradient && `gradient ${heard(gradient)}`]
				.filter(Boolean)
				.join(", "),
		ko: () =>
			[node.label, op?.name ?? "", `값 ${heard(node.values[0])}`, gradient && `기울기 ${heard(gradient)}`]
				.filter(Boolean)
				.join(", "),
	});
}
