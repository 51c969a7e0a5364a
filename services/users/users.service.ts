import { aggregate } from "../../mixins/aggregate.mixin.ts";
import { action, defineService, internal, query } from "../../mixins/define-service.ts";
import { integrity } from "../../mixins/integrity.mixin.ts";
import { outboxAge } from "../../mixins/integrity/stuck.ts";
import { outbox } from "../../mixins/outbox.mixin.ts";
import { sql } from "../../mixins/sql.mixin.ts";
import { upkeep } from "../../mixins/upkeep.mixin.ts";
import type { Chore } from "../../mixins/upkeep.mixin.ts";
import { ExchangeServiceKey } from "../contracts/callers.ts";
import { ping } from "../contracts/platform.ts";
import { ADMIN, OPEN, own, SIGNED_IN } from "../contracts/policy.ts";
import * as Contract from "../contracts/users.ts";
import { checkSession } from "./actions/check-session.ts";
import { contact } from "./actions/contact.ts";
import { deactivateUser } from "./actions/deactivate-user.ts";
import { ensureAdmin } from "./actions/ensure-admin.ts";
import { exchangeServiceKey } from "./actions/exchange-service-key.ts";
import { getUser } from "./actions/get-user.ts";
import { jwks } from "./actions/jwks.ts";
import { listSessions } from "./actions/list-sessions.ts";
import { logout } from "./actions/logout.ts";
import { logoutAll } from "./actions/logout-all.ts";
import { login } from "./actions/login.ts";
import { ping as pingUsers } from "./actions/ping.ts";
import { refresh } from "./actions/refresh.ts";
import { register } from "./actions/register.ts";
import { setRole } from "./actions/set-role.ts";
import { updateUser } from "./actions/update-user.ts";
import { config } from "./config.ts";
import { credentials } from "./credentials.mixin.ts";
import { purgeSessions } from "./storage/sessions.ts";
import type { Users } from "./users.context.ts";
import { accountRepository } from "./storage/account.repository.ts";

const forgetSessions: Chore<Users> = {
	name: "forget ended sessions",
	everyMs: 10 * 60_000,
	work: (users) => purgeSessions(users.db, users.now()),
};

/**
 * Users: who somebody is, and whether he still is.
 *
 *     account: active → deactivated
 *     session: open   → ended (logout, second use of a refresh token, deactivation) or 30 days unused
 *
 * Owns accounts, sessions and the key that signs access tokens. Knows no other service.
 */
export default defineService({
	name: "users",
	mixins: [
		sql({ url: () => config().databaseUrl }),
		aggregate(accountRepository),
		outbox(),
		credentials({ secret: () => config().jwtSecret, shared: config }),
		integrity([outboxAge]),
		upkeep(() => [forgetSessions]),
	],

	actions: {
		// Signing in and out.
		register: action(
			Contract.Register,
			{ rest: ["POST /auth/register", "POST /users/register"], policy: OPEN, status: 201, location: "/users/:id" },
			register,
		),
		login: action(Contract.Login, { rest: ["POST /auth/login", "POST /users/login"], policy: OPEN }, login),
		refresh: action(Contract.Refresh, { rest: "POST /auth/refresh", policy: OPEN }, refresh),
		logout: action(Contract.Logout, { rest: "POST /auth/logout", policy: SIGNED_IN, status: 204 }, logout),
		logoutAll: action(Contract.LogoutAll, { rest: "POST /auth/logout-all", policy: SIGNED_IN, status: 204 }, logoutAll),
		sessions: action(Contract.ListSessions, { rest: "GET /auth/sessions", policy: SIGNED_IN }, listSessions),

		// What verifies a token: the key, and whether its session is still open.
		jwks: action(Contract.Jwks, { rest: "GET /.well-known/jwks.json", policy: OPEN }, jwks),
		checkSession: query(Contract.CheckSession, checkSession),
		exchangeServiceKey: internal(ExchangeServiceKey, exchangeServiceKey),

		// Accounts.
		get: action(Contract.GetUser, { rest: "GET /users/:id", policy: own("id") }, getUser),
		update: action(Contract.UpdateUser, { rest: "PUT /users/:id", policy: own("id") }, updateUser),
		deactivate: action(
			Contract.DeactivateUser,
			{ rest: "DELETE /users/:id", policy: own("id"), status: 204 },
			deactivateUser,
		),
		setRole: action(Contract.SetRole, { rest: "PUT /users/:id/role", policy: ADMIN }, setRole),
		ensureAdmin: internal(Contract.EnsureAdmin, ensureAdmin),
		contact: query(Contract.GetContact, contact),
		ping: query(ping("users"), pingUsers),
	},
});
