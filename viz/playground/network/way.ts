/**
 * How a run came to where it is: the setup it began with, and the settings that
 * were changed on the way, each with the step after which it holds.
 *
 * With it an address leads to the same weights again, although its setup is only
 * that of the beginning.
 */
import { readSetup, writeSetup } from "../address.js";
import { type Setup, standardSetup } from "../setup.js";

/** Other settings from a step on. */
export interface Change {
	readonly step: number;
	readonly setup: Setup;
}

/** The beginning, and the changes in their order. */
export interface Way {
	readonly first: Setup;
	readonly changes: readonly Change[];
}

/** A run that has just begun, or was brought to a later step. */
export function startedAt(first: Setup, changes: readonly Change[] = []): Way {
	return { first, changes };
}

/** The settings that hold at `step`. */
export function holding({ first, changes }: Way, step: number): Setup {
	return changes.findLast((change) => change.step <= step)?.setup ?? first;
}

/** After a change at `step`: what was to come is forgotten. Before the first step it is as if it had begun so. */
export function grown({ first, changes }: Way, step: number, setup: Setup): Way {
	if (step === 0) return { first: setup, changes: [] };
	return { first, changes: [...changes.filter((change) => change.step < step), { step, setup }] };
}

/**
 * After `step` was reached with the settings `held`: changes that lay on the way
 * there and were not made are forgotten, as going on with other settings does.
 */
export function trimmed(way: Way, step: number, held: Setup): Way {
	const settings = JSON.stringify(held);
	const passed = made(way.changes, step, settings);
	let count = passed.length;
	while (count > 0 && JSON.stringify(passed[count - 1]?.setup) !== settings) count--;
	return count === passed.length ? way : { first: way.first, changes: passed.slice(0, count) };
}

/** Those that are made at `step`: one that belongs to this very step only where it is what holds. */
function made(changes: readonly Change[], step: number, settings: string): readonly Change[] {
	return changes.filter((one) => one.step < step || (one.step === step && JSON.stringify(one.setup) === settings));
}

/** Of a run that goes no further than `furthest`: what was changed behind it is forgotten. */
export function cut(way: Way, furthest: number): Way {
	return way.changes.every(({ step }) => step <= furthest)
		? way
		: { first: way.first, changes: way.changes.filter(({ step }) => step <= furthest) };
}

/** The entry of an address that holds a change. */
const entry = "then";

/** The state of the page as an address: the beginning, the changes up to `step`, where `held` holds, and the step. */
export function writeWay({ first, changes }: Way, step: number, held: Setup): URLSearchParams {
	const parameters = writeSetup(first);
	let before = first;
	for (const change of made(changes, step, JSON.stringify(held))) {
		const [old, now] = [writeSetup(before), writeSetup(change.setup)];
		const told = new URLSearchParams();
		for (const name of new Set([...old.keys(), ...now.keys()]))
			if (old.get(name) !== now.get(name)) told.set(name, now.get(name) ?? usual(name as keyof Setup));
		if (String(told) !== "") parameters.append(entry, `${change.step}:${told}`);
		before = change.setup;
	}
	if (step > 0) parameters.set("step", String(step));
	return parameters;
}

/** An entry as it usually is, where an address has to say so. */
function usual(name: keyof Setup): string {
	const value = standardSetup[name];
	return typeof value === "object" ? "" : String(value);
}

/** What an address holds. */
export interface Place {
	readonly way: Way;
	readonly step: number;
	readonly problems: readonly string[];
}

/** The largest step that an address may ask for. */
const furthest = 1_000_000;

/** Reads an address; what it cannot read it tells. */
export function readWay(parameters: URLSearchParams): Place {
	const own = new URLSearchParams(parameters);
	const told = own.getAll(entry);
	own.delete(entry);
	const written = own.get("step") ?? "0";
	const { setup: first, problems } = readSetup(own);
	const found = [...problems];
	const step = /^\d{1,7}$/.test(written) ? Math.min(furthest, Number(written)) : 0;
	if (!/^\d{1,7}$/.test(written)) found.push(`step: ${written.slice(0, 40)}`);
	const changes: Change[] = [];
	let before = first;
	for (const one of told) {
		const [, at = "", rest = ""] = /^(\d{1,7}):(.*)$/s.exec(one) ?? [];
		const entries = new URLSearchParams(rest);
		const all = writeSetup(before);
		for (const [name, value] of entries) all.set(name, value);
		const { setup, problems: more } = readSetup(all);
		if (at === "" || Number(at) > step || more.length > 0) {
			found.push(...(more.length > 0 ? more : [`then: ${one.slice(0, 40)}`]));
			break;
		}
		changes.push({ step: Number(at), setup });
		before = setup;
	}
	return { way: { first, changes }, step, problems: found };
}
