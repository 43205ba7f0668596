/** The lecture scenes keep what they promise: addresses, verdicts, descents and the figures of training runs. */
import type { Tensor } from "chainrule";
import { describe, expect, it } from "vitest";
import { readSetup } from "../../../viz/playground/address.js";
import { readState } from "../../../viz/playground/expression/address.js";
import { answerTo } from "../../../viz/playground/expression/answers.js";
import { anywhere } from "../../../viz/playground/expression/computation.js";
import {
	type Course,
	courseOf,
	descended,
	length,
	type Stop,
} from "../../../viz/playground/expression/contourlines.js";
import { latexOf } from "../../../viz/playground/scenes/card.js";
import { descentOf } from "../../../viz/playground/scenes/landscape.js";
import { runsOn, Stopped, type Trainer } from "../../../viz/playground/scenes/runs.js";
import {
	addressOf,
	type ClaimScene,
	type ClaimVariant,
	type DescentScene,
	type Look,
	notes,
	type Outcome,
	type Scene,
	scenes,
	type TrainedScene,
} from "../../../viz/playground/scenes/scenes.js";
import type { Setup } from "../../../viz/playground/setup.js";
import type { Answer, Curve } from "../../../viz/playground/training/protocol.js";
import { Session } from "../../../viz/playground/training/session.js";
import { Training } from "../../../viz/playground/training/training.js";

/** The query of an address, as the page reads it. */
function queryIn(address: string): URLSearchParams {
	const { hash } = new URL(address, "http://127.0.0.1/");
	return new URLSearchParams(hash.slice(hash.indexOf("?") + 1));
}

function sceneOf<Kind extends Scene["kind"]>(id: string, kind: Kind): Scene & { readonly kind: Kind } {
	const found = scenes.find((scene) => scene.id === id && scene.kind === kind);
	if (found === undefined) throw new Error(`no scene ${id}`);
	return found as Scene & { readonly kind: Kind };
}

describe("every scene", () => {
	it("has a name of its own and a note", () => {
		expect(new Set(scenes.map(({ id }) => id)).size).toBe(scenes.length);
		for (const note of notes) expect(scenes.some((scene) => scene.note === note)).toBe(true);
	});

	it.each(scenes.map((scene) => [scene.id, scene] as const))(
		"%s speaks both languages",
		(_, { title, text, variants }) => {
			for (const word of [title, text, ...variants.map(({ name }) => name)]) {
				expect(word.en.trim()).not.toBe("");
				expect(word.ko.trim()).not.toBe("");
			}
			expect(text.ko).toMatch(/[가-힣].*[.]$/s);
			expect(text.en).not.toMatch(/[가-힣]/);
		},
	);

	const variants = scenes.flatMap((scene) =>
		scene.variants.map((variant) => [`${scene.id}: ${variant.name.en}`, variant] as const),
	);
	const trained = variants.flatMap(([name, variant]) => ("setup" in variant ? [[name, variant] as const] : []));
	const written = variants.flatMap(([name, variant]) => ("state" in variant ? [[name, variant] as const] : []));

	it.each(trained)("%s has an address that the network bench reads as it was meant", (_, variant) => {
		const address = addressOf(variant);
		expect(address).toMatch(/^#network\?/);
		expect(readSetup(queryIn(address))).toEqual({ setup: variant.setup, problems: [] });
		expect(queryIn(addressOf(variant, 300)).get("step")).toBe("300");
	});

	it.each(written)("%s has an address that the expression bench reads as it was meant", (_, variant) => {
		const address = addressOf(variant);
		expect(address).toMatch(/^#expression\?/);
		const { state, problems } = readState(queryIn(address));
		const { text, values, of, claim, plane, rate, steps } = variant.state;
		expect(problems).toEqual([]);
		expect(state).toMatchObject({ text, of, claim, rate, steps });
		expect(state.plane).toEqual(plane ?? state.plane);
		// What nobody has given a value has the usual one.
		for (const [name, value] of values) expect(state.values.get(name) ?? anywhere).toBe(value);
	});
});

describe("claims", () => {
	const claims = scenes
		.filter((scene): scene is ClaimScene => scene.kind === "claim")
		.flatMap((scene) =>
			scene.variants.map((variant): [string, ClaimVariant] => [`${scene.id}: ${variant.name.en}`, variant]),
		);

	it.each(claims)("%s gets the verdicts that are shown", (_, { state, verdicts }) => {
		const answer = answerTo({ kind: "judge", text: state.text, claim: state.claim });
		if (answer.kind !== "judged") throw new Error(JSON.stringify(answer));
		expect(answer.unreadable).toEqual([]);
		expect(answer.claims.flatMap(({ steps }) => steps.map(({ verdict }) => verdict))).toEqual(verdicts);
		// A verdict stands beside every line, which is typeset as the bench does.
		expect(latexOf(state)).toEqual(
			answer.claims.flatMap(({ firstLatex, steps }) =>
				steps.map(({ latex }, at) => `${at === 0 ? firstLatex : ""} = ${latex}`),
			),
		);
		expect(latexOf(state)).toHaveLength(verdicts.length);
	});

	function judged(
		id: string,
		variant: string,
	): { readonly holdsIf?: readonly string[] | undefined; readonly repair?: readonly string[] | undefined } {
		const { state } = sceneOf(id, "claim").variants.find(({ name }) => name.en === variant) as ClaimVariant;
		const answer = answerTo({ kind: "judge", text: state.text, claim: state.claim });
		const step = answer.kind === "judged" ? answer.claims.at(-1)?.steps.at(-1) : undefined;
		if (step === undefined) throw new Error("not judged");
		return step;
	}

	it("hold under the conditions that the notes forgot", () => {
		expect(judged("slope", "shortened").holdsIf).toEqual(["x = 1, y = 0"]);
		expect(judged("sigmoid", "w for x")).toMatchObject({ holdsIf: ["w = x"], repair: ["x*a*(1 - a)"] });
		expect(judged("deltas", "minus for plus").holdsIf).toEqual(["v21 = 0"]);
		expect(judged("output", "output weight without the 2").repair).toEqual(["-2*(t - o)*o*(1 - o)*h1"]);
	});
});

describe("descents", () => {
	function descentIn(id: string, variant: string): readonly Stop[] {
		const found = (sceneOf(id, "descent") as DescentScene).variants.find(({ name }) => name.en === variant);
		if (found === undefined) throw new Error(`no variant ${variant}`);
		const { at, start } = descentOf(found);
		return descended(at, start, found.state.rate, found.state.steps);
	}

	it("go from (2, 1) as the notes say", () => {
		const places = descentIn("descent", "η = 0.1")
			.slice(0, 4)
			.flatMap(({ place }) => place);
		for (const [at, expected] of [2, 1, 1.6, 0.8, 1.28, 0.64, 1.024, 0.512].entries())
			expect(places[at]).toBeCloseTo(expected, 12);
	});

	it.each([
		["descent", "η = 0.1", "going"],
		["descent", "η = 0.9", "swinging"],
		["descent", "η = 1", "bouncing"],
		["descent", "η = 1.1", "growing"],
		["valley", "large steps", "swinging"],
		["valley", "small steps", "going"],
		["limits", "on the ridge", "arrived"],
	] as const)("%s, %s is %s", (id, variant, course: Course) => {
		expect(courseOf(descentIn(id, variant))).toBe(course);
	});

	it("swing across a narrow valley with a large rate, and creep along it with a small one", () => {
		const crossings = (variant: string): number => {
			const heights = descentIn("valley", variant).map(({ place }) => place[1]);
			return heights.slice(1).filter((height, at) => height * (heights[at] as number) < 0).length;
		};
		expect(crossings("large steps")).toBe(40);
		expect(crossings("small steps")).toBe(0);
		expect(descentIn("valley", "small steps").at(-1)?.place[0]).toBeLessThan(-4);
		// Thousands of steps: three hundred have hardly begun to follow the bend.
		expect(
			length(
				descentIn("valley", "a bent valley")
					.at(-1)
					?.place.map((x) => x - 1) as [number, number],
			),
		).toBeGreaterThan(1);
	});

	it("end in the saddle from the ridge alone, and in the valley they started above", () => {
		const ends = (variant: string): readonly number[] => (descentIn("limits", variant).at(-1) as Stop).place;
		expect(ends("on the ridge")[0]).toBeCloseTo(0, 3);
		expect(ends("on the ridge")[1]).toBe(0);
		expect(ends("beside the ridge")[1]).toBeGreaterThan(1);
		const [higher, lower] = ["the higher valley", "the lower valley"].map(
			(variant) => descentIn("limits", variant).at(-1) as Stop,
		) as [Stop, Stop];
		expect(higher.place[0]).toBeGreaterThan(0.8);
		expect(lower.place[0]).toBeLessThan(-0.8);
		expect(higher.value).toBeGreaterThan(lower.value + 0.5);
		expect(ends("a plateau")[0]).toBeGreaterThan(2);
	});
});

describe("runs in a Worker", () => {
	/** A Worker that is none: the session that a Worker holds. */
	function trainer(): Trainer {
		let ended = false;
		const made: Trainer = {
			postMessage: (command) => setImmediate(() => !ended && session.hear(command)),
			terminate: () => {
				ended = true;
			},
			onmessage: null,
			onerror: null,
		};
		const session = new Session({
			post: (data) => setImmediate(() => !ended && made.onmessage?.({ data } as MessageEvent<Answer>)),
			now: () => performance.now(),
			soon: (body) => setImmediate(body),
			later: (body, milliseconds) => setTimeout(body, milliseconds),
		});
		return made;
	}

	const setup = (variant: number): Setup =>
		(sceneOf("slowdown", "trained") as TrainedScene).variants[variant]?.setup as Setup;

	it("come one after the other, with the first step, the last one and the losses between", async () => {
		const runs = runsOn(trainer);
		const [near, far] = await Promise.all([runs.run(setup(0), 300), runs.run(setup(1), 300)]);
		expect([near.last.step, near.first.step, far.last.step]).toEqual([300, 1, 300]);
		expect(near.last.predicted?.[0]).toBeCloseTo(0.093956, 6);
		expect(far.last.predicted?.[0]).toBeCloseTo(0.202848, 6);
		expect(far.curve.train[0]).toBeCloseTo(0.482176, 6);
		expect(far.curve.steps.at(-1)).toBe(300);
		expect(runs.run(setup(0), 300)).toBe(runs.run(setup(0), 300));
	});

	it("are the same, bit for bit, as without", async () => {
		const { last } = await runsOn(trainer).run(setup(3), 300);
		const training = new Training(setup(3));
		while (training.step < 300) training.advance();
		expect(last.trainLoss).toBe(training.measures().trainLoss);
	});

	it("say what cannot be trained, and the next one is", async () => {
		const runs = runsOn(trainer);
		const broken = runs.run({ ...setup(0), own: "x1,y\none,1\n2,0\n" }, 10);
		await expect(broken).rejects.toThrow("own data");
		expect((await runs.run(setup(0), 10)).last.step).toBe(10);
	});

	it("end where the loss is no number any more", async () => {
		const { last } = await runsOn(trainer).run({ ...setup(0), loss: "own", formula: "exp(1000*z^2)" }, 50);
		expect(last.step).toBeLessThan(50);
	});

	it("are given up when nobody looks, and begun again when somebody does", async () => {
		const runs = runsOn(trainer);
		const [one, other] = [runs.run(setup(0), 100_000), runs.run(setup(1), 300)];
		setTimeout(runs.stop, 30);
		await expect(one).rejects.toThrow(Stopped);
		await expect(other).rejects.toThrow(Stopped);
		expect((await runs.run(setup(1), 300)).last.predicted?.[0]).toBeCloseTo(0.202848, 6);
	});
});

describe("training runs", () => {
	/** What the network is like after the step that was made last. */
	function lookAt(training: Training): Look {
		const { network } = training;
		return {
			...training.measures(),
			layers: network.layers.map((_, at) => {
				const [weight, bias] = network.parameters.slice(2 * at, 2 * at + 2) as [Tensor, Tensor];
				const squares = [weight, bias].flatMap(({ grad }) => [...(grad?.data ?? [])]).map((g) => Number(g) ** 2);
				return {
					weight: weight.data as Float64Array,
					bias: bias.data as Float64Array,
					size: Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length),
				};
			}),
		};
	}

	const known = new Map<string, Outcome & { readonly curve: Curve }>();
	function outcomeOf(
		id: string,
		variant: string,
		steps = sceneOf(id, "trained").steps,
	): Outcome & { readonly curve: Curve } {
		const key = JSON.stringify([id, variant, steps]);
		const there = known.get(key);
		if (there !== undefined) return there;
		const setup = (sceneOf(id, "trained") as TrainedScene).variants.find(({ name }) => name.en === variant)?.setup;
		if (setup === undefined) throw new Error(`no variant ${variant}`);
		const training = new Training(setup);
		training.advance();
		const first = lookAt(training);
		while (training.step < steps) if (!training.advance()) break;
		const made = { opened: { sizes: training.network.sizes }, first, last: lookAt(training), curve: training.curve() };
		known.set(key, made);
		return made;
	}

	function measure(id: string, variant: string, name: string, steps?: number): number {
		const found = (sceneOf(id, "trained") as TrainedScene).measures.find((one) => one.name.en === name);
		if (found === undefined) throw new Error(`no measure ${name}`);
		return found.of(outcomeOf(id, variant, steps));
	}

	const runs = scenes
		.filter((scene): scene is TrainedScene => scene.kind === "trained")
		.flatMap((scene) => scene.variants.map(({ name }) => [scene.id, name.en] as const));

	it.each(runs)("%s, %s runs to its end, and every measure is a number", (id, variant) => {
		const { measures, steps } = sceneOf(id, "trained") as TrainedScene;
		const outcome = outcomeOf(id, variant);
		expect(outcome.curve.steps.at(-1)).toBe(steps);
		for (const { of } of measures) expect(of(outcome)).not.toBeNaN();
	});

	it.each([
		["quadratic from (0.6, 0.9)", 0.121938, 0.093956, 0.004414],
		["quadratic from (2, 2)", 0.017345, 0.202848, 0.020574],
		["cross-entropy from (0.6, 0.9)", 0.817574, 0.011638, 0.011706],
		["cross-entropy from (2, 2)", 0.982014, 0.012009, 0.012081],
	])("the slow start, %s: slope, output and cost as in the notes", (variant, slope, output, cost) => {
		expect(measure("slowdown", variant, "first layer's gradient at the start")).toBeCloseTo(slope, 6);
		expect(measure("slowdown", variant, "output a")).toBeCloseTo(output, 6);
		expect(measure("slowdown", variant, "loss")).toBeCloseTo(cost, 6);
	});

	it("the worse start hardly moves for 150 epochs with the quadratic cost", () => {
		expect(measure("slowdown", "quadratic from (2, 2)", "output a", 150)).toBeCloseTo(0.933417, 6);
		expect(measure("slowdown", "quadratic from (0.6, 0.9)", "output a", 150)).toBeCloseTo(0.15274, 6);
	});

	it("the whole inverter: weights and outputs after 300 and 3,000 epochs", () => {
		const both = (steps: number): readonly number[] =>
			["w", "b"].map((name) => measure("inverter", "quadratic cost", name, steps));
		const sigma = (z: number): number => 1 / (1 + Math.exp(-z));
		const [w = 0, b = 0] = both(300);
		expect([w, b, sigma(b), sigma(w + b)].map((value) => value.toFixed(6))).toEqual([
			"-1.618318",
			"0.626915",
			"0.651790",
			"0.270635",
		]);
		const [later = 0, bias = 0] = both(3_000);
		expect([later, bias, sigma(bias), sigma(later + bias)].map((value) => value.toFixed(6))).toEqual([
			"-4.697322",
			"2.230266",
			"0.902935",
			"0.078200",
		]);
		expect(outcomeOf("inverter", "quadratic cost").curve.train[0]).toBeCloseTo(0.187995, 6);
		const squared = ({ last }: Outcome): number => {
			const [{ weight, bias: shift }] = last.layers as [Look["layers"][number]];
			return (1 - sigma(shift[0] as number)) ** 2 + sigma((weight[0] as number) + (shift[0] as number)) ** 2;
		};
		for (const steps of [300, 3_000])
			expect(squared(outcomeOf("inverter", "cross-entropy", steps))).toBeLessThan(
				squared(outcomeOf("inverter", "quadratic cost", steps)),
			);
	});

	it("of five rules plain descent is the slowest on the flat part", () => {
		const losses = ["momentum", "AdaGrad", "RMSProp", "Adam"].map((variant) => measure("optimizers", variant, "loss"));
		for (const loss of losses) expect(loss).toBeLessThan(measure("optimizers", "SGD", "loss"));
		// Those that divide by the size of the gradient are through before a tenth of the way.
		for (const variant of ["AdaGrad", "RMSProp", "Adam"])
			expect(measure("optimizers", variant, "loss", 30)).toBeLessThan(measure("optimizers", "momentum", "loss", 30));
	});

	it("one unit learns AND and OR, and nothing of XOR", () => {
		expect(measure("gates", "AND", "right")).toBe(1);
		expect(measure("gates", "OR", "right")).toBe(1);
		for (const variant of ["one unit", "four linear hidden units"]) {
			expect(measure("xor", variant, "loss")).toBeGreaterThanOrEqual(Math.LN2 - 1e-12);
			expect(measure("xor", variant, "loss")).toBeLessThan(0.694);
			expect(measure("xor", variant, "right")).toBeLessThanOrEqual(0.75);
		}
		expect(measure("xor", "four hidden tanh units", "right")).toBe(1);
		expect(measure("xor", "four hidden tanh units", "loss")).toBeLessThan(0.01);
	});

	it("the gradient vanishes through six sigmoid layers, and not through others", () => {
		const name = "first layer's ÷ last layer's gradient";
		expect(measure("vanishing", "sigmoid", name)).toBeLessThan(1e-3);
		expect(measure("vanishing", "sigmoid", "loss")).toBeCloseTo(Math.LN2, 3);
		for (const variant of ["tanh", "ReLU"]) {
			expect(measure("vanishing", variant, name)).toBeGreaterThan(0.05);
			expect(measure("vanishing", variant, "loss")).toBeLessThan(0.02);
		}
	});

	it("a learning rate is too small, right or too large", () => {
		expect(measure("rates", "η = 0.03", "loss")).toBeGreaterThan(0.3);
		expect(measure("rates", "η = 3", "loss")).toBeLessThan(0.01);
		const { train } = outcomeOf("rates", "η = 100").curve;
		expect(train.at(-1)).toBeGreaterThan(10 * (train[0] as number));
	});

	it("a saturated neuron does not learn from its largest error", () => {
		const slope = (variant: string): number => measure("saturation", variant, "first layer's gradient at the start");
		expect(slope("from z = 1.5") / slope("from z = 4")).toBeCloseTo(7.03, 2);
		expect(slope("from z = 10")).toBeCloseTo(4.5396e-5, 8);
		expect(measure("saturation", "from z = 10", "output a")).toBeGreaterThan(0.9999);
	});

	it("first weights that are too small starve a deep network, those that are too large saturate it", () => {
		expect(measure("start", "0.01 · normal", "first layer's gradient at the start")).toBeLessThan(1e-12);
		expect(measure("start", "0.01 · normal", "loss")).toBeCloseTo(Math.LN2, 5);
		expect(measure("start", "5 · normal", "loss")).toBeGreaterThan(0.4);
		expect(measure("start", "Xavier", "loss")).toBeLessThan(0.02);
	});

	it("units that start alike stay alike to the bit, and random ones do not", () => {
		expect(measure("alike", "all weights 0.5", "hidden units that differ")).toBe(1);
		expect(measure("alike", "all weights 0.5", "right")).toBeLessThanOrEqual(0.75);
		expect(measure("alike", "random, ±1/√n", "hidden units that differ")).toBe(4);
		expect(measure("alike", "random, ±1/√n", "right")).toBe(1);
	});

	it("from zero only the last bias moves with tanh, and all units stay alike with sigmoid", () => {
		expect(measure("zero", "zero, tanh units", "numbers that left 0")).toBe(1);
		expect(outcomeOf("zero", "zero, tanh units").last.layers.at(-1)?.bias[0]).not.toBe(0);
		expect(measure("zero", "zero, sigmoid units", "hidden units that differ")).toBe(1);
		expect(measure("zero", "zero, sigmoid units", "numbers that left 0")).toBeGreaterThan(4);
		const { weight } = outcomeOf("zero", "zero, sigmoid units").last.layers.at(-1) as Look["layers"][number];
		expect(new Set(weight).size).toBe(1);
		expect(measure("zero", "0.01 · normal, tanh units", "hidden units that differ")).toBe(4);
		expect(measure("zero", "0.01 · normal, tanh units", "loss")).toBeLessThan(0.1);
	});

	it("the Playground's settings learn circles, with tanh about three times as slowly", () => {
		expect(measure("playground", "ReLU", "right", 2_000)).toBeGreaterThan(0.99);
		expect(measure("playground", "tanh", "right", 2_000)).toBeLessThan(0.9);
		expect(measure("playground", "tanh", "right")).toBeGreaterThan(0.98);
	});
});
