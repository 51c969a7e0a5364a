import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import addFormats from "ajv-formats";
import { Ajv2020 } from "ajv/dist/2020.js";
import { CALLERS, expected, POLICY_TABLE } from "../security/policy-table.ts";
import { mailedToken } from "../support/mailbox.ts";
import { requestFor } from "../support/scene/requests.ts";
import type { BuiltRequest } from "../support/scene/requests.ts";
import { PASSWORD, Scene } from "../support/scene/scene.ts";
import { Shop } from "../support/shop.ts";
import { until } from "../support/wait.ts";
import { sendAsIs } from "../support/wire.ts";

interface Response {
	readonly headers?: Readonly<Record<string, object>>;
	readonly content?: Readonly<Record<string, { schema?: object }>>;
}
interface Operation {
	readonly requestBody?: { content: Record<string, { example?: unknown }> };
	readonly responses: Readonly<Record<string, Response>>;
}
interface Document {
	readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
	readonly components: object;
}

/** What only the provider, a broken consumer or a broken saga can bring about; other specs do. */
const ELSEWHERE = [
	"POST /webhooks/stripe",
	"POST /webhooks/twilio",
	"POST /webhooks/mail",
	"POST /operations/dead-letters/{id}/replay",
	"DELETE /operations/dead-letters/{id}",
	"POST /operations/sagas/{id}/retry",
];
/** Read by who is gone, and asked by an admin. */
const BY_ADMIN = ["GET /users/{id}/erasure"];
const ROUTES = Object.keys(POLICY_TABLE).filter((route) => !ELSEWHERE.includes(route));

let shop: Shop;
let document: Document;
const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);

beforeAll(async () => {
	shop = await Shop.open();
	document = (await (await fetch(`${shop.gateway}/openapi.json`)).json()) as Document;
});
afterAll(() => shop.close());

type Special = Pick<BuiltRequest, "body" | "headers">;

/** Requests that need a mail, or a password that is known. */
const WITH_PASSWORD: Readonly<Record<string, (at: Scene) => Promise<Special>>> = {
	"POST /auth/verify-email": async (at) => {
		const { email } = await at.registered();
		return json({ token: await mailedToken(shop, email, "verify-email") });
	},
	"POST /auth/reset-password": async (at) => {
		const { email } = await at.registered();
		await at.posted({}, "/auth/forgot-password", { email });
		return json({ token: await mailedToken(shop, email, "reset-password"), password: PASSWORD });
	},
	"POST /auth/change-password": async (at) => {
		const { token } = await at.registered();
		const { headers, body } = json({ currentPassword: PASSWORD, newPassword: `${PASSWORD} 2` });
		return { headers: { ...headers, authorization: `Bearer ${token}` }, body };
	},
};

const json = (body: object) => ({ headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

function callerOf(at: Scene, route: string) {
	const [caller] = CALLERS.filter((one) => expected(route, one) === "through");
	const people = { owner: at.owner, vendor: at.vendor, admin: at.admin } as Readonly<Record<string, Scene["admin"]>>;
	const person = BY_ADMIN.includes(route) ? at.admin : people[caller ?? ""];
	return person === undefined ? {} : { authorization: `Bearer ${person.token}` };
}

async function called(route: string) {
	const [method = "", template = ""] = route.split(" ");
	const operation = document.paths[template]![method.toLowerCase()]!;
	const at = await Scene.in(shop);
	const built = await requestFor(at, route, operation.requestBody?.content["application/json"]?.example);
	const special: Partial<Special> = (await WITH_PASSWORD[route]?.(at)) ?? {};
	const headers = { ...callerOf(at, route), ...built.headers, ...special.headers };
	const request = { method, path: built.path, headers, body: special.body ?? built.body };
	return { operation, request, answer: await sendAsIs(shop.gateway, request) };
}

/** Read twice, the second time with the tag of the first; what is at work, as a delivery is, may change in between. */
async function isTheSame(request: Parameters<typeof sendAsIs>[1]): Promise<boolean> {
	const etag = (await sendAsIs(shop.gateway, request)).headers.get("etag") ?? "";
	const again = { ...request, headers: { ...request.headers, "if-none-match": etag } };
	return (await sendAsIs(shop.gateway, again)).status === 304;
}

/** What is wrong with a body by its schema; references lead into the components. */
function faultsOf(schema: object, body: unknown) {
	const validate = ajv.compile({ ...schema, components: document.components });
	return validate(body) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

describe("an operation answers as /openapi.json says:", () => {
	it.each(ROUTES)("%s", async (route) => {
		const { operation, request, answer } = await called(route);
		const documented = operation.responses[answer.status];
		const isDocumented = answer.status < 300 && documented !== undefined;
		expect([answer.status, isDocumented, answer.text.slice(0, 300)]).toEqual([
			answer.status,
			true,
			answer.text.slice(0, 300),
		]);

		const schema = documented?.content?.["application/json"]?.schema;
		expect(schema === undefined ? [] : faultsOf(schema, answer.body)).toEqual([]);
		const wanted = ["ETag", "Location", "Content-Disposition"].map((name) => [
			name,
			name in (documented?.headers ?? {}),
		]);
		expect(wanted.map(([name]) => [name, answer.headers.has(String(name))])).toEqual(wanted);

		const location = answer.headers.get("location");
		const { authorization } = request.headers;
		const credentials = authorization === undefined ? {} : { authorization };
		const token = answer.body.access_token;
		const own = typeof token === "string" ? { authorization: `Bearer ${token}` } : credentials;
		if (location !== null) expect((await fetch(shop.gateway + location, { headers: own })).status).toBe(200);

		if (!answer.headers.has("etag") || request.method !== "GET") return;
		expect("304" in operation.responses).toBe(true);
		await until(() => isTheSame(request));
	});
});

it("and no other operation is left out", () => {
	const described = Object.entries(document.paths).flatMap(([path, methods]) =>
		Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
	);
	expect([...ROUTES, ...ELSEWHERE].toSorted()).toEqual(described.toSorted());
});
