import { evaluate, parameter, parseFormula, scalar, square, type Tensor } from "chainrule";
import {
	Adadelta,
	Adagrad,
	Adam,
	Adamax,
	AdamW,
	FormulaOptimizer,
	Lion,
	NAdam,
	type OptimizerOptions,
	RAdam,
	RMSprop,
	SGD,
	type StepNumbers,
} from "chainrule/optim";
import { describe, expect, it } from "vitest";

type Parameters = ReturnType<typeof scalar>[];
const makes: Readonly<Record<string, (p: Parameters) => FormulaOptimizer<OptimizerOptions>>> = {
	SGD: (p) => new SGD(p, { learningRate: 0.1, weightDecay: 0.01 }),
	Momentum: (p) => new SGD(p, { learningRate: 0.1, momentum: 0.9, dampening: 0.2 }),
	Nesterov: (p) => new SGD(p, { learningRate: 0.1, momentum: 0.9, nesterov: true }),
	Adagrad: (p) => new Adagrad(p, { learningRate: 0.1, learningRateDecay: 0.1, initialSum: 0.5 }),
	Adadelta: (p) => new Adadelta(p),
	RMSprop: (p) => new RMSprop(p, { centered: true, momentum: 0.5 }),
	Adam: (p) => new Adam(p, { amsgrad: true, weightDecay: 0.1 }),
	AdamW: (p) => new AdamW(p, { weightDecay: 0.1 }),
	Adamax: (p) => new Adamax(p),
	NAdam: (p) => new NAdam(p),
	RAdam: (p) => new RAdam(p),
	Lion: (p) => new Lion(p),
};

describe("the rule of an optimizer", () => {
	it.each(Object.entries(makes))("of %s, carried out by hand, gives the next step", (name, make) => {
		const x = scalar(3);
		const optimizer = make([x]);
		const first: Readonly<Record<string, number>> = name === "Adagrad" ? { s: 0.5 } : {};
		for (let step = 1; step <= 8; step++) {
			const { lines, derived, numbers } = optimizer.rule();
			for (const line of derived) {
				const [target = "", formula = ""] = line.split(" = ");
				const given = new Map(Object.entries(numbers).filter(([key]) => key !== target));
				expect(Number(evaluate(parseFormula(formula), given))).toBe(numbers[target]);
			}
			const remembered = [...optimizer.stateDict().tensors].map(
				([key, value]) => [key.slice(2), value.item()] as const,
			);
			optimizer.zeroGrad();
			square(x).backward();
			const names = new Map<string, number>([
				...["m", "v", "s", "u", "a", "b"].map((key) => [key, 0] as const),
				...Object.entries(first),
				...remembered,
				...Object.entries(numbers),
				["p", x.value],
				["g", x.grad ?? Number.NaN],
			]);
			for (const line of lines) {
				const [target = "", formula = ""] = line.split(" = ");
				names.set(target, Number(evaluate(parseFormula(formula), names)));
			}
			optimizer.step();
			expect(names.get("p")).toBeCloseTo(x.value, 14);
		}
	});

	it.each(Object.entries(makes))("of %s is asked for without a trace", (_, make) => {
		const run = (asking: boolean): number => {
			const x = scalar(3);
			const optimizer = make([x]);
			for (let step = 0; step < 4; step++) {
				if (asking) for (let times = 0; times < 3; times++) optimizer.rule();
				optimizer.zeroGrad();
				square(x).backward();
				optimizer.step();
			}
			return x.value;
		};
		expect(run(true)).toBe(run(false));
	});

	it("holds for the settings of its group, as they are now", () => {
		const [x, y] = [parameter([1, 2]), scalar(1)];
		const optimizer = new Adam([{ parameters: [x] }, { parameters: [y], weightDecay: 0.5 }], { learningRate: 0.1 });
		expect(optimizer.rule().lines).toEqual([
			"m = β1*m + (1 - β1)*g",
			"v = β2*v + (1 - β2)*g*g",
			"p = p - η*m/(c*sqrt(v) + ε)",
		]);
		expect(optimizer.rule(1).lines[0]).toBe("g = g + λ*p");
		expect(optimizer.rule(1).numbers.λ).toBe(0.5);
		expect(Object.keys(optimizer.rule().numbers)).toEqual(["γ", "β1", "t", "β2", "η", "c", "ε"]);
		expect(optimizer.rule().derived).toEqual(["η = γ/(1 - β1^t)", "c = 1/sqrt(1 - β2^t)"]);
		expect(optimizer.rule().numbers.η).toBeCloseTo(1, 14); // 0.1 / (1 - 0.9)
		optimizer.groups[0]?.change({ learningRate: 0.2 });
		expect(optimizer.rule().numbers.η).toBeCloseTo(2, 14);
		expect(() => optimizer.rule(2)).toThrow(/Adam: no such group[\s\S]*0 to 1[\s\S]*2/);
	});

	it("refuses a rule that lacks a number before the first step", () => {
		class Careless extends FormulaOptimizer<OptimizerOptions> {
			protected override formulas(): string[] {
				return ["p = p - γ*g"];
			}
			protected override numbers(): StepNumbers {
				return {};
			}
		}
		const x: Tensor = parameter([1]);
		expect(() => new Careless([x], {}).rule()).toThrow(/nobody gives[\s\S]*γ/);
	});
});
