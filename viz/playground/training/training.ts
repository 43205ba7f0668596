/**
 * A training run: steps, and the way back.
 *
 * The state after so many steps follows from the setup and from the changes of
 * settings that were made on the way, each at a step. So a state that was is
 * found again bit for bit: by the last snapshot before it, and the steps from
 * there. It consists of the weights, their last gradients, what the optimizer
 * remembers, and the place in the order of the points.
 *
 * Note [a change belongs to its step]
 * A change of settings is made where a step is complete and the next one has not
 * begun; the state at that step is the one after the change. Snapshots are of
 * the arrival there, before it. Another change at the same step replaces the
 * first: it starts from the arrival again, so to change and change back leaves
 * nothing behind, not even a forgotten momentum. Going back to a step brings back
 * the settings that held there. Whoever then trains on does so with these, and
 * changes that lay further on are forgotten with everything behind them; where
 * there were none, the way is the same, and stays known.
 */
import { indexSelect, noGrad, type Tensor, tensor } from "chainrule";
import type { OptimizerState } from "chainrule/optim";
import type { Setup } from "../setup.js";
import { checkBounds, checkChangeable } from "./bounds.js";
import { differences } from "./changes.js";
import { changeRates, type Descent, descentOf } from "./descent.js";
import { type Features, featuresOf } from "./features.js";
import { type Loss, lossOf, targetsOf } from "./loss.js";
import { firstDistance, LossCurve } from "./losscurve.js";
import { type Measures, measured, type Part } from "./measures.js";
import { type Network, networkOf, type Result, run } from "./network.js";
import { Order, type Place, stepsPerEpoch } from "./order.js";
import type { Curve, Points } from "./protocol.js";
import { pointsOf } from "./samples.js";
import { Snapshots, type Stage } from "./snapshots.js";

/** Everything that decides how a run goes on. */
export interface State extends Stage {
	readonly setup: Setup;
	readonly weights: readonly Float64Array[];
	/** Of the last step; `undefined` where none arrived. */
	readonly gradients: readonly (Float64Array | undefined)[];
	readonly memory: OptimizerState;
	readonly place: Place;
}

/** Numbers that optimizers remember for a weight, at most. */
const remembered = 3;

/** A run. */
export class Training {
	readonly points: Points;
	readonly features: Features;
	readonly network: Network;
	readonly #train: Part;
	readonly #test: Part;
	readonly #order: Order;
	readonly #snapshots: Snapshots<State>;
	readonly #curve: LossCurve;
	/** The settings that hold from a step on, where they were changed. */
	readonly #changes = new Map<number, Setup>();
	#setup: Setup;
	#loss: Loss;
	#descent: Descent;
	#step = 0;
	#furthest = 0;
	/** The step that is being gone to. */
	#goal: number | undefined;
	/** The state before the change that was made at this step. */
	#arrival: State | undefined;
	#measures: Measures | undefined;

	/** @throws a refusal where the setup cannot be trained. */
	constructor(setup: Setup) {
		checkBounds(setup);
		this.#setup = setup;
		this.points = pointsOf(setup);
		this.features = featuresOf(setup, this.points);
		this.network = networkOf(setup, this.points);
		this.#loss = this.#lossFor(setup);
		this.#descent = descentOf(setup, this.network.parameters);
		[this.#train, this.#test] = this.#parts();
		this.#order = new Order(setup.seed, this.points.trained);
		this.#curve = new LossCurve(firstDistance(setup.batch, this.points.trained));
		const size = this.network.parameters.reduce((sum, parameter) => sum + parameter.size, 0);
		this.#snapshots = new Snapshots(8 * size * (2 + remembered));
		this.#arrive();
	}

	/** The setup as it holds now. */
	get setup(): Setup {
		return this.#setup;
	}

	get loss(): Loss {
		return this.#loss;
	}

	get descent(): Descent {
		return this.#descent;
	}

	/** Steps that are made. */
	get step(): number {
		return this.#step;
	}

	/** The furthest step of the way that is known. */
	get furthest(): number {
		return this.#furthest;
	}

	/** Epochs that are over. */
	get epoch(): number {
		return this.#order.place.epoch;
	}

	get stepsPerEpoch(): number {
		return stepsPerEpoch(this.#setup.batch, this.points.trained);
	}

	/** Steps that the epoch has left. */
	get stepsLeft(): number {
		return this.#order.left(this.#setup.batch);
	}

	/** How many states are kept. */
	get kept(): number {
		return this.#snapshots.count;
	}

	/** Makes the next step of the way. False, and nothing done, where the loss of the batch is no finite number. */
	advance(): boolean {
		const { x, y } = this.batch();
		const loss = this.#loss.of(run(this.network, x), y);
		if (!Number.isFinite(loss.item())) return false;
		this.#descent.zeroGrad();
		loss.backward();
		this.#descent.step();
		this.#order.advance(this.#setup.batch);
		this.#step++;
		this.#arrive();
		return true;
	}

	/** The batch of the next step, as features and targets; of its points no more than `most`. */
	batch(most: number = Number.POSITIVE_INFINITY): Part {
		const places = this.#order.next(this.#setup.batch);
		if (places === undefined) return most < this.points.trained ? this.#pick(range(most)) : this.#train;
		return this.#pick(places.slice(0, most));
	}

	/** From here on the run goes on with the settings that hold: a way that would lead on with others is forgotten. */
	leave(): void {
		if ([...this.#changes.keys()].some((step) => step > this.#step)) this.#forget();
	}

	/**
	 * Has other settings hold from here on.
	 *
	 * @throws a refusal where they cannot; then nothing is changed.
	 */
	change(setup: Setup): void {
		checkBounds(setup);
		checkChangeable(this.#setup, setup);
		this.#lossFor(setup);
		this.#forget();
		if (this.#arrival === undefined) this.#arrival = this.state();
		else this.#restore(this.#arrival);
		if (differences(this.#arrival.setup, setup).length === 0) this.#changes.delete(this.#step);
		else this.#changes.set(this.#step, setup);
		this.#apply(setup);
		this.#curve.cut(this.#step - 1);
		this.#mark();
	}

	/** Goes as near before `step` as can be without training; what is missing is made by {@link advance}. */
	approach(step: number): void {
		this.#goal = step;
		const stage = this.#snapshots.before(step);
		if (stage !== undefined && (this.#step > step || stage.step > this.#step)) {
			this.#restore(stage);
			this.#settle();
		}
		this.#snapshots.approach(step);
	}

	/** The state as it is now, as copies. */
	state(): State {
		const { parameters } = this.network;
		return {
			step: this.#step,
			setup: this.#setup,
			weights: parameters.map((parameter) => parameter.data as Float64Array),
			gradients: parameters.map(({ grad }) => grad?.data as Float64Array | undefined),
			memory: this.#descent.stateDict(),
			place: this.#order.place,
		};
	}

	/** Losses, accuracies and predictions at this step. */
	measures(): Measures {
		this.#measures ??= measured(this.network, this.#loss, this.points, [this.#train, this.#test]);
		return this.#measures;
	}

	/** The losses along the way that is known. */
	curve(): Curve {
		const { trainLoss, testLoss } = this.measures();
		return this.#curve.read({ step: this.#step, train: trainLoss, test: testLoss });
	}

	/** What comes out for points `[n, inputs]`. */
	result(points: Tensor): Result {
		return noGrad(() => run(this.network, this.features.of(points)));
	}

	#lossFor(setup: Setup): Loss {
		const { sizes, output } = this.network;
		return lossOf(setup, this.points, output, sizes.at(-1) as number);
	}

	#parts(): [train: Part, test: Part] {
		const { points, network } = this;
		const { x, y, trained, width } = points;
		const count = y.length;
		const all: Part = {
			x: this.features.of(tensor(x, { shape: [count, width] })),
			y: targetsOf(points, network.output, network.sizes.at(-1) as number),
		};
		return [picked(all, range(trained)), picked(all, range(count - trained, trained))];
	}

	#pick(places: Int32Array): Part {
		return picked(this.#train, places);
	}

	/** A step is complete. */
	#arrive(): void {
		this.#furthest = Math.max(this.#furthest, this.#step);
		this.#measures = undefined;
		if (this.#snapshots.wants(this.#step, this.#goal)) this.#snapshots.add(this.state());
		this.#settle();
		this.#mark();
	}

	/** The change that belongs to this step is made. */
	#settle(): void {
		const setup = this.#changes.get(this.#step);
		this.#arrival = setup === undefined ? undefined : this.state();
		if (setup !== undefined) this.#apply(setup);
	}

	#mark(): void {
		if (!this.#curve.wants(this.#step)) return;
		const { trainLoss, testLoss } = this.measures();
		this.#curve.add(this.#step, trainLoss, testLoss);
	}

	#apply(setup: Setup): void {
		const changed = differences(this.#setup, setup);
		this.#setup = setup;
		this.#measures = undefined;
		if (changed.includes("loss") || changed.includes("formula")) this.#loss = this.#lossFor(setup);
		if (changed.includes("optimizer")) this.#descent = descentOf(setup, this.network.parameters);
		else changeRates(this.#descent, setup);
	}

	#restore({ step, setup, weights, gradients, memory, place }: State): void {
		this.#apply(setup);
		for (const [at, parameter] of this.network.parameters.entries()) {
			const gradient = gradients[at];
			parameter.assign(weights[at] as Float64Array);
			parameter.grad = gradient === undefined ? undefined : tensor(gradient, { shape: parameter.shape });
		}
		this.#descent = descentOf(setup, this.network.parameters);
		this.#descent.loadStateDict(memory);
		this.#order.place = place;
		this.#step = step;
		this.#measures = undefined;
	}

	#forget(): void {
		this.#snapshots.cut(this.#step);
		this.#curve.cut(this.#step);
		for (const step of this.#changes.keys()) if (step > this.#step) this.#changes.delete(step);
		this.#furthest = this.#step;
	}
}

function picked({ x, y }: Part, places: Int32Array): Part {
	const index = tensor(places, { dtype: "int32" });
	return { x: indexSelect(x, index, { axis: 0 }), y: indexSelect(y, index, { axis: 0 }) };
}

function range(count: number, from = 0): Int32Array {
	return Int32Array.from({ length: count }, (_, at) => from + at);
}
