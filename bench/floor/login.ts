import { createHash, generateKeyPairSync, randomBytes } from "node:crypto";
import { verify } from "@node-rs/argon2";
import type { FastifyInstance } from "fastify";
import { jwtVerify, SignJWT } from "jose";
import type { Pool } from "pg";
import { v7 } from "uuid";
import type { User } from "../../services/contracts/users.ts";

const LIFETIME_SECONDS = 900;

type Row = User & { readonly passwordHash: string };

const FIND = `select id, email, username, first_name as "firstName", last_name as "lastName", phone, address, role,
	is_active as "isActive", preferences, email_verified_at as "emailVerifiedAt", created_at as "createdAt", updated_at as "updatedAt",
	password_hash as "passwordHash" from users where lower(email) = lower($1)`;

const OPEN = "insert into sessions (id, user_id, refresh_token_hash, created_at) values ($1, $2, $3, now())";

const BODY = {
	type: "object",
	required: ["email", "password"],
	additionalProperties: false,
	properties: { email: { type: "string" }, password: { type: "string" } },
};

const { privateKey, publicKey } = generateKeyPairSync("ed25519");

interface Credentials {
	readonly email: string;
	readonly password: string;
}

/** A password check at the same cost, a session with its refresh token, a signed access token. */
export function login(server: FastifyInstance, pool: Pool): void {
	server.post<{ Body: Credentials }>("/auth/login", { schema: { body: BODY } }, async ({ body }, reply) => {
		const { rows } = await pool.query<Row>({ name: "by email", text: FIND, values: [body.email] });
		const [row] = rows;
		if (row === undefined || !(await verify(row.passwordHash, body.password))) return reply.code(401).send();

		const { passwordHash: _hash, ...user } = row;
		const sessionId = v7();
		const refreshToken = randomBytes(32).toString("base64url");
		const hash = createHash("sha256").update(refreshToken).digest("base64url");
		await pool.query({ name: "open", text: OPEN, values: [sessionId, user.id, hash] });
		return {
			user,
			access_token: await signed(user, sessionId),
			token_type: "Bearer",
			expires_in: LIFETIME_SECONDS,
			refresh_token: refreshToken,
		};
	});
}

const signed = ({ id, role }: User, sessionId: string): Promise<string> =>
	new SignJWT({ sid: sessionId, role })
		.setProtectedHeader({ alg: "EdDSA", typ: "JWT" })
		.setIssuer("floor")
		.setSubject(id)
		.setJti(v7())
		.setIssuedAt()
		.setExpirationTime(`${LIFETIME_SECONDS} s`)
		.sign(privateKey);

interface Verified {
	readonly userId: string;
	readonly expiresAtMs: number;
}

const verified = new Map<string, Verified>();

/** Who sent a request; a token is verified once and then known until it expires. @throws when it proves nobody */
export async function userOf(authorization = ""): Promise<string> {
	const token = authorization.slice("Bearer ".length);
	const known = verified.get(token);
	if (known !== undefined && known.expiresAtMs > Date.now()) return known.userId;

	const { payload } = await jwtVerify(token, publicKey, { algorithms: ["EdDSA"], issuer: "floor" });
	const { sub = "", exp = 0 } = payload;
	verified.set(token, { userId: sub, expiresAtMs: exp * 1_000 });
	return sub;
}
