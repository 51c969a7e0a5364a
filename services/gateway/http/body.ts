import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import getRawBody from "raw-body";
import { parse } from "secure-json-parse";
import { BodyTooLarge, MalformedJson, UnsupportedMediaType } from "../../contracts/errors.ts";
import { MalformedRequest, RequestTimedOut } from "../../contracts/platform.ts";
import { requireObject } from "../domain/params.ts";
import { within } from "../within.ts";

export const BODY_LIMIT_BYTES = 1_048_576;
/** For a whole body that is read at once, and between two pieces of a longer one. */
export const BODY_PATIENCE_MS = 30_000;
const JSON_TYPE = /^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i;
const OTHER_CHARSET = /;\s*charset\s*=\s*"?(?!utf-8"?\s*(;|$))/i;
const NO_FIELDS: Readonly<Record<string, unknown>> = {};

/**
 * The body of a request as one JSON object; no body counts as an empty one.
 *
 * @throws BodyTooLarge, UnsupportedMediaType, MalformedJson, ValidationFailed, MalformedRequest, RequestTimedOut
 */
export async function readBody(req: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
	if (!hasBody(req)) return NO_FIELDS;
	requireSize(req, BODY_LIMIT_BYTES);
	if (!JSON_TYPE.test(req.headers["content-type"] ?? "") || isEncoded(req)) throw new UnsupportedMediaType();

	const bytes = await readBytes(req, BODY_LIMIT_BYTES);
	return bytes.length === 0 ? NO_FIELDS : requireObject(parseJson(bytes));
}

function hasBody({ headers }: IncomingMessage): boolean {
	return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

const isEncoded = ({ headers }: IncomingMessage): boolean => (headers["content-encoding"] ?? "identity") !== "identity";

/** @throws BodyTooLarge when the body says so itself */
export function requireSize({ headers }: IncomingMessage, limitBytes: number): void {
	if (Number(headers["content-length"]) > limitBytes) throw new BodyTooLarge({ limitBytes });
}

/**
 * The media type of a body that is not JSON, without its parameters.
 *
 * @param accepts the types that are read, any unless told
 * @throws UnsupportedMediaType also when it is compressed, or not in UTF-8
 */
export function requireType(req: IncomingMessage, accepts: readonly string[] | undefined): string {
	const given = req.headers["content-type"] ?? "";
	const type = given.replace(/;.*$/s, "").trim().toLowerCase();
	const isRead = accepts === undefined || accepts.includes(type);
	if (!isRead || isEncoded(req) || OTHER_CHARSET.test(given)) throw new UnsupportedMediaType(accepts && { accepts });
	return type;
}

/** @throws BodyTooLarge, MalformedRequest, RequestTimedOut */
export function readBytes(req: IncomingMessage, limitBytes: number): Promise<Buffer> {
	const bytes = getRawBody(req, { limit: limitBytes }).catch((error: unknown): never => {
		const isLarge = (error as { type?: string }).type === "entity.too.large";
		throw isLarge ? new BodyTooLarge({ limitBytes }) : new MalformedRequest();
	});
	return within(BODY_PATIENCE_MS, bytes, () => new RequestTimedOut());
}

function parseJson(bytes: Buffer): unknown {
	if (!isUtf8(bytes)) throw new MalformedJson();
	try {
		return parse(bytes, { protoAction: "error", constructorAction: "error" });
	} catch {
		throw new MalformedJson();
	}
}

/**
 * What is left of a body that nobody read is dropped, so that the client gets to read the answer; but not for ever.
 *
 * @param patienceMs after which the connection is cut
 */
export function dropRest(req: IncomingMessage, patienceMs = BODY_PATIENCE_MS): void {
	if (req.complete || req.destroyed) return;
	const cutOff = () => {
		if (!req.complete) req.socket.destroy();
	};
	setTimeout(cutOff, patienceMs).unref();
	req.resume();
}
