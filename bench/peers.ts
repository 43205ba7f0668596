/**
 * Other libraries, where they are installed: `npm install` in bench/peers.
 *
 * They stay out of the library's own installation, so nothing here imports
 * them: `peers/NAME.mjs` is loaded when its packages are there, and is handed
 * the arrays that our contender starts from.
 */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Case, Contender, ContenderName, PeerData } from "./workload.js";

const folder = resolve("bench/peers");

interface Peer {
	/** The contender for a workload, or undefined where the peer has none. */
	readonly contender: (workload: string, data: PeerData) => Promise<Contender | undefined>;
}

/** The peers that compute a case, ready to run. */
export async function peersOf({ name, data }: Case): Promise<{ readonly [Name in ContenderName]?: () => Contender }> {
	const makers: { [Name in ContenderName]?: () => Contender } = {};
	if (data === undefined || !existsSync(resolve(folder, "node_modules"))) return makers;
	for (const peer of ["tfjs", "jax"] as const) {
		const { contender } = (await import(pathToFileURL(resolve(folder, `${peer}.mjs`)).href)) as Peer;
		const found = await contender(name.split(" ")[0]!, data());
		if (found !== undefined) makers[peer] = () => found;
	}
	return makers;
}
