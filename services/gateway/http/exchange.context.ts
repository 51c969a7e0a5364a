import type { IncomingMessage } from "node:http";
import type { Principal } from "../../contracts/meta.ts";
import type { SecurityHeaders } from "./security-headers.ts";

/** One request and what becomes known of it on its way. */
export interface Exchange {
	readonly requestId: string;
	readonly startedMs: number;
	readonly method: string;
	/** Without query and trailing slash. */
	readonly path: string;
	readonly search: string;
	/** The client's own address: the peer's, or what a trusted proxy says. */
	readonly address: string;
	/** Whether the client came by HTTPS, to us or to a trusted proxy. */
	readonly scheme: keyof SecurityHeaders;
	/** Pattern of the route, e.g. `/orders/:id`. */
	route: string;
	pathParams: Readonly<Record<string, string>>;
	principal: Principal | undefined;
	operationKey: string | undefined;
	/** Of a body that its service is reading. */
	uploadId: string | undefined;
	/** Done when the last part of a file is sent; it never fails. */
	download: Promise<void> | undefined;
	/** Header fields that are known before the answer, as name, value, name, value. */
	headers: readonly string[];
}

/** Reads where a request comes from, and how. */
export type ClientReader = (req: IncomingMessage) => Pick<Exchange, "address" | "scheme">;

/** Status, header fields (name, value, name, value) and body of one answer. */
export interface Answer {
	readonly status: number;
	readonly headers: readonly string[];
	readonly body?: string | Buffer | undefined;
	readonly security?: SecurityHeaders;
}
