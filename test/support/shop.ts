import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { v7 as uuidv7 } from "uuid";
import { startStoa } from "../../bin/crash/stoa-process.ts";
import type { StoaProcess } from "../../bin/crash/stoa-process.ts";
import { startEmbeddedPostgres } from "../../bin/postgres/embedded-postgres.ts";
import { send } from "../../bin/tour/shop-client.ts";
import type { Answer, RequestOptions } from "../../bin/tour/shop-client.ts";
import { withDatabase } from "../../mixins/sql/database-url.ts";
import type { Role } from "../../services/contracts/meta.ts";
import { signAccessToken } from "../../services/users/tokens/access-token.ts";
import { signingKeyFrom } from "../../services/users/tokens/signing-key.ts";
import type { SigningKey } from "../../services/users/tokens/signing-key.ts";

export const ADMIN = { email: "admin@example.com", password: "admin of the test shop" };

/** Somebody with an account, and an access token of his. */
export interface Person {
	readonly userId: string;
	readonly token: string;
}

/** A whole Stoa in a process of its own, as `npm start` gives it, with a folder of its own. */
export class Shop {
	readonly home: string;
	readonly gateway: string;
	readonly #port: number;
	readonly #env: NodeJS.ProcessEnv;
	#process: StoaProcess | undefined;

	private constructor(home: string, port: number, env: NodeJS.ProcessEnv) {
		this.home = home;
		this.#port = port;
		this.#env = env;
		this.gateway = `http://127.0.0.1:${port}`;
	}

	static async open(env: NodeJS.ProcessEnv = {}): Promise<Shop> {
		const home = await mkdtemp(join(tmpdir(), "stoa-shop-"));
		const shop = new Shop(home, await freePort(), env);
		await shop.start();
		return shop;
	}

	async start(): Promise<StoaProcess> {
		const account = { ADMIN_EMAIL: ADMIN.email, ADMIN_PASSWORD: ADMIN.password, DATABASE_URL: "" };
		this.#process = await startStoa(this.home, this.#port, { ...account, ...this.#env });
		return this.#process;
	}

	async kill(): Promise<void> {
		await this.#process?.kill();
	}

	/** @returns the exit code */
	async stop(): Promise<number | null> {
		return (await this.#process?.stop()) ?? null;
	}

	async close(): Promise<void> {
		await this.stop();
		await rm(this.home, { recursive: true, force: true });
	}

	send(method: string, path: string, options?: RequestOptions): Promise<Answer> {
		return send(this.gateway, method, path, options);
	}

	async adminToken(): Promise<string> {
		const { body } = await this.send("POST", "/auth/login", { body: ADMIN });
		return String(body.access_token);
	}

	async customerToken(): Promise<string> {
		const body = { email: `${uuidv7()}@example.com`, password: "correct horse battery" };
		return String((await this.send("POST", "/auth/register", { body })).body.access_token);
	}

	/** Runs SQL in a service's database. */
	async sql<Row>(service: string, text: string, values: readonly unknown[] = []): Promise<Row[]> {
		const { client, end } = await this.connect(service);
		try {
			return (await client.query(text, [...values])).rows as Row[];
		} finally {
			await end();
		}
	}

	/** A connection to a service's database, for a spec that asks it often. */
	async connect(service: string): Promise<{ client: Client; end: () => Promise<void> }> {
		const server = await startEmbeddedPostgres({ home: join(this.home, "postgres") });
		const client = new Client({ connectionString: withDatabase(server.url, `stoa_${service}`) });
		await client.connect();
		const end = async () => {
			await client.end();
			await server.stop();
		};
		return { client, end };
	}

	/** Customers with a session and a token each. */
	customers(count: number): Promise<Person[]> {
		return this.people(Array<Role>(count).fill("customer"));
	}

	/** Accounts written by SQL, each with a session and a minted token: a thousand logins would cost minutes of hashing. */
	async people<const Roles extends readonly Role[]>(roles: Roles): Promise<{ [Index in keyof Roles]: Person }> {
		const people = roles.map((role) => ({ role, userId: uuidv7(), sessionId: uuidv7() }));
		await this.sql(
			"users",
			`with given as (
				select * from unnest($1::uuid[], $2::uuid[], $3::text[]) as given (user_id, session_id, role)),
			made as (
				insert into users (id, email, password_hash, role, version, created_at, updated_at)
				select user_id, user_id || '@example.com', 'no password', role, 1, now(), now() from given)
			insert into sessions (id, user_id, created_at, last_used_at)
			select session_id, user_id, now(), now() from given`,
			[people.map(({ userId }) => userId), people.map(({ sessionId }) => sessionId), roles],
		);
		const key = await this.signingKey();
		const made = people.map(async (person) => ({
			userId: person.userId,
			token: await signAccessToken(key, person, new Date(), uuidv7()),
		}));
		return (await Promise.all(made)) as { [Index in keyof Roles]: Person };
	}

	/** The key that signs this shop's access tokens. */
	async signingKey(): Promise<SigningKey> {
		const { jwtSecret } = JSON.parse(await readFile(join(this.home, "secrets.json"), "utf8")) as { jwtSecret: string };
		return signingKeyFrom(jwtSecret);
	}
}

async function freePort(): Promise<number> {
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const { port } = server.address() as AddressInfo;
	await new Promise((resolve) => server.close(resolve));
	return port;
}
