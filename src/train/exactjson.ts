/**
 * JSON that keeps every number: it has no word for NaN, infinities and -0,
 * which a history may well hold.
 */

const key = "number";

/** The text of a value. */
export function exactText(value: unknown): string {
	return JSON.stringify(value, (_, item: unknown) => {
		const isLost = typeof item === "number" && (!Number.isFinite(item) || Object.is(item, -0));
		return isLost ? { [key]: Object.is(item, -0) ? "-0" : String(item) } : item;
	});
}

/** The value of a text that `exactText` wrote. */
export function exactValue(text: string): unknown {
	return JSON.parse(text, (_, item: unknown) => {
		if (typeof item !== "object" || item === null) return item;
		const { [key]: number, ...others } = item as Record<string, unknown>;
		return typeof number === "string" && Object.keys(others).length === 0 ? Number(number) : item;
	});
}
