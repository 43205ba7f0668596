#!/usr/bin/env node
/**
 * The command `chainrule`: hands the process to `run`, and nothing more. A thread
 * that `run` starts begins here, too, and loads only what it is for.
 */
import { isMainThread } from "node:worker_threads";

// `chainrule tour | head -1`: whoever reads may stop reading; the files are written all the same.
for (const stream of [process.stdout, process.stderr]) {
	stream.on("error", (error: NodeJS.ErrnoException) => {
		if (error.code !== "EPIPE") throw error;
	});
}

if (isMainThread) {
	const { run } = await import("./command.js");
	const { stdout, stderr, env } = process;
	process.exitCode = await run(process.argv.slice(2), { stdout, stderr, env, worker: new URL(import.meta.url) });
} else {
	const { serve } = await import("./workers.js");
	serve();
}
