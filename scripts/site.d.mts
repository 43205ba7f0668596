import type { Metafile, Plugin } from "esbuild";

/** Builds the page into `folder`; gives the policy that its documents should be served with. A test may put other modules in the place of some, by `plugins` of esbuild. */
export function buildSite(
	folder: string,
	plugins?: readonly Plugin[],
): Promise<{ readonly folder: string; readonly policy: string; readonly metafile: Metafile }>;
