import { add, mul, parameter, type Scalar, scalar, square, sub, type Tensor, tensor, zeros } from "chainrule";
import { Linear } from "chainrule/nn";
import {
	Adadelta,
	Adagrad,
	Adam,
	Adamax,
	AdamW,
	FormulaOptimizer,
	LBFGS,
	Lion,
	NAdam,
	Optimizer,
	type OptimizerOptions,
	type OptimizerState,
	RAdam,
	RMSprop,
	type Settings,
	SGD,
} from "chainrule/optim";
import { describe, expect, it } from "vitest";

type Model = readonly [Scalar, Tensor, Tensor];
type Make = (parameters: Model) => Optimizer;

const makes: Readonly<Record<string, Make>> = {
	SGD: (p) => new SGD(p, { learningRate: 0.01, momentum: 0.9, nesterov: true }),
	Adagrad: (p) => new Adagrad(p, { initialSum: 0.1 }),
	Adadelta: (p) => new Adadelta(p),
	RMSprop: (p) => new RMSprop(p, { centered: true, momentum: 0.5 }),
	Adam: (p) => new Adam(p, { amsgrad: true }),
	AdamW: (p) => new AdamW(p, { learningRate: 0.02 }),
	NAdam: (p) => new NAdam(p),
	RAdam: (p) => new RAdam(p),
	Adamax: (p) => new Adamax(p),
	Lion: (p) => new Lion(p),
	LBFGS: (p) => new LBFGS(p, { maxIterations: 2 }),
};

const fresh = (): Model => [scalar(0.5), parameter([1, -2, 3]), parameter([[0.1, 0.2]], { dtype: "float32" })];

function train(optimizer: Optimizer, [x, y, z]: Model, steps: number): void {
	for (let step = 0; step < steps; step++) {
		optimizer.step(() => {
			optimizer.zeroGrad();
			const valley = add(square(sub(1, x)), mul(10, square(sub(y, square(x)))).sum());
			const loss = add(valley, square(z.sub(3)).square().sum().mul(0.01));
			loss.backward();
			return loss;
		});
	}
}

const bits = ([x, y, z]: Model): number[] => [x.value, ...y.data, ...z.data];

/** What a file keeps: JSON, and tensors by name. */
function throughFile(state: OptimizerState): OptimizerState {
	const { tensors, ...rest } = state;
	return { ...(JSON.parse(JSON.stringify(rest)) as Omit<OptimizerState, "tensors">), tensors: new Map(tensors) };
}

describe("a state", () => {
	it.each(Object.entries(makes))("of %s, saved in the middle, goes on to the same bits", (_, make) => {
		const whole = fresh();
		train(make(whole), whole, 12);

		const first = fresh();
		const before = make(first);
		train(before, first, 5);
		const state = throughFile(before.stateDict());
		const second: Model = [
			scalar(first[0].value),
			parameter(first[1].data),
			parameter(first[2].data, { shape: [1, 2] }),
		];
		const after = make(second);
		after.loadStateDict(state);
		train(after, second, 7);
		expect(bits(second)).toEqual(bits(whole));
	});

	it.each(Object.entries(makes))(
		"of %s is a copy: training on changes neither it nor what it was loaded into",
		(_, make) => {
			const model = fresh();
			const optimizer = make(model);
			train(optimizer, model, 3);
			const state = optimizer.stateDict();
			const shown = (): string => JSON.stringify([...state.tensors], null, 0);
			const before = shown();
			train(optimizer, model, 2);
			expect(shown()).toBe(before);
			optimizer.loadStateDict(state);
			train(optimizer, model, 2);
			expect(shown()).toBe(before);
		},
	);

	it("of an optimizer that has not moved holds the settings and no tensors", () => {
		const optimizer = new Adam([
			{ parameters: [scalar(1)] },
			{ parameters: [scalar(2), scalar(3)], learningRate: 0.5 },
		]);
		const { tensors, ...rest } = optimizer.stateDict();
		expect(tensors.size).toBe(0);
		const settings = { learningRate: 0.001, betas: [0.9, 0.999], epsilon: 1e-8, weightDecay: 0, amsgrad: false };
		expect(rest).toEqual({
			algorithm: "Adam",
			groups: [
				{ parameters: [0], settings },
				{ parameters: [1, 2], settings: { ...settings, learningRate: 0.5 } },
			],
		});
	});

	it("names its tensors by the number of the parameter, with the step count once per parameter", () => {
		const model = fresh();
		const optimizer = new Adam(model);
		train(optimizer, model, 2);
		const { tensors } = optimizer.stateDict();
		expect([...tensors.keys()]).toEqual(["0.t", "0.m", "0.v", "1.t", "1.m", "1.v", "2.t", "2.m", "2.v"]);
		expect(tensors.get("1.t")?.item()).toBe(2);
		expect([tensors.get("2.m")?.dtype, tensors.get("2.m")?.shape]).toEqual(["float32", [1, 2]]);
	});

	it("brings changed settings along", () => {
		const [a, b] = [new SGD([scalar(1)], { learningRate: 1 }), new SGD([scalar(1)], { learningRate: 1 })];
		a.groups[0]?.change({ learningRate: 0.25, momentum: 0.5 });
		b.loadStateDict(a.stateDict());
		expect(b.groups[0]?.settings).toMatchObject({ learningRate: 0.25, momentum: 0.5 });
	});

	it("holds what a rule of a user remembers", () => {
		class Counting extends Optimizer {
			protected override moved(p: Tensor): Tensor {
				const memory = this.memoryOf(p);
				memory.steps = (memory.steps ?? tensor(0)).add(1);
				return p.sub(memory.steps.mul(this.learningRate)) as Tensor;
			}
		}
		const run = (p: Tensor, optimizer: Optimizer, steps: number): void => {
			for (let step = 0; step < steps; step++) {
				p.sum().backward();
				optimizer.step();
			}
		};
		const p = parameter([0]);
		const first = new Counting([p], { learningRate: 1 });
		run(p, first, 2);
		const second = new Counting([p], { learningRate: 1 });
		second.loadStateDict(first.stateDict());
		run(p, second, 1);
		expect(p.item()).toBe(-6);
	});
});

describe("a state that does not fit", () => {
	const trained = (): { readonly model: Model; readonly optimizer: Optimizer; readonly state: OptimizerState } => {
		const model = fresh();
		const optimizer = new Adam(model);
		train(optimizer, model, 2);
		return { model, optimizer, state: optimizer.stateDict() };
	};
	const changed = (state: OptimizerState, change: (tensors: Map<string, Tensor>) => void): OptimizerState => {
		const tensors = new Map(state.tensors);
		change(tensors);
		return { ...state, tensors };
	};
	const group = (state: OptimizerState, settings: object): OptimizerState =>
		({ ...state, groups: [{ ...state.groups[0], settings }] }) as OptimizerState;
	const faults: Readonly<Record<string, (state: OptimizerState) => OptimizerState>> = {
		"of another optimizer": (state) => ({ ...state, algorithm: "SGD" }),
		"with more groups": (state) => ({ ...state, groups: [...state.groups, ...state.groups] }),
		"with fewer parameters": (state) => ({ ...state, groups: [{ parameters: [0], settings: {} }] }),
		"without groups": (state) => ({ ...state, groups: null as never }),
		"without settings": (state) => group(state, null as never),
		"with a setting left out": (state) => group(state, { learningRate: 1 }),
		"with a setting that makes no sense": (state) => group(state, { ...state.groups[0]?.settings, betas: [1, 2] }),
		"with a setting that JSON made null of": (state) => group(state, { ...state.groups[0]?.settings, epsilon: null }),
		"without tensors": (state) => ({ ...state, tensors: undefined as never }),
		"with a tensor missing": (state) => changed(state, (tensors) => tensors.delete("1.v")),
		"with a tensor too many": (state) => changed(state, (tensors) => tensors.set("1.w", zeros([3]))),
		"with a parameter that does not exist": (state) => changed(state, (tensors) => tensors.set("3.m", zeros([3]))),
		"with a name from the prototype": (state) => changed(state, (tensors) => tensors.set("1.constructor", zeros([3]))),
		"with another shape": (state) => changed(state, (tensors) => tensors.set("1.m", zeros([4]))),
		"with another dtype": (state) => changed(state, (tensors) => tensors.set("1.m", zeros([3], { dtype: "float32" }))),
		"with what is no tensor": (state) => changed(state, (tensors) => tensors.set("1.m", [1, 2, 3] as never)),
	};

	it.each(Object.entries(faults))("%s is refused whole", (_, spoil) => {
		const { optimizer, state } = trained();
		const spoiled = spoil(state);
		const untouched = new Adam(fresh());
		expect(() => optimizer.loadStateDict(spoiled)).toThrow(/^Adam: (the state does not fit|not )/);
		expect(() => untouched.loadStateDict(spoiled)).toThrow(/^Adam: /);
		expect(JSON.stringify([...optimizer.stateDict().tensors])).toBe(JSON.stringify([...state.tensors]));
		expect(optimizer.groups[0]?.learningRate).toBe(0.001);
		expect(untouched.stateDict().tensors.size).toBe(0);
	});

	it.each<[string, (tensors: Map<string, Tensor>) => void]>([
		["a table missing", (tensors) => tensors.delete("steps")],
		["a table too short", (tensors) => tensors.set("changes", zeros([1, 6]))],
		["a tensor too many", (tensors) => tensors.set("0.m", zeros([1]))],
		["a half move missing", (tensors) => tensors.delete("step")],
		["another length", (tensors) => tensors.set("gradient", zeros([5]))],
	])("of LBFGS with %s is refused whole", (_, change) => {
		const model = fresh();
		const optimizer = new LBFGS(model, { maxIterations: 4 });
		train(optimizer, model, 1);
		const state = optimizer.stateDict();
		expect(() => optimizer.loadStateDict(changed(state, change))).toThrow("LBFGS: the state does not fit");
		expect(JSON.stringify([...optimizer.stateDict().tensors])).toBe(JSON.stringify([...state.tensors]));
	});
});

describe("an optimizer of one's own", () => {
	class Heavy extends FormulaOptimizer<OptimizerOptions> {
		protected override formulas(): readonly string[] {
			return ["a₁ = (a₁ + g)/2", "σ = -a₁", "p = p + if(g > 10, 0, rate*σ^1)"];
		}
		protected override numbers({ learningRate: rate }: Settings<OptimizerOptions>): { readonly rate: number } {
			return { rate };
		}
	}

	it("is written in formulas, with names of any script, and serves scalars and tensors alike", () => {
		const [x, y] = [scalar(4), parameter([4, 40])];
		const optimizer = new Heavy([x, y], { learningRate: 0.5 });
		for (let step = 0; step < 2; step++) {
			optimizer.zeroGrad();
			add(square(x), square(y).sum()).backward();
			optimizer.step();
		}
		// a = 4, 4 - 2 = 2; then g = 4, a = 4, 2 - 2 = 0.
		expect([x.value, ...y.data]).toEqual([0, 0, 40]);
		expect([...optimizer.stateDict().tensors.keys()]).toEqual(["0.t", "0.a₁", "1.t", "1.a₁"]);
	});

	it("is saved and goes on as the others do", () => {
		const run = (x: Tensor, optimizer: Optimizer): void => {
			optimizer.zeroGrad();
			square(x).sum().backward();
			optimizer.step();
		};
		const whole = parameter([1, 2]);
		const one = new Heavy([whole], { learningRate: 0.1 });
		run(whole, one);
		const part = parameter(whole.data);
		const other = new Heavy([part], { learningRate: 0.1 });
		other.loadStateDict(one.stateDict());
		run(whole, one);
		run(part, other);
		expect([...part.data]).toEqual([...whole.data]);
	});
});

describe("groups", () => {
	it("are moved by their own settings, and by those of the optimizer where they say nothing", () => {
		const [a, b] = [scalar(1), scalar(1)];
		const optimizer = new SGD([{ parameters: [a], learningRate: 0.25 }, { parameters: [b] }], {
			learningRate: 0.125,
			weightDecay: 1,
		});
		add(a, b).backward();
		optimizer.step();
		expect([a.value, b.value]).toEqual([0.5, 0.75]);
		expect(optimizer.parameters).toEqual([a, b]);
	});

	it("all take the rate that is set for the optimizer", () => {
		const optimizer = new SGD([
			{ parameters: [scalar(1)], learningRate: 0.5 },
			{ parameters: [scalar(1)], learningRate: 0.25 },
		]);
		expect(optimizer.learningRate).toBe(0.5);
		optimizer.learningRate = 0.5;
		expect(optimizer.groups.map(({ learningRate }) => learningRate)).toEqual([0.5, 0.5]);
	});

	it("refuse a setting that makes no sense, and stay as they were", () => {
		const optimizer = new SGD([scalar(1)], { learningRate: 1, momentum: 0.5, nesterov: true });
		const before = optimizer.groups[0]?.settings;
		expect(() => optimizer.groups[0]?.change({ learningRate: 2, momentum: 0 })).toThrow("SGD: nesterov without");
		expect(() => optimizer.groups[0]?.change({ learningRate: 2, weightDecay: -1 })).toThrow("SGD: not a weight decay");
		expect(optimizer.groups[0]?.settings).toBe(before);
	});

	it("may not share a parameter, nor be empty", () => {
		const x = scalar(1, "x");
		expect(() => new SGD([{ parameters: [x] }, { parameters: [x] }])).toThrow('"x" at [0] and [1]');
		expect(() => new SGD([{ parameters: [x] }, { parameters: [] }])).toThrow("SGD: no parameters");
	});

	it("may hold frozen parameters, which stay where they are until they thaw", () => {
		const model = new Linear(1, 1);
		model.freeze((path) => path === "bias");
		const optimizer = new Adam(model.parameters());
		const bias = [...(model.bias as Tensor).data];
		const step = (): void => {
			optimizer.zeroGrad();
			model
				.call(tensor([1]))
				.sum()
				.backward();
			optimizer.step();
		};
		step();
		expect([...(model.bias as Tensor).data]).toEqual(bias);
		model.unfreeze();
		step();
		expect([...(model.bias as Tensor).data]).not.toEqual(bias);
	});

	it("may begin to remember more in the middle of training", () => {
		const x = parameter([1]);
		const optimizer = new Adam([x]);
		const step = (): void => {
			optimizer.zeroGrad();
			square(x).sum().backward();
			optimizer.step();
		};
		step();
		optimizer.groups[0]?.change({ amsgrad: true });
		step();
		expect(Number.isFinite(x.item())).toBe(true);
		expect([...optimizer.stateDict().tensors.keys()]).toContain("0.s");
		optimizer.groups[0]?.change({ amsgrad: false });
		const after = new Adam([parameter([1])]);
		after.loadStateDict(optimizer.stateDict());
		expect([...after.stateDict().tensors.keys()]).toEqual(["0.t", "0.m", "0.v"]);
	});
});
