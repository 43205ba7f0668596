/** How it learns: where the weights start, and the rule by which they move. */
import { html } from "../../explorer/page/dom.js";
import {
	type Initialization,
	initializations,
	type NumberName,
	type OptimizerName,
	optimizers,
	ranges,
	type Setup,
} from "../setup.js";
import { menu, numeric, typed } from "../widgets.js";
import { label, text } from "../words.js";
import { afterTyping, type Controls, complainAt } from "./data.js";
import { sign } from "./signs.js";
import { initializationWords, optimizerWords, words } from "./words.js";

/** Controls of the optimizer. */
export function descentControls(choose: (next: Partial<Setup>) => void): Controls {
	const change = (name: NumberName) => (value: number) => choose({ [name]: value });
	const optimizer = menu<OptimizerName>(
		words.optimizer,
		optimizers.map((name) => [name, optimizerWords[name]] as const),
		(next) => choose({ optimizer: next }),
	);
	const rate = numeric(words.learningRate, ranges.learningRate, change("learningRate"));
	let now = 0;
	const ladder = (up: boolean): HTMLButtonElement => {
		const made = html("button", { type: "button", class: "small square" }, sign(up ? "plus" : "minus"));
		const says = up ? words.largerRate : words.smallerRate;
		label(made, "aria-label", says);
		label(made, "title", says);
		made.addEventListener("click", () => choose({ learningRate: rung(now, up) }));
		return made;
	};
	const decay = numeric(words.weightDecay, ranges.weightDecay, change("weightDecay"));
	const batch = numeric(words.batch, ranges.batch, change("batch"));
	const element = html(
		"section",
		{ class: "card controls" },
		html("h2", {}, text(words.descent)),
		optimizer.element,
		html(
			"div",
			{ class: "with-ladder" },
			rate.element,
			html("span", { class: "stepper" }, ladder(false), ladder(true)),
		),
		decay.element,
		batch.element,
		html("p", { class: "faint small-text" }, text(words.batchSays)),
	);
	return {
		element,
		show: (setup) => {
			now = setup.learningRate;
			optimizer.show(setup.optimizer);
			rate.show(setup.learningRate);
			decay.show(setup.weightDecay);
			batch.show(setup.batch);
		},
		complain: complainAt({ optimizer, learningRate: rate, weightDecay: decay, batch }),
	};
}

/** The next number of the ladder 0.1, 0.3, 1, 3, 10, ... */
export function rung(value: number, up: boolean): number {
	const { low, high } = ranges.learningRate;
	const power = Math.floor(Math.log10(value) + 1e-9);
	const rungs = [power - 1, power, power + 1].flatMap((exponent) => [10 ** exponent, 3 * 10 ** exponent]);
	const found = up ? rungs.find((one) => one > value * (1 + 1e-9)) : rungs.findLast((one) => one < value * (1 - 1e-9));
	return Number(Math.min(high, Math.max(low, found ?? value)).toPrecision(6));
}

/** Controls of the first weights. */
export function startControls(choose: (next: Partial<Setup>) => void): Controls {
	const initialization = menu<Initialization>(
		words.initialization,
		initializations.map((name) => [name, initializationWords[name]] as const),
		(next) => choose({ initialization: next }),
	);
	const scale = numeric(words.scale, ranges.scale, (value) => choose({ scale: value }));
	const seed = numeric(words.seed, ranges.seed, (value) => choose({ seed: value }));
	const weights = typed(
		words.givenWeights,
		{ rows: 4, placeholder: words.weightsPlaceholder },
		afterTyping((written: string) => choose({ weights: written })),
	);
	const element = html(
		"section",
		{ class: "card controls" },
		html("h2", {}, text(words.start)),
		initialization.element,
		scale.element,
		weights.element,
		seed.element,
	);
	return {
		element,
		show: (setup) => {
			initialization.show(setup.initialization);
			scale.show(setup.scale);
			seed.show(setup.seed);
			weights.show(setup.weights);
			const kind = setup.initialization;
			scale.element.hidden = kind === "zero" || kind === "given";
			weights.element.hidden = kind !== "given";
		},
		complain: complainAt({ initialization, scale, seed, weights }),
	};
}
