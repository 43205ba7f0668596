/**
 * Words for people: lists, lines, and the name that was probably meant.
 */

/** `a, b and c`. */
export function listed(words: readonly string[], joint: "and" | "or" = "and"): string {
	if (words.length < 2) return words.join("");
	return `${words.slice(0, -1).join(", ")} ${joint} ${words.at(-1)}`;
}

/** The text in lines of at most `width` characters. */
export function wrapped(text: string, width: number): string {
	const lines: string[] = [];
	for (const word of text.split(" ")) {
		const line = lines.at(-1);
		if (line === undefined || line.length + 1 + word.length > width) lines.push(word);
		else lines[lines.length - 1] = `${line} ${word}`;
	}
	return lines.join("\n");
}

/** The least number of letters to change, add, remove or swap with their neighbour that turns `a` into `b`. */
export function distance(a: string, b: string): number {
	const [from, to] = [Array.from(a), Array.from(b)];
	let before: number[] = [];
	let above = Array.from({ length: to.length + 1 }, (_, column) => column);
	for (let row = 1; row <= from.length; row++) {
		const here = [row];
		for (let column = 1; column <= to.length; column++) {
			const same = from[row - 1] === to[column - 1];
			const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
			here[column] = Math.min(
				(above[column] as number) + 1,
				(here[column - 1] as number) + 1,
				(above[column - 1] as number) + (same ? 0 : 1),
				swapped ? (before[column - 2] as number) + 1 : Number.POSITIVE_INFINITY,
			);
		}
		[before, above] = [above, here];
	}
	return above.at(-1) as number;
}

/** The one of `known` that `word` is most likely a slip of; `undefined` where none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
	const fold = (text: string): string => text.toLowerCase();
	const [best] = known
		.map((name) => ({ name, apart: distance(fold(word), fold(name)) }))
		.filter(({ name, apart }) => apart < Math.max(word.length, name.length) && apart <= 1 + word.length / 4)
		.sort((a, b) => a.apart - b.apart || Math.abs(a.name.length - word.length) - Math.abs(b.name.length - word.length));
	return best?.name;
}
