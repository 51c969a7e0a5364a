import { Client } from "pg";
import { v7 as uuidv7 } from "uuid";
import { send } from "../../bin/tour/shop-client.ts";
import type { Answer, RequestOptions } from "../../bin/tour/shop-client.ts";
import type { Role } from "../../services/contracts/meta.ts";
import { signAccessToken } from "../../services/users/tokens/access-token.ts";
import { signingKeyFrom } from "../../services/users/tokens/signing-key.ts";
import type { SigningKey } from "../../services/users/tokens/signing-key.ts";
import { Cluster } from "./cluster.ts";
import { openLaptop } from "./laptop.ts";
import { ADMIN } from "./premises.ts";
import type { Premises } from "./premises.ts";

/** Somebody with an account, and an access token of his. */
export interface Person {
	readonly userId: string;
	readonly token: string;
}

/** Of a password that was thrown away. */
const NOBODYS_HASH =
	"$argon2id$v=19$m=19456,t=2,p=1$geMUNr9gYArWziyZ0WQurg$SLBZETNB3QpAVRDfQfnct7BzFkhJizVWJNxzR/fJtVE";

/** The shape that this run of the suite is about, set by test/support/cluster-environment.mjs. */
const isCluster = (globalThis as { stoaShape?: string }).stoaShape === "cluster";

/** The answer to an order is waited for, however busy the machine: what an early 202 is, the specs of orders know. */
const PATIENT = { ORDER_ANSWER_WITHIN_MS: "20000" };

/** A whole Stoa of a spec's own, in the shape that the run is about: the same specs pass in both. */
export class Shop {
	readonly premises: Premises;

	private constructor(premises: Premises) {
		this.premises = premises;
	}

	static async open(env: NodeJS.ProcessEnv = {}): Promise<Shop> {
		const settings = { ...PATIENT, ...env };
		return Shop.in(await (isCluster ? Cluster.open(settings) : openLaptop(settings)));
	}

	/** A shop in premises that the spec chose. */
	static async in(premises: Premises): Promise<Shop> {
		const shop = new Shop(premises);
		try {
			await premises.start();
			return shop;
		} catch (error) {
			await premises.kill();
			await premises.clear();
			throw error;
		}
	}

	get home(): string {
		return this.premises.home;
	}

	get gateway(): string {
		return this.premises.gateway;
	}

	async close(): Promise<void> {
		await this.premises.stop();
		await this.premises.clear();
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
		const database = await this.premises.database(service);
		const client = new Client({ connectionString: database.url });
		await client.connect();
		const end = async () => {
			await client.end();
			await database.release();
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
				select user_id, user_id || '@example.com', $4, role, 1, now(), now() from given)
			insert into sessions (id, user_id, created_at, last_used_at)
			select session_id, user_id, now(), now() from given`,
			[people.map(({ userId }) => userId), people.map(({ sessionId }) => sessionId), roles, NOBODYS_HASH],
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
		return signingKeyFrom(await this.premises.jwtSecret());
	}
}
