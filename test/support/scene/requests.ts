import { createECDH, randomBytes } from "node:crypto";
import { v7 as uuidv7 } from "uuid";
import type { Scene } from "./scene.ts";
import { PASSWORD } from "./scene.ts";

/** What stands in a request besides its route and its caller. */
export interface Parts {
	readonly path?: Readonly<Record<string, unknown>>;
	readonly query?: string;
	readonly body?: object;
	/** In the place of a JSON body. */
	readonly raw?: { readonly type: string; readonly text: string };
	readonly headers?: Readonly<Record<string, string>>;
	/** Refusals of the action itself that count as being let through: what it needs no test can give. */
	readonly orElse?: readonly number[];
}

export interface BuiltRequest {
	readonly path: string;
	readonly body?: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly orElse: readonly number[];
}

type Recipe = (at: Scene) => Parts | Promise<Parts>;

const UNKNOWN = uuidv7();
const KEYS = { p256dh: createECDH("prime256v1").generateKeys("base64url"), auth: "a".repeat(22) };
const TEMPLATE = { locale: "en", subject: "Hello", text: "Hello" };
const endpoint = () => ({ url: "https://example.com/hook", events: ["order.created"] });

const ofEndpoint: Recipe = async (at) => ({ path: await at.made(at.admin, "/webhook-endpoints", endpoint()) });
const ofReturn =
	(body: object): Recipe =>
	async (at) => ({ path: await at.requestedReturn(), body });
const ofTemplate =
	(body: object): Recipe =>
	() => ({ path: { name: "order-confirmed" }, body });
const ofSubscription: Recipe = async (at) => {
	const body = { endpoint: `https://push.example.com/${uuidv7()}`, keys: KEYS };
	const { status, body: made } = await at.shop.send("POST", `/notifications/${at.owner.userId}/push-subscriptions`, {
		token: at.owner.token,
		body,
	});
	return {
		path: { userId: at.owner.userId, id: status === 201 ? made.id : UNKNOWN },
		...(status !== 201 && { orElse: [404] }),
	};
};
const CSV = { type: "text/csv", text: "name,sku,price\nCup,CUP-9,4\n" };
const ofMethod: Recipe = async (at) => ({
	path: await at.made(at.owner, "/payments/methods", { method: "pm_card_visa" }),
});
const unsigned =
	(type: string, text: string, headers: Readonly<Record<string, string>>): Recipe =>
	() => ({ raw: { type, text }, headers, orElse: [400, 401, 403, 404, 503] });
const login: Recipe = async (at) => ({ body: { email: (await at.registered()).email, password: PASSWORD } });
const registration = () => ({ name: "Ada", surname: "Lovelace", email: `${uuidv7()}@example.com` });

/** Where what a path or a body says alone does not make a request that succeeds. */
const RECIPES: Readonly<Record<string, Recipe>> = {
	"POST /auth/login": login,
	"POST /users/login": login,
	"POST /auth/refresh": async (at) => ({ body: { refresh_token: (await at.registered()).refreshToken } }),
	"POST /auth/verify-email": () => ({ body: { token: "unknown" }, orElse: [410] }),
	"POST /auth/reset-password": () => ({ body: { token: "unknown", password: PASSWORD }, orElse: [410] }),
	"POST /auth/forgot-password": () => ({ body: { email: "nobody@example.com" } }),
	"POST /auth/change-password": () => ({
		body: { currentPassword: PASSWORD, newPassword: `${PASSWORD} 2` },
		orElse: [403],
	}),
	"DELETE /auth/sessions/{id}": async (at) => {
		const { body } = await at.shop.send("GET", "/auth/sessions", { token: at.owner.token });
		return { path: { id: (body.rows as { id: string }[])[0]?.id } };
	},
	"POST /registrations": () => ({ body: registration() }),
	"GET /registrations/{id}": async (at) => {
		const made = await at.made(at.admin, "/registrations", registration());
		return { path: { id: made.registrationId } };
	},
	"GET /users/search": () => ({ query: "q=example" }),
	"POST /users/{id}/reactivate": async (at) => {
		const [closed] = await at.shop.people(["customer"]);
		await at.shop.send("DELETE", `/users/${closed.userId}`, { token: at.admin.token });
		return { path: { id: closed.userId } };
	},
	"GET /users/{id}/erasure": async (at) => {
		await at.made(at.admin, `/users/${at.owner.userId}/erase`, {});
		return { path: { id: at.owner.userId }, orElse: [401] };
	},
	"GET /products/search": () => ({ query: "q=bowl" }),
	"POST /products/import": () => ({ query: "dryRun=true", raw: CSV }),
	"GET /products/imports/{id}": async (at) => {
		const headers = { authorization: `Bearer ${at.vendor.token}`, "content-type": CSV.type };
		const sent = await fetch(`${at.shop.gateway}/products/import`, { method: "POST", headers, body: CSV.text });
		return { path: (await sent.json()) as { id: string } };
	},
	"POST /products/categories": () => ({ body: { name: `Tableware ${uuidv7()}` } }),
	"PUT /products/categories/{id}": async (at) => ({ path: await at.category(), body: { description: "What is left" } }),
	"POST /orders/{id}/return": async (at) => ({ path: await at.delivered(), body: { reason: "too small" } }),
	"PUT /orders/{id}/status": async (at) => ({ path: await at.paid(), body: { status: "processing" } }),
	"GET /orders/{id}/returns/{returnId}": ofReturn({}),
	"POST /orders/{id}/returns/{returnId}/accept": ofReturn({}),
	"POST /orders/{id}/returns/{returnId}/refuse": ofReturn({ reason: "worn" }),
	"POST /payments/methods": () => ({ body: { method: "pm_card_visa" } }),
	"GET /payments/methods/{id}": ofMethod,
	"DELETE /payments/methods/{id}": ofMethod,
	"POST /webhooks/stripe": unsigned("application/json", "{}", { "stripe-signature": "t=1,v1=0" }),
	"POST /webhooks/twilio": unsigned("application/x-www-form-urlencoded", "a=b", { "x-twilio-signature": "0" }),
	"POST /webhooks/mail": unsigned("message/rfc822", "Subject: Report\n", { "x-hub-signature-256": "sha256=0" }),
	"POST /notifications/send": async (at) => ({
		body: { userId: at.owner.userId, channel: "email", ...(await plain(at)) },
	}),
	"POST /notifications/email": async (at) => ({ body: { to: "ada@example.com", ...(await plain(at)) } }),
	"POST /notifications/sms": async (at) => ({ body: { phone: "+436641234567", ...(await plain(at)) } }),
	"GET /notifications/deliveries/{id}": async (at) => {
		const body = { to: "ada@example.com", ...(await plain(at)) };
		const { deliveries } = await at.made(at.admin, "/notifications/email", body);
		return { path: { id: (deliveries as string[])[0] } };
	},
	"PUT /notifications/{userId}/preferences": (at) => ({
		path: { userId: at.owner.userId },
		body: { topics: { news: { email: false } } },
	}),
	"GET /notifications/push-key": () => ({ orElse: [404, 503] }),
	"POST /notifications/{userId}/push-subscriptions": (at) => ({
		path: { userId: at.owner.userId },
		body: {
			endpoint: `https://push.example.com/${uuidv7()}`,
			keys: { ...KEYS, auth: randomBytes(16).toString("base64url") },
		},
		orElse: [404, 409, 422, 503],
	}),
	"GET /notifications/push-subscriptions/{id}": ofSubscription,
	"DELETE /notifications/{userId}/push-subscriptions/{id}": ofSubscription,
	"GET /notifications/templates/{name}": ofTemplate({}),
	"GET /notifications/template-versions/{id}": async (at) => ({
		path: await at.made(at.admin, `/notifications/templates/t-${uuidv7().slice(-12)}/versions`, TEMPLATE),
	}),
	"POST /notifications/templates/{name}/versions": () => ({
		path: { name: `t-${uuidv7().slice(-12)}` },
		body: TEMPLATE,
	}),
	"POST /notifications/templates/{name}/preview": ofTemplate({ variables: {} }),
	"POST /notifications/templates/{name}/test": ofTemplate({ to: "ada@example.com", variables: {} }),
	"POST /webhook-endpoints": () => ({ body: endpoint() }),
	"GET /webhook-endpoints/{id}": ofEndpoint,
	"PUT /webhook-endpoints/{id}": async (at) => ({ ...(await ofEndpoint(at)), body: { description: "ours" } }),
	"DELETE /webhook-endpoints/{id}": ofEndpoint,
	"POST /webhook-endpoints/{id}/rotate-secret": ofEndpoint,
	"POST /webhook-endpoints/{id}/test": ofEndpoint,
	"GET /webhook-endpoints/{id}/deliveries": ofEndpoint,
	"GET /webhook-endpoints/{id}/deliveries/{deliveryId}": deliveryOf,
	"POST /webhook-endpoints/{id}/deliveries/{deliveryId}/redeliver": deliveryOf,
	"POST /operations/dead-letters/{id}/replay": () => ({ path: { id: "nothing" }, orElse: [404] }),
	"DELETE /operations/dead-letters/{id}": () => ({ path: { id: "nothing" }, orElse: [404] }),
	"POST /operations/sagas/{id}/retry": () => ({ path: { id: UNKNOWN }, orElse: [404] }),
};

/** A template that asks for nothing. */
async function plain(at: Scene) {
	await at.made(at.admin, "/notifications/templates/plain/versions", TEMPLATE);
	return { template: "plain", variables: {} };
}

async function deliveryOf(at: Scene): Promise<Parts> {
	const { id } = await at.made(at.admin, "/webhook-endpoints", endpoint());
	const sent = await at.made(at.admin, `/webhook-endpoints/${String(id)}/test`, {});
	return { path: { id, deliveryId: sent.id } };
}

/** A request to a route that succeeds when its caller may make it. */
export async function requestFor(at: Scene, route: string, example: unknown): Promise<BuiltRequest> {
	const [method = "", template = ""] = route.split(" ");
	const parts = (await RECIPES[route]?.(at)) ?? {};
	const named = parts.path ?? (await thingsOf(at, template));
	const path = template.replaceAll(/\{(\w+)\}/g, (_all, name: string) => encodeURIComponent(String(named[name])));
	const body = method === "POST" || method === "PUT" ? (parts.body ?? (await filled(at, example))) : undefined;
	const type = parts.raw?.type ?? (body && "application/json");
	const text = parts.raw?.text ?? (body && JSON.stringify(body));
	return {
		path: parts.query === undefined ? path : `${path}?${parts.query}`,
		headers: { ...(type !== undefined && { "content-type": type }), ...parts.headers },
		...(text !== undefined && { body: text }),
		orElse: parts.orElse ?? [],
	};
}

/** What the parameters of a path name, by the words before them. */
async function thingsOf(at: Scene, template: string): Promise<Readonly<Record<string, unknown>>> {
	const userId = at.owner.userId;
	if (template.startsWith("/products/categories/{id}")) return at.category();
	if (template.startsWith("/products/{id}")) return at.product();
	if (template.startsWith("/inventory/{productId}")) return { productId: (await at.product()).id };
	if (template.startsWith("/orders/{id}")) return at.pending();
	if (template.startsWith("/payments/{id}")) return { id: (await at.paid()).paymentId };
	if (template.startsWith("/api-keys/{id}")) return at.apiKey();
	return { id: userId, userId };
}

/** An example about things that exist, and with names that nobody has yet. */
async function filled(at: Scene, example: unknown): Promise<object> {
	const values: Record<string, unknown> = {};
	const text = JSON.stringify(example ?? {});
	if (text.includes('"productId"')) values.productId = (await at.product()).id;
	if (text.includes('"orderId"')) values.orderId = (await at.pending()).id;
	if (text.includes('"paymentId"')) values.paymentId = (await at.paid()).paymentId;
	Object.assign(values, { email: `${uuidv7()}@example.com`, sku: uuidv7() });
	const replace = (name: string, value: unknown): unknown =>
		typeof value === "string" ? (values[name] ?? value) : value;
	return JSON.parse(text, replace) as object;
}
