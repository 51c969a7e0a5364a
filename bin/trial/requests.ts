import { setTimeout as wait } from "node:timers/promises";
import { send } from "../tour/shop-client.ts";
import type { Answer, RequestOptions } from "../tour/shop-client.ts";
import type { History, Kind } from "./history.ts";

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1_000;
const GIVE_UP_AFTER_MS = 20_000;

/** Where a client buys, and where it notes what it was told. */
export interface Shop {
	readonly gateway: string;
	readonly history: History;
}

/** One thing a client wants done. */
interface Wish {
	readonly kind: Kind;
	readonly key: string;
	/** POST unless told. */
	readonly method?: string;
	readonly path: string;
	readonly token?: AccessToken;
	readonly body: object;
	/** Send it twice at once. */
	readonly isDoubled?: boolean;
}

interface Definite {
	readonly answer: Answer;
	readonly retries: number;
}

export interface Basket {
	readonly items: readonly { readonly productId: string; readonly quantity: number }[];
	readonly paymentMethod?: string | undefined;
}

interface Credentials {
	readonly email: string;
	readonly password: string;
}

/** An access token that is valid now: a request that is repeated for long outlives the one it began with. */
export type AccessToken = () => Promise<string>;

const RENEW_AFTER_MS = 5 * 60_000;

/** Signs in, and again before the token expires. @param first a token that there is already */
export function accessToken(gateway: string, credentials: Credentials, first?: string): AccessToken {
	let token = first === undefined ? undefined : Promise.resolve(first);
	let renewAtMs = Date.now() + RENEW_AFTER_MS;
	return () => {
		if (token !== undefined && Date.now() < renewAtMs) return token;
		renewAtMs = Date.now() + RENEW_AFTER_MS;
		return (token = signIn(gateway, credentials));
	};
}

/** Opens an account, or finds the one that an earlier try has opened. */
export async function register(shop: Shop, name: string): Promise<AccessToken> {
	const body = { email: `${name}@example.com`, password: "correct horse battery" };
	const answer = await wish(shop, { kind: "registration", key: name, path: "/auth/register", body });
	return accessToken(shop.gateway, body, answer.status === 201 ? String(answer.body.access_token) : undefined);
}

export async function signIn(gateway: string, body: Credentials): Promise<string> {
	const { answer } = await definite(gateway, "POST", "/auth/login", { body });
	if (answer.status !== 200) throw new Error(`${body.email} cannot sign in: ${answer.status} ${answer.text}`);
	return String(answer.body.access_token);
}

export function placeOrder(
	shop: Shop,
	token: AccessToken,
	key: string,
	basket: Basket,
	isDoubled = false,
): Promise<Answer> {
	const body = { ...basket, shippingAddress: "1 Crash Lane" };
	return wish(shop, { kind: "order", key, path: "/orders", token, body, isDoubled });
}

export function payOrder(shop: Shop, token: AccessToken, key: string, orderId: string): Promise<Answer> {
	const body = { orderId, paymentMethod: "pm_card_visa" };
	return wish(shop, { kind: "payment", key, path: "/payments/process", token, body });
}

export function cancelOrder(shop: Shop, token: AccessToken, key: string, orderId: string): Promise<Answer> {
	return wish(shop, { kind: "cancellation", key, path: `/orders/${orderId}/cancel`, token, body: {} });
}

/** Gives a part of a payment back, as staff does. */
export function refundPart(
	shop: Shop,
	token: AccessToken,
	key: string,
	paymentId: string,
	amount: number,
): Promise<Answer> {
	const body = { paymentId, amount, reason: "a scratch" };
	return wish(shop, { kind: "refund", key, path: "/payments/refund", token, body });
}

/** Describes a product anew, as staff does. */
export function describeProduct(shop: Shop, token: AccessToken, key: string, productId: string): Promise<Answer> {
	const body = { description: `Described at ${key}` };
	return wish(shop, { kind: "product", key, method: "PUT", path: `/products/${productId}`, token, body });
}

/** Notes the wish, repeats it with its key until the answer is definite, and notes that. */
async function wish(
	shop: Shop,
	{ kind, key, method = "POST", path, token, body, isDoubled = false }: Wish,
): Promise<Answer> {
	const begun = shop.history.begin(kind, key);
	const options = { body, headers: { "idempotency-key": `${kind}-${key}` } };
	const ask = () => definite(shop.gateway, method, path, options, token);
	const [first, second] = await Promise.all([ask(), isDoubled ? ask() : undefined]);
	const { answer } = first;
	const told = second === undefined ? [first] : [first, second];
	shop.history.end(begun, {
		status: answer.status,
		code: textOf(answer.body.code),
		orderId: textOf(answer.body.orderId) ?? (kind === "order" ? textOf(answer.body.id) : undefined),
		retries: told.reduce((sum, { retries }) => sum + retries, 0),
		replays: told.filter((each) => each.answer.headers.has("idempotency-replayed")).length,
		contradiction: second && contradictionOf(answer, second.answer),
	});
	return answer;
}

const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

function contradictionOf(one: Answer, other: Answer): string | undefined {
	const same = one.status === other.status && one.text === other.text;
	return same ? undefined : `${one.status} ${one.text} and ${other.status} ${other.text}`;
}

/** Asks until the server is there and says something that will not change: no 5xx, no "still running". */
async function definite(
	gateway: string,
	method: string,
	path: string,
	options: RequestOptions,
	token?: AccessToken,
): Promise<Definite> {
	for (let retries = 0; ; retries++) {
		const pass = token && { token: await token() };
		const signal = AbortSignal.timeout(GIVE_UP_AFTER_MS);
		const answer = await send(gateway, method, path, { ...options, ...pass, signal }).catch(() => undefined);
		if (answer !== undefined && isDefinite(answer)) return { answer, retries };
		await wait(Math.min(FIRST_PAUSE_MS * 2 ** retries, LONGEST_PAUSE_MS));
	}
}

const isDefinite = ({ status, body }: Answer): boolean =>
	status < 500 && status !== 429 && body.code !== "IDEMPOTENCY_KEY_IN_USE";
