import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import getRawBody from "raw-body";
import { parse } from "secure-json-parse";
import { BodyTooLarge, MalformedJson, UnsupportedMediaType } from "../../contracts/errors.ts";
import { MalformedRequest } from "../../contracts/platform.ts";
import { requireObject } from "../domain/params.ts";

export const BODY_LIMIT_BYTES = 1_048_576;
const JSON_TYPE = /^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i;
const NO_FIELDS: Readonly<Record<string, unknown>> = {};

/**
 * The body of a request as one JSON object; no body counts as an empty one.
 *
 * @throws BodyTooLarge, UnsupportedMediaType, MalformedJson, ValidationFailed, MalformedRequest
 */
export async function readBody(req: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
	if (!hasBody(req)) return NO_FIELDS;
	const { "content-type": type = "", "content-encoding": encoding = "identity" } = req.headers;
	if (Number(req.headers["content-length"]) > BODY_LIMIT_BYTES) throw tooLarge();
	if (!JSON_TYPE.test(type) || encoding !== "identity") throw new UnsupportedMediaType();

	const bytes = await getRawBody(req, { limit: BODY_LIMIT_BYTES }).catch((error: unknown) => refuse(req, error));
	return bytes.length === 0 ? NO_FIELDS : requireObject(parseJson(bytes));
}

function hasBody({ headers }: IncomingMessage): boolean {
	return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

/** What is left of a refused body is read and dropped, so that the client gets to read the answer. */
function refuse(req: IncomingMessage, error: unknown): never {
	req.resume();
	throw (error as { type?: string }).type === "entity.too.large" ? tooLarge() : new MalformedRequest();
}

const tooLarge = () => new BodyTooLarge({ limitBytes: BODY_LIMIT_BYTES });

function parseJson(bytes: Buffer): unknown {
	if (!isUtf8(bytes)) throw new MalformedJson();
	try {
		return parse(bytes, { protoAction: "error", constructorAction: "error" });
	} catch {
		throw new MalformedJson();
	}
}
