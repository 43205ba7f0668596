/**
 * What the page says, in two languages side by side, so that neither can be
 * forgotten. Every room keeps its own words; here is how they reach the page.
 *
 * A word on the page is a text node that follows the language: nothing is built
 * anew when the language changes, and nothing that was typed or trained is lost.
 */

/** The languages. */
export const languages = ["en", "ko"] as const;

/** One of them. */
export type Language = (typeof languages)[number];

/** A text in every language. */
export type Word = { readonly [In in Language]: string };

/** Something on the page that follows the language while it is there. */
type Follower = () => boolean;

let current: Language = "en";
const followers = new Set<Follower>();

/** The language of the page. */
export function language(): Language {
	return current;
}

/** Changes the language of everything that is on the page. */
export function setLanguage(next: Language): void {
	current = next;
	for (const follower of followers) if (!follower()) followers.delete(follower);
}

/** The text of a word as it is now. */
export function spoken(word: Word): string {
	return word[current];
}

/** A text node that follows the language. */
export function text(word: Word): Text {
	const made = document.createTextNode(spoken(word));
	const held = new WeakRef(made);
	followers.add(() => {
		const node = held.deref();
		if (node !== undefined) node.data = spoken(word);
		return node !== undefined;
	});
	return made;
}

/** Sets an attribute, such as `aria-label` or `title`, that follows the language. */
export function label<Kind extends Element>(element: Kind, attribute: string, word: Word): Kind {
	element.setAttribute(attribute, spoken(word));
	const held = new WeakRef(element);
	followers.add(() => {
		const found = held.deref();
		found?.setAttribute(attribute, spoken(word));
		return found !== undefined;
	});
	return element;
}

/** Calls `listener` whenever the language changes, as long as `owner` lives: for what is painted or composed. */
export function onLanguage(owner: object, listener: () => void): void {
	const held = new WeakRef(owner);
	followers.add(() => {
		const lives = held.deref() !== undefined;
		if (lives) listener();
		return lives;
	});
}

/** A word composed of others: `word` is asked once for each language. */
export function composed(word: (language: Language) => string): Word {
	return { en: word("en"), ko: word("ko") };
}
