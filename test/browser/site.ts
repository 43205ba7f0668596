/** The laboratory page as `npm run playground` serves it, for a test file. */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Metafile, Plugin } from "esbuild";
import { addressOf, end, serve } from "../../scripts/server.mjs";
import { buildSite } from "../../scripts/site.mjs";

const out = fileURLToPath(new URL("../../out", import.meta.url));

/** A page that is served. */
export interface ServedSite {
	/** Ends in a slash. */
	readonly address: string;
	/** The content-security policy it is served with. */
	readonly policy: string;
	/** The folder it was built into. */
	readonly folder: string;
	/** What esbuild made of which sources. */
	readonly metafile: Metafile;
	/** What was sent so far: files, and bytes over the wire. */
	readonly sent: { readonly files: number; readonly bytes: number };
	/** Ends the server and removes the folder. */
	readonly close: () => Promise<void>;
}

/** Builds the page into a folder of its own and serves it on a free port of this machine. `plugins` may put other modules in the place of some. */
export async function servedSite(plugins: readonly Plugin[] = []): Promise<ServedSite> {
	await mkdir(out, { recursive: true });
	const { folder, policy, metafile } = await buildSite(await mkdtemp(join(out, "site-")), plugins);
	const server = await serve(folder, policy);
	const sent = { files: 0, bytes: 0 };
	const written = new WeakMap<Socket, number>();
	server.on("request", (_, response: ServerResponse) => {
		const { socket } = response;
		response.once("finish", () => {
			if (socket === null) return;
			sent.files++;
			sent.bytes += socket.bytesWritten - (written.get(socket) ?? 0);
			written.set(socket, socket.bytesWritten);
		});
	});
	return {
		address: addressOf(server),
		policy,
		folder,
		metafile,
		sent,
		close: async () => {
			await end(server);
			await rm(folder, { recursive: true, force: true });
		},
	};
}
