import { parse as parseQuery } from "node:querystring";
import type { BodyForm } from "../../../mixins/define-service.ts";
import type { Upload } from "../../contracts/bodies.ts";
import { paramsOf } from "../domain/params.ts";
import type { Fields, Place } from "../domain/params.ts";
import type { Gateway, Request } from "../gateway.context.ts";
import { BODY_LIMIT_BYTES, readBody, readBytes, requireSize, requireType } from "./body.ts";

const UPLOAD_LIMIT_BYTES = 100 * BODY_LIMIT_BYTES;
const MAX_TYPE = 200;
/** Where a part of a download begins, which only the gateway says. */
const SET_BY_GATEWAY = { download: ["part"], none: [] };

/** The parameters of a request's action: from the path, the query, and the body in the form that the action wants. */
export async function readParams(gateway: Gateway, req: Request): Promise<Fields> {
	const { exchange, $action } = req;
	const { method, pathParams: path, search } = exchange;
	const query = search === "" ? {} : parseQuery(search);
	const reserved = SET_BY_GATEWAY[$action.download === undefined ? "none" : "download"];
	if (method === "GET" || method === "HEAD") return paramsOf("query", { path, query, body: {}, reserved });

	const { body: form } = $action;
	if (form !== undefined) return paramsOf("either", { path, query, body: await formedBody(gateway, req, form) });
	const place: Place = method === "DELETE" ? "either" : "body";
	return paramsOf(place, { path, query, body: await readBody(req) });
}

/** The form's own fields are taken, so that a query cannot bring them. */
async function formedBody(gateway: Gateway, req: Request, form: BodyForm): Promise<Fields> {
	const limitBytes = form.maxBytes ?? (form.as === "raw" ? BODY_LIMIT_BYTES : UPLOAD_LIMIT_BYTES);
	requireSize(req, limitBytes);
	requireType(req, form.accepts);
	if (form.as === "raw") {
		const raw = (await readBytes(req, limitBytes)).toString("base64");
		return { raw, headers: named(req, form.headers ?? []) };
	}
	const id = gateway.uploads.open(req, limitBytes);
	req.exchange.uploadId = id;
	// With its parameters: a form is read by its boundary.
	const contentType = (req.headers["content-type"] ?? "").slice(0, MAX_TYPE);
	const upload: Upload = { id, node: gateway.broker.nodeID, contentType };
	return { upload };
}

const named = ({ headers }: Request, names: readonly string[]) =>
	Object.fromEntries(names.flatMap((name) => (headers[name] === undefined ? [] : [[name, String(headers[name])]])));
