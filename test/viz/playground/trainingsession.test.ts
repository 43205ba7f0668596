/** The Worker's end of the conversation, without a Worker: what is answered to what, in which order, and that frames wait for the page. */
import { readJson } from "chainrule/io";
import { describe, expect, it } from "vitest";
import { type Setup, standardSetup } from "../../../viz/playground/setup.js";
import type { Answer, Command, Frame } from "../../../viz/playground/training/protocol.js";
import { Session } from "../../../viz/playground/training/session.js";
import { Training } from "../../../viz/playground/training/training.js";

type AnswerOf<Kind extends Answer["kind"]> = Answer & { readonly kind: Kind };

const small: Setup = { ...standardSetup, samples: 40, layers: [{ units: 3, activation: "tanh" }], batch: 4 };
const stepsPerEpoch = 7;

/** A page with a clock of its own: looking at it takes a millisecond. */
class Page {
	readonly answers: Answer[] = [];
	readonly session: Session;
	#time = 0;
	#soon: (() => void)[] = [];
	#later: { readonly at: number; readonly body: () => void }[] = [];
	#waiters: (() => void)[] = [];
	/** Draws whatever comes at once. */
	readonly draws: boolean;

	constructor(draws = true) {
		this.draws = draws;
		this.session = new Session({
			// What is given away is taken away, as by a Worker, and twice is an error.
			post: (answer, buffers) => {
				const copy: unknown = structuredClone(answer, { transfer: buffers as ArrayBuffer[] });
				this.answers.push(copy as Answer);
				for (const waiter of this.#waiters) waiter();
				if (this.draws && answer.kind === "frame") this.#soon.push(() => this.session.hear({ kind: "drawn" }));
			},
			now: () => ++this.#time,
			soon: (body) => void this.#soon.push(body),
			later: (body, milliseconds) => void this.#later.push({ at: this.#time + milliseconds, body }),
		});
	}

	say(...commands: readonly Command[]): this {
		for (const command of commands) this.session.hear(command);
		return this;
	}

	/** Lets everything happen that happens by itself, up to so many turns. */
	settle(turns = 2_000): this {
		for (let turn = 0; turn < turns; turn++) {
			const next = this.#soon.shift();
			if (next) next();
			else {
				const [first] = [...this.#later].sort((one, other) => one.at - other.at);
				if (first === undefined) return this;
				this.#later = this.#later.filter((one) => one !== first);
				this.#time = Math.max(this.#time, first.at);
				first.body();
			}
		}
		return this;
	}

	/** The first answer of a kind from now on. */
	async awaited<Kind extends Answer["kind"]>(kind: Kind): Promise<AnswerOf<Kind>> {
		const from = this.answers.length;
		for (;;) {
			const found = this.answers.slice(from).find((answer) => answer.kind === kind);
			if (found) return found as AnswerOf<Kind>;
			await new Promise<void>((heard) => this.#waiters.push(heard));
		}
	}

	all<Kind extends Answer["kind"]>(kind: Kind): AnswerOf<Kind>[] {
		return this.answers.filter((answer) => answer.kind === kind) as AnswerOf<Kind>[];
	}

	get kinds(): string[] {
		return this.answers.map(({ kind }) => kind);
	}

	get frame(): Frame {
		const frame = this.all("frame").at(-1);
		if (frame === undefined) throw new Error("no frame has come");
		return frame;
	}

	forget(): this {
		this.answers.length = 0;
		return this;
	}
}

const opened = (setup: Setup = small, step = 0, draws = true): Page =>
	new Page(draws).say({ kind: "open", setup, step }).settle();

/** The weights after so many steps, with nothing in between. */
function weightsAt(setup: Setup, step: number): number[][] {
	const training = new Training(setup);
	while (training.step < step) training.advance();
	return training.network.parameters.map((parameter) => [...parameter.data]);
}

const weightsIn = ({ layers }: Frame): number[][] => layers.flatMap(({ weight, bias }) => [[...weight], [...bias]]);

describe("an opening", () => {
	it("tells what there is, and sends the first frame", () => {
		const page = opened();
		expect(page.kinds).toEqual(["opened", "frame"]);
		const [first] = page.all("opened");
		expect(first).toMatchObject({ sizes: [2, 3, 1], output: "sigmoid", parameters: 13, stepsPerEpoch, boundary: 0.5 });
		expect(first?.rule.at(-1)).toEqual({
			name: "p",
			formula: "p - η*m/(c*sqrt(v) + ε)",
			latex: expect.stringContaining("p \\leftarrow p - \\frac{η m}"),
		});
		expect(first?.numbers.η).toBeCloseTo(0.3, 12);
		const { frame } = page;
		expect(frame).toMatchObject({ step: 0, epoch: 0, running: false, furthest: 0, speed: 0 });
		expect(frame.surface.length).toBe(3_600);
		expect(frame.layers.map(({ maps }) => maps.length)).toEqual([1_200, 400]);
		expect(frame.predicted?.length).toBe(40);
		expect([...(frame.curve?.steps ?? [])]).toEqual([0]);
		expect(weightsIn(frame)).toEqual(weightsAt(small, 0));
	});

	it("at a later step trains up to there first", () => {
		const page = opened(small, 30);
		expect(page.kinds).toEqual(["opened", "frame"]);
		expect(page.frame).toMatchObject({ step: 30, epoch: 4, furthest: 30, running: false });
		expect(page.frame.towards).toBeUndefined();
		expect(weightsIn(page.frame)).toEqual(weightsAt(small, 30));
	});

	it("at a step that is far answers at once, and tells how far it is", () => {
		const page = opened(small, 1_000);
		expect(page.kinds.slice(0, 2)).toEqual(["opened", "frame"]);
		const frames = page.all("frame");
		expect(frames.length).toBeGreaterThan(5);
		expect(frames[0]).toMatchObject({ towards: 1_000, running: false });
		expect(frames[0]?.step).toBeLessThan(300);
		expect(page.frame.step).toBe(1_000);
		expect(page.frame.towards).toBeUndefined();
		expect(weightsIn(page.frame)).toEqual(weightsAt(small, 1_000));
	});

	it("that cannot be names the entry, and the run before goes on", () => {
		const page = opened().say({ kind: "run", pace: 1 }).settle(20);
		const { step } = page.frame;
		page
			.forget()
			.say({ kind: "open", setup: { ...small, features: ["x1", "x9"] }, step: 0 })
			.settle(20);
		expect(page.answers[0]).toEqual({
			kind: "problem",
			about: "open",
			field: "features",
			text: expect.stringContaining('unknown name "x9"'),
		});
		expect(page.frame.running).toBe(true);
		expect(page.frame.step).toBeGreaterThan(step);
	});

	it("that cannot be takes the way with it that was asked for", () => {
		const page = opened(small, 20).forget();
		page.say(
			{ kind: "open", setup: { ...small, features: [] }, step: 5 },
			{ kind: "change", setup: { ...small, learningRate: 1 } },
			{ kind: "rewind", step: 9 },
		);
		page.settle();
		expect(page.kinds).toEqual(["problem"]);
		page.say({ kind: "rewind", step: 7 }).settle();
		expect(page.frame).toMatchObject({ step: 7, furthest: 20 });
	});

	it("makes changes that were asked for on the way where they belong", () => {
		const changes = [
			{ step: 300, setup: { ...small, learningRate: 0.1 } },
			{ step: 700, setup: { ...small, optimizer: "sgd" } },
		] as const;
		const direct = new Training(small);
		for (const [goal, setup] of [
			[300, changes[0].setup],
			[700, changes[1].setup],
			[1_000, undefined],
		] as const) {
			while (direct.step < goal) direct.advance();
			if (setup) direct.change(setup);
		}
		const page = new Page().say(
			{ kind: "open", setup: small, step: 300 },
			{ kind: "change", setup: changes[0].setup },
			{ kind: "rewind", step: 700 },
			{ kind: "change", setup: changes[1].setup },
			{ kind: "rewind", step: 1_000 },
		);
		page.settle();
		expect(page.frame.step).toBe(1_000);
		expect(weightsIn(page.frame)).toEqual(direct.network.parameters.map((parameter) => [...parameter.data]));
		expect(page.all("changed").at(-1)).toMatchObject({ setup: { optimizer: "sgd" }, step: 1_000 });
	});
});

describe("a frame", () => {
	it("waits until the last one was drawn, while training goes on", () => {
		const page = opened(small, 0, false).say({ kind: "drawn" }, { kind: "run", pace: "full" });
		page.settle(50);
		expect(page.all("frame").length).toBe(2);
		const { step } = page.frame;
		page.say({ kind: "drawn" }).settle(50);
		expect(page.all("frame").length).toBe(3);
		expect(page.frame.step).toBeGreaterThan(step + 100);
		expect(page.frame.speed).toBeGreaterThan(0);
	});

	it("comes after so many steps as the pace says, and no step is made before it was drawn", () => {
		for (const [pace, expected] of [
			[1, [0, 1, 2, 3]],
			[25, [0, 25, 50, 75]],
			["epoch", [0, 7, 14, 21]],
		] as const) {
			const page = opened(small, 0, false).forget().say({ kind: "drawn" }, { kind: "run", pace }).settle(50);
			for (let times = 0; times < 3; times++) page.say({ kind: "drawn" }).settle(50);
			expect(page.all("frame").map(({ step }) => step)).toEqual(expected);
		}
	});

	it("comes after some time where the pace is below one step", () => {
		const times: number[] = [];
		const page = opened();
		page.say({ kind: "run", pace: 1 / 60 });
		for (let count = 0; count < 40; count++) {
			const { step } = page.settle(1).frame;
			if (step > times.length) times.push(count);
		}
		expect(times.length).toBeGreaterThan(3);
		page.say({ kind: "run", pace: "full" }).settle(10);
		expect(page.frame.step).toBeGreaterThan(20);
	});

	it("has the curve where it changed", () => {
		const page = opened()
			.forget()
			.say({ kind: "look", surface: 5, unit: 3, plane: { left: 0, right: 1, bottom: 0, top: 1 } });
		page.settle();
		expect(page.frame.curve).toBeUndefined();
		expect(page.frame.surface.length).toBe(25);
		expect(page.frame.featureMaps.length).toBe(18);
		page.say({ kind: "step", by: "epoch" }).settle();
		expect(page.frame.curve?.steps.at(-1)).toBe(7);
		page.say({ kind: "rewind", step: 3 }).settle();
		expect(page.frame.curve).toBeUndefined();
		page.say({ kind: "change", setup: { ...small, learningRate: 1 } }).settle();
		expect(page.frame.curve?.steps.at(-1)).toBe(3);
	});
});

describe("driving", () => {
	it("makes single steps and the rest of an epoch, and pauses for it", () => {
		const page = opened().say({ kind: "step", by: "step" }, { kind: "step", by: "step" }).settle();
		expect(page.frame).toMatchObject({ step: 2, epoch: 0, running: false });
		page.say({ kind: "step", by: "epoch" }).settle();
		expect(page.frame).toMatchObject({ step: 7, epoch: 1 });
		page.say({ kind: "run", pace: 1 }).settle(30).say({ kind: "step", by: "epoch" }).settle();
		expect(page.frame.running).toBe(false);
		expect(page.frame.step % 7).toBe(0);
	});

	it("pauses, and tells so", () => {
		const page = opened().say({ kind: "run", pace: "full" }).settle(30);
		expect(page.frame.running).toBe(true);
		page.say({ kind: "pause" }).settle();
		expect(page.frame).toMatchObject({ running: false, speed: 0 });
		const { step } = page.frame;
		page.forget().settle();
		expect(page.answers).toEqual([]);
		expect(weightsAt(small, step)).toEqual(weightsIn(page.say({ kind: "rewind", step }).settle().frame));
	});

	it("goes back and on, bit for bit, and the last of several places counts", () => {
		const page = opened(small, 50);
		for (const step of [49, 12, 0, 50, 33]) {
			page.say({ kind: "rewind", step }).settle();
			expect(page.frame).toMatchObject({ step, furthest: 50 });
			expect(weightsIn(page.frame)).toEqual(weightsAt(small, step));
		}
		page.say({ kind: "rewind", step: 5_000 }, { kind: "rewind", step: 7 }).settle();
		expect(page.frame.step).toBe(7);
		page.say({ kind: "rewind", step: Number.NaN }).settle();
		expect(page.frame.step).toBe(0);
	});

	it("answers every change, also one that changes nothing, and refuses others", () => {
		const page = opened(small, 10).forget();
		page.say({ kind: "change", setup: { ...small, optimizer: "momentum" } }).settle();
		expect(page.kinds).toEqual(["changed", "frame"]);
		expect(page.all("changed")[0]).toMatchObject({ step: 10, stepsPerEpoch, numbers: { μ: 0.9 } });
		page
			.forget()
			.say({ kind: "change", setup: { ...small, optimizer: "momentum" } })
			.settle();
		expect(page.kinds).toContain("changed");
		page
			.forget()
			.say({ kind: "change", setup: { ...small, layers: [] } })
			.settle();
		expect(page.answers[0]).toMatchObject({ kind: "problem", about: "change", field: "layers" });
		expect(page.all("changed")[0]).toMatchObject({ setup: { optimizer: "momentum" } });
	});

	it("tells when going back brings other settings, and forgets them when training goes on", () => {
		const fast = { ...small, learningRate: 0.5 };
		const page = opened(small, 10)
			.say({ kind: "change", setup: fast })
			.say({ kind: "rewind", step: 20 })
			.settle()
			.forget();
		page.say({ kind: "rewind", step: 4 }).settle();
		expect(page.kinds).toEqual(["changed", "frame"]);
		expect(page.all("changed")[0]).toMatchObject({ setup: small, step: 4 });
		page.forget().say({ kind: "rewind", step: 20 }).settle();
		expect(page.all("changed")[0]).toMatchObject({ setup: fast });
		expect(page.all("changed")[0]).toMatchObject({ furthest: 20 });
		page.forget().say({ kind: "rewind", step: 4 }).settle();
		expect(page.all("changed").at(-1)).toMatchObject({ step: 4, furthest: 20 });
		page.forget().say({ kind: "step", by: "step" }).settle();
		expect(page.all("changed")).toMatchObject([{ setup: small, step: 4, furthest: 4 }]);
		expect(page.frame).toMatchObject({ step: 5, furthest: 5 });
		page.say({ kind: "rewind", step: 20 }).settle();
		expect(weightsIn(page.frame)).toEqual(weightsAt(small, 20));
	});

	it("stops before a step whose loss is no number, shows where, and says so", () => {
		const wild: Setup = {
			...small,
			data: "function",
			loss: "quadratic",
			optimizer: "sgd",
			learningRate: 100,
			layers: [],
		};
		for (const command of [
			{ kind: "run", pace: "full" },
			{ kind: "run", pace: 3 },
			{ kind: "rewind", step: 100_000 },
		] as const) {
			const page = opened(wild).forget().say(command).settle();
			expect(page.kinds.slice(-2)).toEqual(["frame", "stopped"]);
			const [stopped] = page.all("stopped");
			expect(page.frame).toMatchObject({ step: stopped?.step, running: false });
			expect(page.frame.towards).toBeUndefined();
			page.forget().say({ kind: "step", by: "step" }).settle();
			expect(page.all("stopped")).toEqual([stopped]);
		}
		expect(opened(wild, 5_000).kinds.filter((kind) => kind === "opened" || kind === "stopped")).toEqual([
			"opened",
			"stopped",
		]);
	});

	it("says nothing before there is a run", () => {
		const page = new Page().say({ kind: "run", pace: 1 }, { kind: "step", by: "step" }, { kind: "drawn" }).settle();
		expect(page.answers).toEqual([]);
	});
});

describe("what is asked beside", () => {
	it("gives files of the network and the points", () => {
		const page = opened(small, 5).forget();
		for (const form of ["typescript", "json", "safetensors", "csv"] as const) page.say({ kind: "export", form });
		expect(page.all("file").map(({ name }) => name)).toEqual([
			"network.ts",
			"network.json",
			"network.safetensors",
			"points.csv",
		]);
		const json = page.all("file")[1]?.content as string;
		const { module, tensors } = readJson(json);
		expect(module).toBe("Sequential");
		expect([...tensors.values()].map((x) => [...x.data])).toEqual(weightsAt(small, 5));
		expect(JSON.parse(json)).toMatchObject({ setup: small, step: 5 });
	});

	it("looks at the loss", async () => {
		const page = opened({ ...small, loss: "own", formula: "-(y - a)^2" }).forget();
		const report = page.awaited("checked");
		page.say({ kind: "check" });
		expect((await report).report.findings.map(({ check }) => check)).toContain("sign");
	});

	it("draws the graph of a few points of the batch, while training goes on", async () => {
		const page = opened({ ...small, batch: 0 }, 5).forget();
		const picture = page.awaited("graph");
		page.say({ kind: "graph", as: "svg" }, { kind: "rewind", step: 50 }).settle();
		const svg = (await picture).content.replaceAll("\u00a0", " ");
		expect(svg.slice(0, 4)).toBe("<svg");
		for (const name of ["hidden 1", "output", "cross entropy", "W1", "b2", "C"]) expect(svg).toContain(name);
		const explorer = page.awaited("graph");
		page.say({ kind: "graph", as: "html" });
		const { content } = await explorer;
		expect(content.slice(0, 15)).toBe("<!doctype html>");
		expect(content).toContain("Loss of a batch after 50 steps");
		expect(page.frame.step).toBe(50);
	});
});
