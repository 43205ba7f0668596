#!/usr/bin/env node
/**
 * The command `chainrule`: hands the process to `run`, and nothing more.
 */
import { run } from "./command.js";

// `chainrule tour | head -1`: whoever reads may stop reading; the files are written all the same.
for (const stream of [process.stdout, process.stderr]) {
	stream.on("error", (error: NodeJS.ErrnoException) => {
		if (error.code !== "EPIPE") throw error;
	});
}

process.exitCode = await run(process.argv.slice(2), process);
