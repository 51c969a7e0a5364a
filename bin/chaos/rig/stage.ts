import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { keyVariable, serviceKeyFrom } from "../../../mixins/callers/service-keys.ts";
import { OPERATOR } from "../../../services/contracts/callers.ts";
import type { Reader } from "../../../mixins/events/bus.ts";
import { ROOT } from "../../laptop/home.ts";
import { STORED } from "../../services.ts";
import { readersOf } from "../../topology.ts";
import { send } from "../../tour/shop-client.ts";
import { openDatabases } from "../../trial/databases.ts";
import type { Databases } from "../../trial/databases.ts";
import { signIn } from "../../trial/requests.ts";
import type { ProcessKind } from "../faults.ts";
import { prepareFailpoints } from "../mutations/failpoint.ts";
import { Supervisor } from "./supervisor.ts";
import type { Upstreams } from "./upstreams.ts";
import { installWitness } from "./witness.ts";

export const STAFF = { email: "admin@example.com", password: "admin of the chaos test" };
/** Short, so that the holds of unpaid orders end while the shop comes to rest. */
const HOLD_MINUTES = "0.25";
const LATE_RATIO = "0.1";
const LATE_MS = "4000";
/** So many products stay scarce, so that some orders find nothing left. */
const SCARCE = 3;
const PLENTY = 10_000_000;

export interface StageOptions {
	/** For logs, failpoints and the provider's journal. */
	readonly folder: string;
	readonly namespace: string;
	readonly upstreams: Upstreams;
	readonly mutations: readonly string[];
	readonly seed: number;
	readonly onDeath: (name: string, how: string) => void;
}

/** A shop in the shape of a cluster, ready to be broken. */
export interface Stage {
	readonly gateway: string;
	readonly supervisor: Supervisor;
	readonly databases: Databases;
	/** The services that read facts, with their consumers. */
	readonly readers: readonly Reader[];
	readonly productIds: readonly string[];
	/** What the payment provider did. */
	readonly journal: string;
	/** Where failpoints are armed. */
	readonly failpoints: string;
	/** What a rebuild of the catalogue would change. @throws with what it is, when that is anything */
	readonly tryRebuild: () => Promise<void>;
	stop(): Promise<void>;
}

/** Migrates, starts every process, and fills the shop. */
export async function openStage(options: StageOptions): Promise<Stage> {
	const { folder, upstreams, onDeath } = options;
	const failpoints = join(folder, "failpoints");
	mkdirSync(folder, { recursive: true });
	prepareFailpoints(failpoints);
	const journal = join(folder, "provider.jsonl");
	const secret = randomBytes(32).toString("base64url");
	const env = environment(options, failpoints);
	const operator = { ...env, [keyVariable(OPERATOR)]: serviceKeyFrom(secret, OPERATOR), ...staffEnv };
	await stoa(["migrate"], operator, folder);
	const tryRebuild = () => stoa(["rebuild", "catalogue", "--trial"], operator, folder);

	const databases = openDatabases(upstreams.url("postgres"));
	const readers = (await readersOf(STORED)).filter(({ consumers }) => consumers.size > 0);
	await installWitness(
		databases,
		readers.map(({ service }) => service),
	);
	const own = (kind: ProcessKind, port: number): Own =>
		kind === "provider"
			? providerOf(options.seed, port, journal)
			: nodeOf(kind, port, secret, supervisor.urlOf("provider"));
	const supervisor = await Supervisor.create({ folder: join(folder, "logs"), env, own, onDeath });
	const stop = async () => {
		await supervisor.stop();
		await databases.close();
	};
	try {
		await supervisor.start();
		await stoa(["seed", "--demo"], operator, folder);
		const gateway = supervisor.urlOf("gateway");
		const productIds = await stocked(gateway);
		return { gateway, supervisor, databases, readers, productIds, journal, failpoints, tryRebuild, stop };
	} catch (error) {
		await stop();
		throw error;
	}
}

interface Own {
	readonly args: readonly string[];
	readonly env: Readonly<Record<string, string>>;
}

const staffEnv = { ADMIN_EMAIL: STAFF.email, ADMIN_PASSWORD: STAFF.password };

function environment({ folder, namespace, upstreams, mutations }: StageOptions, failpoints: string) {
	return {
		PATH: process.env.PATH ?? "",
		...upstreams.env(),
		STOA_NAMESPACE: namespace,
		STOA_HOME: folder,
		STOA_CHAOS_FOLDER: failpoints,
		STOA_CHAOS_MUTATIONS: JSON.stringify(mutations),
		RATE_LIMIT_PER_MINUTE: "0",
		REQUEST_LOG: "off",
		ORDER_HOLD_MINUTES: HOLD_MINUTES,
		// The sweep is a safety net: what a saga forgets to give back must not be hidden by it.
		RESERVATION_GRACE_SECONDS: "86400",
	};
}

function providerOf(seed: number, port: number, journal: string): Own {
	const args = ["provider", "--late", LATE_RATIO, "--late-ms", LATE_MS, "--seed", String(seed)];
	return { args, env: { PAYMENT_PROVIDER_PORT: String(port), PAYMENT_TEST_JOURNAL: journal } };
}

/** Each node knows its own key; only users knows the secret that all keys follow from. */
function nodeOf(kind: Exclude<ProcessKind, "provider">, port: number, secret: string, provider: string): Own {
	const pages = keyVariable(kind).replace("_KEY", "_PORT");
	const env = {
		[keyVariable(kind)]: serviceKeyFrom(secret, kind),
		[pages]: kind === "gateway" ? "0" : String(port),
		...(kind === "gateway" && { API_GATEWAY_PORT: String(port) }),
		...(kind === "users" && { JWT_SECRET: secret }),
		...(kind === "webhooks" && { WEBHOOK_ENCRYPTION_KEY: serviceKeyFrom(secret, "encryption") }),
		...(kind === "payments" && { PAYMENT_PROVIDER_URL: provider, PAYMENT_PROVIDER_TIMEOUT_MS: "1500" }),
	};
	return { args: ["node", kind], env };
}

/** Runs a command to its end. @throws with what it said, when it fails */
async function stoa(args: readonly string[], env: Readonly<Record<string, string>>, folder: string): Promise<void> {
	const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", `${ROOT}/bin/stoa.ts`, ...args], {
		env,
		stdio: ["ignore", "pipe", "pipe"],
	});
	const said: string[] = [];
	for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => said.push(String(chunk)));
	const [code] = (await once(child, "close")) as [number | null];
	appendFileSync(join(folder, "commands.log"), `$ stoa ${args.join(" ")}\n${said.join("")}`);
	if (code !== 0) throw new Error(`stoa ${args.join(" ")} ended with ${code}: ${said.join("").slice(-2_000)}`);
}

async function stocked(gateway: string): Promise<string[]> {
	const { body } = await send(gateway, "GET", "/products?pageSize=100");
	const productIds = (body.rows as { id: string }[]).map(({ id }) => id);
	const token = await signIn(gateway, STAFF);
	for (const id of productIds.slice(SCARCE)) {
		const delivery = { adjust: PLENTY, reason: "for the chaos test" };
		const { status, text } = await send(gateway, "PUT", `/inventory/${id}`, { token, body: delivery });
		if (status !== 200) throw new Error(`The stock of ${id} could not be filled: ${status} ${text}`);
	}
	return productIds;
}
