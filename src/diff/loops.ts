/**
 * The plain backward step of a pointwise operation on tensors: the partial, a
 * formula, becomes one loop that scales, routes and adds in a single pass over
 * memory.
 */
import type { DType } from "../core/dtype.js";
import { type Formula, namesIn, scaledCode, scaledFunction } from "../core/formula.js";
import type { Pointwise } from "../core/op.js";
import { sizeOf } from "../core/shape.js";
import type { Tensor } from "../core/tensor.js";
import { generatesCode, type Numbers, ownCopy, pull1, pull2, pull3 } from "../kernels/loops.js";
import { rows } from "../kernels/walk.js";
import { flatStep } from "../ops/pointwise.js";
import { functionsIn, numericEnvironment, ruleCode } from "./sweep.js";

/** A backward loop of any arity: the columns of gz, the operands, z and gx one after the other. */
type Loop = (add: boolean, count: number, ...columns: (Numbers | number)[]) => void;
type Rule = (g: number, ...operandsAndResult: number[]) => number;

const factories = { 1: pull1, 2: pull2, 3: pull3 } as unknown as {
	readonly [Arity in 1 | 2 | 3]: (rule: Rule) => Loop;
};
const dtypeNumber: { readonly [Type in DType]: number } = { bool: 0, int32: 1, float32: 2, float64: 3 };

/** By opcode and operand, then by the dtypes at work. */
const table: (Loop | undefined)[][] = [];

function ruleOf(op: Pointwise, operand: number): Rule {
	const partial = op.partials[operand] as Formula;
	const parameters = [...["x", "y", "w"].slice(0, op.arity), "z"];
	if (!generatesCode()) return scaledFunction(partial, parameters, numericEnvironment());
	const { names, values } = functionsIn([partial]);
	const text = `return function ${op.name}_partial${operand + 1}(g, ${parameters.join(", ")}) { return ${scaledCode(partial, "g", ruleCode)}; }`;
	return new Function(...names, text)(...values) as Rule;
}

/** Adds gz ∂z/∂(operand) to `gx`, or writes it there where `add` is not set. `z` and `gx` are contiguous. */
export function pullLoop(
	op: Pointwise,
	operand: number,
	add: boolean,
	gz: Tensor,
	inputs: readonly Tensor[],
	z: Tensor,
	gx: Tensor,
): void {
	const views = [gz, ...inputs, z];
	const key = [...views, gx].reduce((code, { dtype }) => code * 4 + dtypeNumber[dtype], 0);
	table[op.opcode * 3 + operand] ??= [];
	const loops = table[op.opcode * 3 + operand] as (Loop | undefined)[];
	loops[key] ??= ownCopy(`${op.name}_pull${operand + 1}_${key}`, factories[op.arity])(ruleOf(op, operand));
	const loop = loops[key] as Loop;

	const used = usedNames(op, operand);
	const steps = views.map((view, index) => (used[index] ? flatStep(view) : 0));
	if (!steps.includes(-1)) {
		run(
			loop,
			add,
			sizeOf(z.shape),
			views,
			views.map((view) => view.offset),
			steps,
			gx,
			gx.offset,
		);
		return;
	}
	rows(
		z.shape,
		[...views, gx].map((view) => view.strides),
		[...views, gx].map((view) => view.offset),
		(count, at, step) => run(loop, add, count, views, at, step, gx, at[views.length] as number),
	);
}

/** Which of gz, the operands and z the rule reads: the others need not be walked in step. */
function usedNames(op: Pointwise, operand: number): boolean[] {
	const names = namesIn(op.partials[operand] as Formula);
	return [true, ...["x", "y", "w"].slice(0, op.arity).map((name) => names.includes(name)), names.includes("z")];
}

function run(
	loop: Loop,
	add: boolean,
	count: number,
	views: readonly Tensor[],
	at: readonly number[],
	step: readonly number[],
	gx: Tensor,
	atGx: number,
): void {
	const columns = views.flatMap((view, index) => [view.storage, at[index] as number, step[index] as number]);
	loop(add, count, ...columns, gx.storage, atGx);
}
