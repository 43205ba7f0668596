/**
 * The numbers an optimizer is set by: which there are, what they are when left
 * out, and which values make sense.
 *
 * An optimizer declares them once, as a table of fields. Construction, later
 * changes and states read from a file all pass the same checks.
 */
import { failure } from "../core/errors.js";

/** What a setting may be; all of it survives JSON. */
export type Setting = number | boolean | string | null | readonly number[];

/** One setting: its value when left out, and which values it takes. */
export interface Field<Value extends Setting> {
	readonly initial: Value;
	/** With its article, as messages name it: `a momentum`. */
	readonly says: string;
	readonly expected: string;
	readonly holds: (value: unknown) => boolean;
}

/** All settings of an optimizer, none left out. */
export type Settings<Options> = { readonly [Name in keyof Options]-?: Exclude<Options[Name], undefined> };

/** A field for every option. */
export type Fields<Options> = {
	readonly [Name in keyof Options]-?: Field<Exclude<Options[Name], undefined> & Setting>;
};

/** How far a step goes. A schedule may bring it to 0; that nobody writes 0 by hand is checked with the groups. */
export function rate(initial: number): Field<number> {
	return { initial, says: "a learning rate", expected: "a finite number above 0", holds: isAmount };
}

/** A share that is kept from step to step. */
export function share(says: string, initial: number): Field<number> {
	return { initial, says, expected: "a number from 0 up to, not including, 1", holds: isShare };
}

/** Two shares: that of the mean of gradients, and that of the mean of their squares. */
export function shares(initial: readonly [number, number]): Field<readonly [number, number]> {
	return {
		initial,
		says: "betas",
		expected: "two numbers from 0 up to, not including, 1",
		holds: (value) => Array.isArray(value) && value.length === 2 && value.every(isShare),
	};
}

/** A number that must not be negative. */
export function amount(says: string, initial: number): Field<number> {
	return { initial, says, expected: "a finite number, 0 or above", holds: isAmount };
}

/** How many of something, at least one. */
export function count(says: string, initial: number): Field<number> {
	return {
		initial,
		says,
		expected: "a whole number above 0",
		holds: (value) => Number.isSafeInteger(value) && (value as number) > 0,
	};
}

/** Something that is done or not. */
export function flag(says: string, initial: boolean): Field<boolean> {
	return { initial, says, expected: "true or false", holds: (value) => typeof value === "boolean" };
}

/** One of several words. */
export function word<Word extends string>(says: string, words: readonly [Word, ...Word[]]): Field<Word> {
	return {
		initial: words[0],
		says,
		expected: words.join(" or "),
		holds: (value) => (words as readonly unknown[]).includes(value),
	};
}

/** What an optimizer says about its settings, under its name. */
export interface SettingsOf<Options> {
	readonly name: string;
	readonly fields: Fields<Options>;
	/** Refuses settings that make sense each, but not together. */
	consistent?(settings: Settings<Options>): void;
}

/** The settings that follow from `given` and, where it says nothing, from `otherwise`; each one checked. */
export function settle<Options>(
	kind: SettingsOf<Options>,
	given: Partial<Options>,
	otherwise: Partial<Options>,
): Settings<Options> {
	const { name, fields } = kind;
	const names = Object.keys(fields) as (keyof Options & string)[];
	const entries = names.map((key): [string, unknown] => {
		const field = fields[key];
		const value = [given[key], otherwise[key], field.initial].find((candidate) => candidate !== undefined);
		if (field.holds(value)) return [key, value];
		throw failure({
			what: `${name}: not ${field.says}`,
			expected: field.expected,
			actual: typeof value === "number" ? String(value) : (JSON.stringify(value) ?? String(value)),
		});
	});
	const settings = Object.freeze(Object.fromEntries(entries)) as Settings<Options>;
	kind.consistent?.(settings);
	return settings;
}

function isAmount(value: unknown): boolean {
	return Number.isFinite(value) && (value as number) >= 0;
}

function isShare(value: unknown): boolean {
	return isAmount(value) && (value as number) < 1;
}
