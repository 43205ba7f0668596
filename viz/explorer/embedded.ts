/**
 * The explorer's page as text: style, body, script, and the Worker with
 * Graphviz in it, compressed.
 *
 * What stands here is empty. Every build puts the parts of `page/` in its place
 * (scripts/embed.mjs); it is a module of its own so that it is loaded with the
 * first explorer and not before.
 */

/** The parts of the page. */
export interface Page {
	readonly style: string;
	readonly body: string;
	readonly script: string;
	/** What a content-security policy calls them. */
	readonly styleHash: string;
	readonly scriptHash: string;
	/** The source of the Worker: gzip, then Base64. */
	readonly worker: string;
}

/** The parts as they were built. */
export const page: Page = { style: "", body: "", script: "", styleHash: "", scriptHash: "", worker: "" };
