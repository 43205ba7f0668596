/**
 * How the tests run.
 *
 * The library's own package name resolves to its sources by the `paths` of
 * tsconfig.json, so tests and examples import what a user imports and nothing
 * needs to be built first. Files named `*.slow.test.ts` run only in the mode
 * `slow`, which `npm run test:slow` sets.
 */

import { defineConfig, type ViteUserConfigExport } from "vitest/config";
import { embedVite } from "./scripts/embed.mjs";

const config: ViteUserConfigExport = defineConfig(({ mode }) => {
	const slow = mode === "slow";
	return {
		resolve: { tsconfigPaths: true },
		plugins: [embedVite],
		test: {
			include: [slow ? "test/**/*.slow.test.ts" : "test/**/*.test.ts"],
			exclude: slow ? [] : ["**/*.slow.test.ts"],
			passWithNoTests: slow,
			testTimeout: slow ? 600_000 : 20_000,
			coverage: {
				provider: "v8",
				include: ["src/**/*.ts", "viz/**/*.ts"],
				reporter: ["text-summary", "html"],
			},
		},
	};
});

export default config;
