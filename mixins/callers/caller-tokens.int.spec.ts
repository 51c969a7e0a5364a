import { randomBytes } from "node:crypto";
import { inspect } from "node:util";
import { afterAll, afterEach, beforeAll, expect, it } from "@jest/globals";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import type { CryptoKey, JWTPayload } from "jose";
import { Loggers, ServiceBroker, Transporters } from "moleculer";
import type { Context, Middleware, ServiceSchema } from "moleculer";
import { describeWith, urlOf } from "../../test/support/servers.ts";
import { until } from "../../test/support/wait.ts";
import { defineAction } from "../../services/contracts/action.ts";
import { CallerUnknown, ExchangeServiceKey } from "../../services/contracts/callers.ts";
import { Nothing } from "../../services/contracts/text.ts";
import { ADMIN } from "../../services/contracts/policy.ts";
import { Jwks, SetRole } from "../../services/contracts/users.ts";
import { redisOptions } from "../broker/redis-options.ts";
import { action, defineService, internal } from "../define-service.ts";
import { callerTokens } from "./caller-tokens.middleware.ts";
import { proofOf, serviceKeyFrom } from "./service-keys.ts";

const SECRET = "a secret of the test, of more than 32 bytes";
const namespace = `test-${randomBytes(6).toString("hex")}`;
const keyOf = (service: string) => serviceKeyFrom(SECRET, service);
const refused = expect.objectContaining({ name: "DomainError", type: "CALLER_UNKNOWN", code: 401 });

const Answer = defineAction("vault.answer", {
	...{ summary: "An answer.", params: Nothing, result: Nothing, callers: ["orders", "notifications"] },
});
const Pay = defineAction("vault.pay", { summary: "A step.", params: Nothing, result: Nothing, callers: ["orders"] });

let privateKey: CryptoKey;
let publicJwk: { kid: string; kty: string; crv: string; x: string; alg: string; use: string };
let vault: ServiceBroker;
let stranger: ServiceBroker;
const clock = { offsetMs: 0 };
const issued = { count: 0, lifetimeSeconds: 900 };
/** What the actions of the vault saw of each call. */
const seen: { headers: object; meta: object }[] = [];
const brokers: ServiceBroker[] = [];
let lasting = 0;

const claims = (sub: string): JWTPayload => ({ iss: "stoa", aud: "stoa-services", sub });
interface How {
	readonly typ?: string;
	readonly expiry?: string | number;
	readonly key?: CryptoKey;
}
const sign = (payload: JWTPayload, { typ = "caller+jwt", expiry = "15m", key = privateKey }: How = {}) =>
	new SignJWT(payload).setProtectedHeader({ alg: "EdDSA", typ, kid: "k1" }).setExpirationTime(expiry).sign(key);

const users = defineService({
	name: "users",
	actions: {
		jwks: internal(Jwks, async () => ({ keys: [publicJwk] })),
		exchangeServiceKey: internal(ExchangeServiceKey, async ({ params: { atMs, proofs } }) => {
			const services = Object.keys(proofs);
			if (services.some((each) => proofs[each] !== proofOf(keyOf(each), each, atMs))) throw new CallerUnknown();
			issued.count += 1;
			return { token: await sign(claims(services.join(" "))), expiresInSeconds: issued.lifetimeSeconds };
		}),
		setRole: action(SetRole, { rest: "PUT /users/:id/role", policy: ADMIN }, async (ctx) => (await note(ctx)) as never),
	},
});

const note = async (ctx: Context) => {
	seen.push({ headers: { ...(ctx.headers as object) }, meta: { ...ctx.meta } });
	return {};
};
const vaultService = defineService({
	name: "vault",
	actions: { answer: internal(Answer, note), pay: internal(Pay, note) },
});

/** Keeps what a broker logs, at every level. */
class Lines extends Loggers.Base<object> {
	readonly written: unknown[] = [];

	override getLogHandler() {
		return (_type: string, args: unknown[]) => void this.written.push(...args);
	}
}

interface Setup {
	readonly services?: readonly ServiceSchema[];
	readonly logger?: Lines;
}

/** A node of the cluster. */
async function join(nodeID: string, middlewares: Middleware[], { services = [], logger }: Setup = {}) {
	const broker = new ServiceBroker({
		...{ nodeID, namespace, logger: logger ?? false, requestTimeout: 3_000, middlewares },
		transporter: new Transporters.Redis(redisOptions(urlOf("redis"))),
	});
	for (const schema of services) broker.createService(schema);
	brokers.push(broker);
	await broker.start();
	return broker;
}

const keyed = (...services: string[]) => [
	callerTokens({ keys: Object.fromEntries(services.map((service) => [service, keyOf(service)])) }),
];

/** What the stranger sends, whatever it likes. */
const sent: { token?: string | undefined } = {};
const sending: Middleware = {
	name: "Sending",
	remoteAction: (next) =>
		function (ctx: Context) {
			ctx.headers = { $caller: sent.token };
			return next.call(this, ctx) as unknown;
		},
};

/** Keeps the contexts of the calls to other nodes, as an error or a tracer does. */
const keeping = (kept: Context[]): Middleware => ({
	name: "Keeping",
	remoteAction: (next) =>
		function (ctx: Context) {
			kept.push(ctx);
			return next.call(this, ctx) as unknown;
		},
});

async function ask(broker: ServiceBroker, action: string = Answer.name): Promise<unknown> {
	await until(() => broker.registry.hasService("vault", "vault"));
	return broker.call(action, {}, { nodeID: "vault" });
}

beforeAll(async () => {
	const pair = await generateKeyPair("EdDSA");
	privateKey = pair.privateKey;
	const { x = "" } = await exportJWK(pair.publicKey);
	publicJwk = { kid: "k1", kty: "OKP", crv: "Ed25519", x, alg: "EdDSA", use: "sig" };
	const nowMs = () => Date.now() + clock.offsetMs;
	await join("users", keyed("users"), { services: [users] });
	vault = await join("vault", [callerTokens({ keys: { payments: keyOf("payments") }, nowMs })], {
		services: [vaultService],
	});
	await vault.waitForServices("users");
	stranger = await join("stranger", [sending]);
	lasting = brokers.length;
});

afterEach(async () => {
	clock.offsetMs = 0;
	issued.lifetimeSeconds = 900;
	seen.length = 0;
	await Promise.all(brokers.splice(lasting).map((broker) => broker.stop()));
});

afterAll(() => Promise.all(brokers.map((broker) => broker.stop())));

describeWith(["redis"], "an action that another node calls", () => {
	it("answers a node that has proved which service it is", async () => {
		expect(await ask(await join("orders", keyed("orders")))).toEqual({});
	});

	it("answers its own node without a token", async () => {
		expect(await vault.call(Answer.name)).toEqual({});
	});

	const kinds: Readonly<Record<string, () => Promise<string | undefined> | undefined>> = {
		"no token": () => undefined,
		"an empty one": async () => "",
		nonsense: async () => "nonsense",
		"one signed by a stranger": async () =>
			sign(claims("orders"), { key: (await generateKeyPair("EdDSA")).privateKey }),
		"one that has expired": () => sign(claims("orders"), { expiry: Math.floor(Date.now() / 1_000) - 61 }),
		"one for another audience": () => sign({ ...claims("orders"), aud: "stoa" }),
		"one of another issuer": () => sign({ ...claims("orders"), iss: "other" }),
		"one of another type": () => sign(claims("orders"), { typ: "JWT" }),
		"a user's access token": () => sign({ iss: "stoa", aud: "stoa", sub: "ada", sid: "s1" }, { typ: "JWT" }),
		"one without a name": () => sign({ iss: "stoa", aud: "stoa-services" }),
	};

	it.each(Object.keys(kinds))("is refused to a node that sends %s", async (kind) => {
		sent.token = await kinds[kind]?.();
		await expect(ask(stranger)).rejects.toEqual(refused);
		expect(seen).toEqual([]);
	});

	it("answers within a minute after the token's end, since clocks differ", async () => {
		sent.token = await sign(claims("orders"), { expiry: Math.floor(Date.now() / 1_000) - 30 });
		expect(await ask(stranger)).toEqual({});
		clock.offsetMs = 31_000;
		await expect(ask(stranger)).rejects.toEqual(refused);
	});

	it("is refused to a node without keys, and the framework's own actions are too", async () => {
		const broker = await join("keyless", []);
		await expect(ask(broker)).rejects.toEqual(refused);
		await expect(ask(broker, "$node.list")).rejects.toEqual(refused);
	});

	it("is refused to a node whose key is another service's, before anything is sent", async () => {
		const broker = await join("mallory", [callerTokens({ keys: { payments: keyOf("orders") } })]);
		await expect(ask(broker)).rejects.toEqual(refused);
	});

	it("is not run for a node that takes our own name", async () => {
		const transit = vault.transit as unknown as {
			messageHandler(cmd: string, packet: { payload: object }): Promise<boolean>;
		};
		const payload = { ver: "5", sender: "vault", id: "1", action: Answer.name, params: {}, meta: {}, level: 1 };
		expect(await transit.messageHandler("REQ", { payload })).toBe(false);
		expect(seen).toEqual([]);
	});
});

describeWith(["redis"], "a step that only orders may call", () => {
	it.each([[["orders"]], [["products", "orders"]], [["operator"]]])("is done for a node with %j", async (services) => {
		expect(await ask(await join("node", keyed(...services)), Pay.name)).toEqual({});
	});

	it("is refused to everybody else, who is told whose it is", async () => {
		await expect(ask(await join("notes", keyed("notifications")), Pay.name)).rejects.toMatchObject({
			type: "CALLER_NOT_ALLOWED",
			code: 403,
			data: { callers: ["orders"] },
		});
		expect(await vault.call(Pay.name)).toEqual({});
	});
});

describeWith(["redis"], "an action that names no callers", () => {
	const admin = { principal: { userId: "u1", role: "admin", sessionId: "s1" } } as object;
	const promote = async (service: string) => {
		const broker = await join("node", keyed(service));
		await broker.waitForServices("users");
		return broker.call(SetRole.name, { id: "u2", role: "admin" }, { meta: admin });
	};

	it("is called by the gateway, which knows who asks", async () => {
		expect(await promote("gateway")).toEqual({});
		expect(seen).toMatchObject([{ meta: admin }]);
	});

	it("is refused to every other service, whatever principal it invents", async () => {
		const refusal = { type: "CALLER_NOT_ALLOWED", code: 403, data: { callers: ["gateway"] } };
		await expect(promote("webhooks")).rejects.toMatchObject(refusal);
		expect(seen).toEqual([]);
	});

	it("is the operator's when it is the framework's own", async () => {
		const own = await ask(await join("bench", keyed("operator")), "$node.list");
		expect(own).toContainEqual(expect.objectContaining({ id: "vault" }));
		const other = ask(await join("orders", keyed("orders")), "$node.list");
		await expect(other).rejects.toMatchObject({ type: "CALLER_NOT_ALLOWED", data: { callers: ["operator"] } });
	});
});

describeWith(["redis"], "the token", () => {
	it("is renewed at half its life while calls go on", async () => {
		issued.lifetimeSeconds = 1;
		const broker = await join("orders", keyed("orders"));
		await ask(broker);
		const before = issued.count;
		await until(() => issued.count >= before + 2);
		expect(await ask(broker)).toEqual({});
	});

	it("lets a node call on while users is away", async () => {
		const broker = await join("orders", keyed("orders"));
		await ask(broker);
		const home = brokers[0]!;
		const service = home.getLocalService("users");
		await home.destroyService(service);
		await until(() => !vault.registry.hasService("users", "users"));
		expect(await ask(broker)).toEqual({});
		home.createService(users);
		await vault.waitForServices("users");
	});

	it("is seen by no action, in no meta and in no log", async () => {
		const lines = new Lines();
		const kept: Context[] = [];
		const broker = await join("orders", [...keyed("orders"), keeping(kept)], { logger: lines });
		const meta: Record<string, unknown> = {};
		await until(() => broker.registry.hasService("vault", "vault"));
		await broker.call(Answer.name, {}, { meta, headers: { kept: 1 } });
		await expect(broker.call(Pay.name, { unknown: 1 }, { meta })).resolves.toBeDefined();
		const failed = await broker.call("vault.missing", {}).catch((error: unknown) => error);
		expect(seen).toEqual([
			{ headers: { kept: 1 }, meta: {} },
			{ headers: {}, meta: {} },
		]);
		expect(meta).toEqual({});
		const text = inspect([lines.written, failed, kept.map((ctx) => ctx.toJSON())], { depth: 20 });
		expect(lines.written.length).toBeGreaterThan(10);
		expect(kept.length).toBeGreaterThan(1);
		expect(text).not.toMatch(/eyJ[\w-]+\.|\$caller/);
	});

	it("cannot be chosen by the code that calls", async () => {
		const broker = await join("notes", keyed("notifications"));
		const token = await sign(claims("orders"));
		await until(() => broker.registry.hasService("vault", "vault"));
		const call = broker.call(Pay.name, {}, { headers: { $caller: token }, meta: { $caller: token } as object });
		await expect(call).rejects.toMatchObject({ type: "CALLER_NOT_ALLOWED" });
	});
});

describeWith(["redis"], "its cost", () => {
	it("is a look-up: less than 50 µs a call", async () => {
		const token = await sign(claims("orders"));
		const endpoint = vault.registry.getActionEndpoints(Answer.name).nextLocal()!;
		const handler = endpoint.action.handler as unknown as (ctx: Context) => Promise<unknown>;
		const cost = async (nodeID: string, rounds: number) => {
			const startMs = performance.now();
			for (let round = 0; round < rounds; round++) {
				const ctx = vault.ContextFactory.create(vault, endpoint, {}, { headers: { $caller: token } });
				ctx.nodeID = nodeID;
				await handler(ctx);
			}
			return ((performance.now() - startMs) * 1_000) / rounds;
		};
		const [local, remote]: [number[], number[]] = [[], []];
		for (let turn = 0; turn < 8; turn++) {
			local.push(await cost("vault", 2_000));
			remote.push(await cost("orders", 2_000));
		}
		// The best of each: what else the machine does only ever adds to it.
		expect(Math.min(...remote) - Math.min(...local)).toBeLessThan(50);
	});
});
