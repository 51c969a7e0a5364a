import type { ServerResponse } from "node:http";
import { MethodNotAllowed, NotFound } from "../../contracts/errors.ts";
import type { DomainError } from "../../contracts/errors.ts";
import { Internal } from "../../contracts/platform.ts";
import { problemOf } from "../../contracts/problem.ts";
import type { Page, Pages, Request } from "../node.context.ts";

export const READS = ["GET", "HEAD"] as const;

/** Answers with what a page says; of a failure only the log learns more. */
export function show(pages: Pages, page: Page, res: ServerResponse): void {
	const answer = async () => {
		const { status, body } = await page(pages);
		send(res, status, "application/json", body);
	};
	answer().catch((error: unknown) => fail(pages, res, error));
}

export function fail(pages: Pages, res: ServerResponse, error: unknown): void {
	const requestId = pages.newId();
	pages.logger.error(`Request ${requestId} of the node's pages failed:`, error);
	refuse(res, new Internal(), requestId);
}

/** A trailing slash changes nothing. */
export const plain = (path: string): string => path.replace(/(.)\/$/, "$1");

/** What no page answers: a path that does not exist, or another method than reading. */
export function refuseUnknown(pages: Pages, { path }: Request, res: ServerResponse, paths: readonly string[]): void {
	const isKnown = paths.includes(plain(path));
	if (isKnown) res.setHeader("Allow", READS.join(", "));
	refuse(res, isKnown ? new MethodNotAllowed({ allowed: READS }) : new NotFound(), pages.newId());
}

function refuse(res: ServerResponse, refusal: DomainError, requestId: string): void {
	send(res, refusal.code, "application/problem+json", problemOf(refusal, requestId));
}

function send(res: ServerResponse, status: number, type: string, body: object): void {
	if (res.headersSent) return;
	res.writeHead(status, {
		"Content-Type": `${type}; charset=utf-8`,
		"Cache-Control": "no-store",
		"X-Content-Type-Options": "nosniff",
	});
	res.end(JSON.stringify(body));
}
