import type { Gateway, Request } from "../gateway.context.ts";
import { API_HEADERS } from "./security-headers.ts";

/** All header fields of an answer, as name, value, name, value. */
export function fieldsOf(gateway: Gateway, req: Request, headers: readonly string[], security = API_HEADERS): string[] {
	const fields = [...security[req.exchange.scheme], ...req.exchange.headers, ...headers];
	if (gateway.isDraining) fields.push("Connection", "close");
	return fields;
}
