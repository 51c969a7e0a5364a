import { hash } from "node:crypto";
import type { FilePart } from "../../contracts/bodies.ts";
import type { ErrorData } from "../../contracts/errors.ts";
import type { Meta } from "../../contracts/meta.ts";
import { problemOf } from "../../contracts/problem.ts";
import { etagOf, isUnchanged } from "../domain/etag.ts";
import { locationOf } from "../domain/location.ts";
import { refusalHeaders, refusalOf } from "../domain/refusal.ts";
import type { Gateway, PublishedAction, Request, Response } from "../gateway.context.ts";
import type { Answer } from "./exchange.context.ts";
import { download } from "./download.ts";
import { fieldsOf } from "./fields.ts";
import { versionOf } from "./versions.ts";

const JSON_BODY = ["Content-Type", "application/json; charset=utf-8"];
const PROBLEM_BODY = ["Content-Type", "application/problem+json; charset=utf-8"];
const NO_STORE = ["Cache-Control", "no-store"];
const REVALIDATE = ["Cache-Control", "no-cache"];
const HASH_LENGTH = 16;

/** Writes the one answer of a request, and its line in the log. */
export function send(gateway: Gateway, req: Request, res: Response, answer: Answer): void {
	const { status, headers, body, security } = answer;
	if (res.headersSent) return;
	const fields = fieldsOf(gateway, req, headers, security);
	if (body !== undefined) fields.push("Content-Length", String(Buffer.byteLength(body)));

	res.writeHead(status, fields);
	res.end(req.method === "HEAD" ? undefined : body);
	gateway.requestLog.write(req.exchange, status);
}

/** moleculer-web's hook for what an action returned. */
export function sendResponse(
	this: Gateway,
	req: Request,
	res: Response,
	result: unknown,
	action: PublishedAction,
): void {
	if (action.download !== undefined) {
		req.exchange.download = download(this, req, res, action, result as FilePart);
		return;
	}
	const { meta } = req.$ctx;
	const { $replay } = meta;
	const isReplay = $replay !== undefined && $replay.key === req.exchange.operationKey;
	send(this, req, res, isReplay ? replayed($replay, action, result) : succeeded(req, meta, action, result));
}

/** The first answer again, to the byte. */
function replayed(stored: NonNullable<Meta["$replay"]>, { location }: PublishedAction, result: unknown): Answer {
	const headers = [...NO_STORE, "Idempotency-Replayed", "true"];
	if (stored.status >= 400) {
		const data = result as ErrorData;
		headers.push(...PROBLEM_BODY, ...refusalHeaders({ type: "", message: "", code: stored.status, data }));
	} else {
		headers.push(...JSON_BODY, ...locationHeader(stored.status, location, result));
	}
	return { status: stored.status, headers, body: stored.body };
}

function succeeded(req: Request, meta: Meta, action: PublishedAction, result: unknown): Answer {
	const isOpenRead = action.policy === "open" && req.exchange.principal === undefined && isRead(req);
	const caching = isOpenRead ? REVALIDATE : NO_STORE;
	if (result == null) return { status: 204, headers: caching };

	const status = meta.$statusCode ?? action.status ?? 200;
	const body = JSON.stringify(result);
	const headers = [...JSON_BODY, ...caching, ...locationHeader(status, action.location, result)];
	const version = versionOf(action.name, meta.$version);
	if (version === undefined || req.method === "DELETE") return { status, headers, body };

	const etag = etagOf(version, hash("sha1", body, "base64url").slice(0, HASH_LENGTH));
	if (isRead(req) && isUnchanged(req.headers["if-none-match"], etag)) {
		return { status: 304, headers: ["ETag", etag, ...caching] };
	}
	headers.push("ETag", etag);
	return { status, headers, body };
}

const isRead = ({ method }: Request): boolean => method === "GET" || method === "HEAD";

function locationHeader(status: number, template: string | undefined, result: unknown): readonly string[] {
	const location = status === 201 || status === 202 ? locationOf(template, result) : undefined;
	return location === undefined ? [] : ["Location", location];
}

/** Answers an error as a problem document; of what is not a refusal only the log learns more. */
export function refuse(this: Gateway, req: Request, res: Response, error: unknown): void {
	const { requestId, method, route } = req.exchange;
	const refusal = refusalOf(error);
	if (refusal.code === 500) this.logger.error(`Request ${requestId} (${method} ${route}) failed:`, error);

	const body = JSON.stringify(problemOf(refusal, requestId));
	const headers = [...PROBLEM_BODY, ...NO_STORE, ...refusalHeaders(refusal)];
	send(this, req, res, { status: refusal.code, headers, body });
}
