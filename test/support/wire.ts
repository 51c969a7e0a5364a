import { request } from "node:http";
import type { IncomingMessage } from "node:http";
import type { Answer } from "../../bin/tour/shop-client.ts";

/** A request as it goes over the wire. */
export interface WireRequest {
	readonly method: string;
	/** Path and query, already spelled. */
	readonly path: string;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: string | Buffer | undefined;
}

const PATIENCE_MS = 20_000;

/**
 * Sends a request as it is spelled, where fetch would tidy up its path and refuse it a body.
 *
 * @throws when the server cannot be reached, breaks the connection, or says nothing for 20 s
 */
export async function sendAsIs(gateway: string, { method, path, headers = {}, body }: WireRequest): Promise<Answer> {
	const { hostname, port } = new URL(gateway);
	const isLengthKnown = body !== undefined && !("transfer-encoding" in headers);
	const length = isLengthKnown ? { "content-length": String(Buffer.byteLength(body)) } : {};
	const options = { hostname, port, method, path, headers: { ...length, ...headers } };

	const response = await new Promise<IncomingMessage>((resolve, reject) => {
		const outgoing = request({ ...options, signal: AbortSignal.timeout(PATIENCE_MS) }, resolve);
		outgoing.on("error", reject);
		outgoing.end(body);
	});
	const text = Buffer.concat(await response.toArray()).toString();
	return { status: response.statusCode ?? 0, headers: headersOf(response), text, body: bodyOf(text) };
}

function headersOf({ rawHeaders }: IncomingMessage): Headers {
	const headers = new Headers();
	for (let index = 0; index < rawHeaders.length; index += 2)
		headers.append(rawHeaders[index] ?? "", rawHeaders[index + 1] ?? "");
	return headers;
}

function bodyOf(text: string): Answer["body"] {
	try {
		return JSON.parse(text) as Answer["body"];
	} catch {
		return {};
	}
}
