import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { problemOf } from "../../../services/contracts/problem.ts";
import { operationOf } from "../../support/fuzz/operation.ts";
import type { Operation } from "../../support/fuzz/operation.ts";

interface Planted {
	/** 0 breaks the connection. */
	readonly status: number;
	readonly body: string;
	readonly headers?: Readonly<Record<string, string>>;
}

const REQUEST_ID = "01980000-0000-7000-8000-000000000000";

function refusal(code: number, type: string, data: object = {}, headers = {}): Planted {
	const body = JSON.stringify(problemOf({ code, type, message: "It was refused.", data: { ...data } }, REQUEST_ID));
	return { status: code, body, headers: { "content-type": "application/problem+json; charset=utf-8", ...headers } };
}

const success = (body: object): Planted => ({ status: 200, body: JSON.stringify(body) });

/** What must never go unnoticed, what is told about it, and an answer that shows it. */
export const PLANTED_FAULTS: readonly (readonly [fault: string, told: string, answer: Planted])[] = [
	["a 500", "is a 500", refusal(500, "INTERNAL")],
	["a connection that breaks", "is a 0", { status: 0, body: "" }],
	["a 503 that does not say when to come again", "has no retry-after header", refusal(503, "SERVICE_UNAVAILABLE")],
	["a 503 that is not documented", "is not documented", refusal(503, "TIRED", {}, { "retry-after": "1" })],
	["a refusal that is a page", "not a problem document", { status: 404, body: "<h1>Not found</h1>" }],
	["a refusal that names no field", "names no field", refusal(422, "VALIDATION_FAILED")],
	["a refusal that is not documented", "is not documented", refusal(409, "OUT_OF_STOCK")],
	["a refusal of another request", "names another request", refusal(404, "NOT_FOUND", {}, { "x-request-id": "other" })],
	["a hash", "tells a password's hash", success({ user: { passwordHash: "x" } })],
	[
		"a stack trace",
		"tells a stack trace",
		refusal(404, "NOT_FOUND", { cause: "Error: x\n    at place (order.ts:7:1)" }),
	],
	["the path of a file", "tells the path of a file", refusal(404, "NOT_FOUND", { at: "/srv/services/orders" })],
	["words of the database", "tells words of the database", refusal(404, "NOT_FOUND", { cause: 'relation "x"' })],
];

const SCHEMA = { type: "object", properties: { quantity: { type: "integer" } }, required: ["quantity"] };
const DESCRIBED = {
	requestBody: { content: { "application/json": { schema: SCHEMA } } },
	responses: {
		404: { description: "NOT_FOUND" },
		422: { description: "VALIDATION_FAILED" },
		503: { description: "SERVICE_UNAVAILABLE" },
	},
};

/**
 * A server with one operation and one fault.
 *
 * @param answer what it answers, `{}` unless told
 * @param when the body that gets it; any by default
 */
export async function plantedServer(answer = success({}), when: (body: string) => boolean = () => true) {
	const server = createServer((req, res) => {
		void text(req).then((body) => {
			const { status, body: answered, headers } = when(body) ? answer : success({});
			if (status === 0) return req.socket.destroy();
			return res.writeHead(status, { "x-request-id": REQUEST_ID, ...headers }).end(answered);
		});
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const { port } = server.address() as AddressInfo;
	const operation: Operation = operationOf("POST", "/orders", DESCRIBED);
	const close = () =>
		new Promise((resolve) => {
			server.close(resolve);
			server.closeAllConnections();
		});
	return { gateway: `http://127.0.0.1:${port}`, operation, close };
}
