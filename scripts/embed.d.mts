import type { Plugin } from "esbuild";

/** Puts the explorer's page into the library as text: for esbuild. */
export const embed: Plugin;
/** The same for Vite. */
export const embedVite: { readonly name: string };
