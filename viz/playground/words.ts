/**
 * What the page says, in two languages side by side, so that neither can be
 * forgotten. Every room keeps its own words; here is how they reach the page.
 *
 * A word on the page is a text node that follows the language: nothing is built
 * anew when the language changes, and nothing that was typed or trained is lost.
 * What has left the page is forgotten: nothing here keeps it alive.
 */

/** The languages. */
export const languages = ["en", "ko"] as const;

/** One of them. */
export type Language = (typeof languages)[number];

/** A text in every language. */
export type Word = { readonly [In in Language]: string };

let current: Language = "en";
/** Everything that follows the language, while it lives. */
const followers = new Set<WeakRef<object>>();
/** What becomes of each when the language changes, by attribute or as one of several listeners. */
const changes = new WeakMap<object, Map<unknown, () => void>>();
const gone = new FinalizationRegistry<WeakRef<object>>((follower) => followers.delete(follower));

/** `change` may hold `owner`: both are forgotten together. */
function follow(owner: object, key: unknown, change: () => void): void {
	const known = changes.get(owner);
	if (known) {
		known.set(key, change);
		return;
	}
	changes.set(owner, new Map([[key, change]]));
	const held = new WeakRef(owner);
	followers.add(held);
	gone.register(owner, held);
}

/** The language of the page. */
export function language(): Language {
	return current;
}

/** Changes the language of everything that is on the page. */
export function setLanguage(next: Language): void {
	current = next;
	const before = [...followers]; // who changes may make new ones, which are up to date
	for (const follower of before) {
		const owner = follower.deref();
		for (const change of (owner && changes.get(owner)?.values()) ?? []) change();
	}
}

/** The text of a word as it is now. */
export function spoken(word: Word): string {
	return word[current];
}

/** A text node that follows the language. */
export function text(word: Word): Text {
	const made = document.createTextNode(spoken(word));
	follow(made, "data", () => {
		made.data = spoken(word);
	});
	return made;
}

/** Sets an attribute, such as `aria-label` or `title`, that follows the language. */
export function label<Kind extends Element>(element: Kind, attribute: string, word: Word): Kind {
	element.setAttribute(attribute, spoken(word));
	follow(element, attribute, () => element.setAttribute(attribute, spoken(word)));
	return element;
}

/** Calls `listener` whenever the language changes, as long as `owner` lives: for what is painted or composed. */
export function onLanguage(owner: object, listener: () => void): void {
	follow(owner, listener, listener);
}

/** A word composed of others: `word` is asked once for each language. */
export function composed(word: (language: Language) => string): Word {
	return { en: word("en"), ko: word("ko") };
}
