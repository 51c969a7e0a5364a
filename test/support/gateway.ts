import { once } from "node:events";
import { connect } from "node:net";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import type { CryptoKey, JWK, JWTPayload } from "jose";
import type { ServiceBroker, ServiceSchema } from "moleculer";
import { action, defineService, internal } from "../../mixins/define-service.ts";
import { CheckApiKey } from "../../services/contracts/api-keys.ts";
import { ListCategories } from "../../services/contracts/categories.ts";
import { CheckSession, DeactivateUser, GetUser, Jwks, Register } from "../../services/contracts/users.ts";
import type { Role } from "../../services/contracts/meta.ts";
import { CancelOrder, GetOrder, ListOrders, PlaceOrder, SetOrderStatus } from "../../services/contracts/orders.ts";
import { ping, SERVICES } from "../../services/contracts/platform.ts";
import { ADMIN, CUSTOMER, OPEN, own, SIGNED_IN, STAFF } from "../../services/contracts/policy.ts";
import { CreateProduct, DeleteProduct, GetProduct, UpdateProduct } from "../../services/contracts/products.ts";
import gatewaySchema from "../../services/gateway/gateway.service.ts";
import { startBroker } from "./broker.ts";

/** What a stubbed action does; a spec replaces it for a while. */
type Stub = (ctx: { params: never; meta: never }) => unknown;

export interface Shop {
	readonly broker: ServiceBroker;
	readonly url: string;
	readonly port: number;
	/** What the stubs do, by action name; set one to change what an action answers. */
	readonly stubs: Map<string, Stub>;
	/** The open sessions and whose they are; delete one to revoke it. */
	readonly sessions: Map<string, { userId: string; role: Role }>;
	/** Opens a session and signs its token. */
	signIn(userId: string, role: Role): Promise<string>;
	/** Signs any claims with the shop's own key. */
	sign(claims: JWTPayload, expiry?: string | number): Promise<string>;
	readonly publicJwk: JWK;
	stop(): Promise<void>;
}

export const KID = "key-1";

/** What the next gateway that is created reads: a free port, no limit, no log, but for what is told. */
export function setUpGateway(env: Readonly<Record<string, string>> = {}): void {
	Object.assign(process.env, { API_GATEWAY_PORT: "0", RATE_LIMIT_PER_MINUTE: "0", REQUEST_LOG: "off", ...env });
}

/** The real gateway on a free port, before services that are small enough to see through. */
export async function startShop(env: Readonly<Record<string, string>> = {}): Promise<Shop> {
	setUpGateway(env);
	const { privateKey, publicKey } = await generateKeyPair("EdDSA");
	const publicJwk = { ...(await exportJWK(publicKey)), kid: KID, alg: "EdDSA", use: "sig" };
	const sessions: Shop["sessions"] = new Map();
	let signedIn = 0;
	const stubs = new Map<string, Stub>([
		["users.jwks", () => ({ keys: [publicJwk] })],
		["users.checkSession", ({ params }: { params: { sessionId: string } }) => sessions.get(params.sessionId) ?? null],
	]);
	const broker = await startBroker([...stubServices(stubs), gatewaySchema]);
	const { port } = (
		broker.getLocalService("gateway") as unknown as { server: { address(): { port: number } } }
	).server.address();
	const sign = (claims: JWTPayload, expiry: string | number = "15m") => signWith(privateKey, claims, expiry);
	return {
		broker,
		port,
		url: `http://127.0.0.1:${port}`,
		stubs,
		sessions,
		publicJwk,
		sign,
		signIn: (userId, role) => {
			const sid = `01980000-0000-7000-8000-${String(++signedIn).padStart(12, "0")}`;
			sessions.set(sid, { userId, role });
			return sign({ sub: userId, sid });
		},
		stop: () => broker.stop(),
	};
}

/** Signs a token of this shop; what the claims name wins. */
export function signWith(key: CryptoKey, claims: JWTPayload, expiry: string | number): Promise<string> {
	return new SignJWT({ iss: "stoa", aud: "stoa", ...claims })
		.setProtectedHeader({ alg: "EdDSA", kid: KID })
		.setIssuedAt()
		.setExpirationTime(expiry)
		.sign(key);
}

/** Sends bytes as they are and returns everything that came back until the server closed. */
export async function speak(port: number, text: string): Promise<string> {
	const socket = connect(port, "127.0.0.1");
	const chunks: Buffer[] = [];
	socket.on("data", (chunk: Buffer) => chunks.push(chunk));
	socket.on("error", () => undefined);
	socket.write(text);
	await once(socket, "close");
	return Buffer.concat(chunks).toString();
}

/** Services with the real contracts and publications of a few routes of each kind. */
function stubServices(stubs: ReadonlyMap<string, Stub>): ServiceSchema[] {
	const does = (name: string) => async (ctx: unknown) => (stubs.get(name)?.(ctx as never) ?? null) as never;
	const actions = { users: usersActions(does), products: productsActions(does), orders: ordersActions(does) };
	const pings = (name: string) => ({
		ping: internal(ping(name), async () => {
			if (stubs.has(`${name}.ping`)) return does(`${name}.ping`)({});
			return { status: "healthy" as const };
		}),
	});
	return Object.keys(SERVICES).map((name) =>
		defineService({ name, actions: { ...actions[name as keyof typeof actions], ...pings(name) } }),
	);
}

type Does = (name: string) => (ctx: unknown) => Promise<never>;

const usersActions = (does: Does) => ({
	jwks: action(Jwks, { rest: "GET /.well-known/jwks.json", policy: OPEN }, does("users.jwks")),
	checkSession: internal(CheckSession, does("users.checkSession")),
	checkApiKey: internal(CheckApiKey, does("users.checkApiKey")),
	register: action(
		Register,
		{ rest: ["POST /auth/register", "POST /users/register"], policy: OPEN, status: 201, location: "/users/:id" },
		does("users.register"),
	),
	get: action(GetUser, { rest: "GET /users/:id", policy: own("id") }, does("users.get")),
	deactivate: action(
		DeactivateUser,
		{ rest: "DELETE /users/:id", policy: own("id"), status: 204 },
		does("users.deactivate"),
	),
});

const productsActions = (does: Does) => ({
	get: action(GetProduct, { rest: "GET /products/:id", policy: OPEN }, does("products.get")),
	categories: action(ListCategories, { rest: "GET /products/categories", policy: OPEN }, does("products.categories")),
	create: action(
		CreateProduct,
		{ rest: "POST /products", policy: STAFF, status: 201, location: "/products/:id" },
		does("products.create"),
	),
	update: action(UpdateProduct, { rest: "PUT /products/:id", policy: STAFF }, does("products.update")),
	remove: action(DeleteProduct, { rest: "DELETE /products/:id", policy: STAFF }, does("products.remove")),
});

const ordersActions = (does: Does) => ({
	place: action(
		PlaceOrder,
		{ rest: "POST /orders", policy: CUSTOMER, status: 201, location: "/orders/:id", idempotent: true },
		does("orders.place"),
	),
	list: action(ListOrders, { rest: "GET /orders/", policy: SIGNED_IN }, does("orders.list")),
	get: action(GetOrder, { rest: "GET /orders/:id", policy: SIGNED_IN }, does("orders.get")),
	setStatus: action(SetOrderStatus, { rest: "PUT /orders/:id/status", policy: ADMIN }, does("orders.setStatus")),
	cancel: action(
		CancelOrder,
		{ rest: ["POST /orders/:id/cancel", "DELETE /orders/:id"], policy: SIGNED_IN, idempotent: true },
		does("orders.cancel"),
	),
});
