import type { Server } from "node:http";

/** Serves `folder` on 127.0.0.1, pages with the content-security policy `policy`; port 0 takes any that is free. */
export function serve(folder: string, policy: string, port?: number): Promise<Server>;
/** The address of a server that listens. */
export function addressOf(server: Server): string;
/** Ends it, with connections that browsers keep open. */
export function end(server: Server): Promise<void>;
