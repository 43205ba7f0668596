/**
 * Groups: parameters that are moved by the same settings.
 *
 * An optimizer has at least one. Its options hold for every group that does not
 * say otherwise.
 */
import { failure } from "../core/errors.js";
import { checkOptions, said } from "../core/options.js";
import { Scalar, Tensor } from "../index.js";
import { isParameter, type Parameter } from "../nn/module.js";
import { type Settings, type SettingsOf, settle } from "./settings.js";

/** What every optimizer is told. */
export interface OptimizerOptions {
	/** How far a step goes; above 0. */
	readonly learningRate?: number | undefined;
}

/** Parameters with options of their own; the optimizer's hold where one is left out. */
export type GroupOptions<Options> = Partial<Options> & { readonly parameters: Iterable<Parameter> };

/** What an optimizer moves: parameters, or groups of them. One that is frozen stays where it is. */
export type Parameters<Options> = Iterable<Parameter> | Iterable<GroupOptions<Options>>;

/** Parameters and the settings by which they are moved. */
export class ParameterGroup<Options extends OptimizerOptions = OptimizerOptions> {
	readonly parameters: readonly Parameter[];
	readonly #kind: SettingsOf<Options>;
	#settings: Settings<Options>;

	constructor(kind: SettingsOf<Options>, parameters: readonly Parameter[], settings: Settings<Options>) {
		this.parameters = parameters;
		this.#kind = kind;
		this.#settings = settings;
	}

	/** All settings; a new object after every change. */
	get settings(): Settings<Options> {
		return this.#settings;
	}

	/**
	 * Changes some settings, from the next step on.
	 *
	 * @throws where a value makes no sense; then nothing is changed.
	 */
	change(options: Partial<Options>): void {
		this.#settings = this.checked(options);
	}

	/** The settings after a change that is not made; throws as {@link change} does. */
	checked(options: Partial<Options>): Settings<Options> {
		return settle(this.#kind, options, this.#settings as Partial<Options>);
	}

	/** How far a step goes. It may be changed between steps; only {@link change}, as schedules use it, brings it to 0. */
	get learningRate(): number {
		return (this.#settings as Settings<OptimizerOptions>).learningRate;
	}

	set learningRate(learningRate: number) {
		checkAboveZero(this.#kind.name, learningRate);
		this.change({ learningRate } as Partial<Options>);
	}
}

/** The groups described by `given`, their parameters and settings checked; `names` are all options there are, where they are known. */
export function groupsOf<Options extends OptimizerOptions>(
	kind: SettingsOf<Options>,
	given: Parameters<Options>,
	options: Options,
	names?: readonly string[],
): readonly ParameterGroup<Options>[] {
	const { name } = kind;
	if (isNode(given) || typeof given?.[Symbol.iterator] !== "function") throw noList(name, given);
	const listed = [...given] as (Parameter | GroupOptions<Options>)[];
	const described = listed.length > 0 && listed.every(isDescription<Options>);
	const groups = described ? listed : [{ parameters: listed as Parameter[] } as unknown as GroupOptions<Options>];
	const lists = groups.map(({ parameters }) => [...parameters]);
	for (const list of lists) if (list.length === 0) throw noParameters(name);
	checkParameters(name, lists.flat());
	if (names) for (const group of described ? groups : []) checkOptions(name, group, ["parameters", ...names]);
	return groups.map((group, index) => {
		const settings = settle(kind, group as Partial<Options>, options);
		checkAboveZero(name, (settings as Settings<OptimizerOptions>).learningRate);
		return new ParameterGroup(kind, lists[index] as Parameter[], settings);
	});
}

function isDescription<Options>(given: unknown): given is GroupOptions<Options> {
	return typeof given === "object" && given !== null && !isNode(given) && "parameters" in given;
}

function isNode(given: unknown): given is Parameter {
	return given instanceof Scalar || given instanceof Tensor;
}

const wanted = "variables, each once, such as model.parameters()";

function noParameters(name: string): Error {
	return failure({ what: `${name}: no parameters`, expected: wanted, actual: "an empty list" });
}

function noList(name: string, given: unknown): Error {
	const actual = isNode(given) ? "a single one" : said(given);
	return failure({ what: `${name}: not a list of parameters`, expected: wanted, actual });
}

function checkParameters(name: string, parameters: readonly Parameter[]): void {
	const places = new Map<Parameter, number>();
	parameters.forEach((parameter, index) => {
		if (!isParameter(parameter)) {
			const actual = `${kindOf(parameter)} at [${index}]`;
			throw failure({ what: `${name}: not a parameter`, expected: wanted, actual });
		}
		const first = places.get(parameter);
		places.set(parameter, index);
		if (first === undefined) return;
		const label = parameter.name === undefined ? "one parameter" : `"${parameter.name}"`;
		throw failure({
			what: `${name}: a parameter is listed twice`,
			expected: wanted,
			actual: `${label} at [${first}] and [${index}]`,
			fix: "list it once: its gradient already counts every use",
		});
	});
}

function kindOf(given: unknown): string {
	if (!isNode(given)) return given === null ? "null" : typeof given;
	return given.isLeaf ? "a constant" : "the result of an operation";
}

/** A rate of 0 is where a schedule ends; written by hand it is a slip. */
function checkAboveZero(name: string, learningRate: number): void {
	if (learningRate > 0) return;
	throw failure({
		what: `${name}: not a learning rate`,
		expected: "a finite number above 0",
		actual: String(learningRate),
	});
}
